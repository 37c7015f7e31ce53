const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** An element with properties and children. Text goes in as text, never as HTML. */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A text as nodes, with its web addresses as links. */
export function linked(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(text.slice(at, match.index));
    nodes.push(
      element('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer', textContent: match[0] }),
    );
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes;
}
