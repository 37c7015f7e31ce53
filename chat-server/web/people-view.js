import { element } from './dom.js';

const SHOWN = 100;

/** Draws who is in the room that is shown and who is writing there. */
export class PeopleView {
  #list = document.querySelector('#members');
  #counts = document.querySelectorAll('.people-count');
  #typing = document.querySelector('#typing');

  draw({ names, total, writers }) {
    for (const count of this.#counts) count.textContent = total;
    const shown = names.slice(0, SHOWN);
    const items = shown.map((name) => element('li', { textContent: name }));
    const rest = total - shown.length;
    if (rest > 0) items.push(element('li', { className: 'more', textContent: `and ${rest} more` }));
    this.#list.replaceChildren(...items);
    this.#typing.textContent = typingWords(writers);
  }
}

function typingWords(names) {
  if (names.length === 0) return '';
  if (names.length > 2) return 'Several people are typing…';
  return `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing…`;
}
