/** A block of HCL with its arguments as values; what is no literal is an expression as it stands. */
export interface HclBlock {
  type: string;
  labels: string[];
  arguments: Record<string, HclValue>;
  blocks: HclBlock[];
}

export type HclValue = string | number | boolean | { expression: string } | HclValue[] | HclObject;
interface HclObject {
  [key: string]: HclValue;
}

const token = /[ \t]+|#[^\n]*|(\n|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*|[{}[\]=(),.])/gy;
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/**
 * Parses what Terraform would accept of the structure and the literals that exports are made of, and nothing beside;
 * throws an Error with the line (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
 */
export function parseHcl(text: string): HclBlock[] {
  const tokens = [...tokensOf(text)];
  let at = 0;
  const peek = () => tokens[at]?.text;
  const fail = (wanted: string): never => {
    throw new Error(`line ${tokens[at]?.line ?? 'last'}: ${wanted} expected, not ${JSON.stringify(peek())}`);
  };
  const next = (wanted?: string | RegExp): string => {
    const found = peek() ?? '';
    const fits = wanted === undefined || (typeof wanted === 'string' ? found === wanted : wanted.test(found));
    if (!fits || found === '') fail(String(wanted ?? 'something'));
    at += 1;
    return found;
  };
  const skipLines = () => {
    while (peek() === '\n') at += 1;
  };
  const identifier = /^[A-Za-z_]/;

  function body(end: string | undefined): Pick<HclBlock, 'arguments' | 'blocks'> {
    const found: Pick<HclBlock, 'arguments' | 'blocks'> = { arguments: {}, blocks: [] };
    for (skipLines(); peek() !== end; skipLines()) {
      const name = next(identifier);
      if (peek() === '=') {
        next('=');
        if (name in found.arguments) fail(`another name than ${name}`);
        found.arguments[name] = value();
      } else {
        const labels: string[] = [];
        while (peek() !== '{') labels.push(string(next(/^"/)));
        next('{');
        next('\n');
        found.blocks.push({ type: name, labels, ...body('}') });
        next('}');
      }
      if (peek() !== undefined) next('\n');
    }
    return found;
  }

  function value(): HclValue {
    const first = next(/^["\w[{-]/);
    if (first.startsWith('"')) return string(first);
    if (/^-?\d/.test(first)) return Number(first);
    if (first === 'true' || first === 'false') return first === 'true';
    if (first === '[') return list();
    if (first === '{') return object();
    if (peek() === '(') {
      next('(');
      const inner = value();
      next(')');
      return { [`${first}()`]: inner };
    }
    let expression = first;
    while (peek() === '.') {
      next('.');
      expression += `.${next(identifier)}`;
    }
    return { expression };
  }

  function list(): HclValue[] {
    const items: HclValue[] = [];
    for (skipLines(); peek() !== ']'; skipLines()) {
      items.push(value());
      skipLines();
      if (peek() !== ']') next(',');
    }
    next(']');
    return items;
  }

  function object(): HclObject {
    const found: HclObject = {};
    for (skipLines(); peek() !== '}'; skipLines()) {
      const key = next(/^["A-Za-z_]/);
      next('=');
      found[key.startsWith('"') ? string(key) : key] = value();
      if (peek() !== '}') next('\n');
    }
    next('}');
    return found;
  }

  function string(quoted: string): string {
    const inner = quoted.slice(1, -1);
    if (/(?<!\$)\$\{|(?<!%)%\{/.test(inner)) fail('no interpolation');
    return inner
      .replaceAll(/\\(?:u([\da-fA-F]{4})|(.))/g, (whole, code: string | undefined, one: string) => {
        if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
        return escapes[one] ?? fail(`a known escape in place of ${whole}`);
      })
      .replaceAll(/([$%])\1\{/g, '$1{');
  }

  return body(undefined).blocks;
}

function* tokensOf(text: string): Generator<{ text: string; line: number }> {
  let line = 1;
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`line ${line}: ${JSON.stringify(text.slice(from, from + 20))}`);
    if (found[1] !== undefined) yield { text: found[1], line };
    if (found[1] === '\n') line += 1;
  }
}
