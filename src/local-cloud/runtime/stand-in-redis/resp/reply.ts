/** What a command answers: a text (one character per byte), a whole number, nothing, or a list; and what has a form of its own. */
export type Reply =
  string | number | bigint | null | Reply[] | Status | Double | Pairs | Refusal | typeof noList;

/** A short word, such as OK. */
export class Status {
  constructor(readonly text: string) {}
}

/** A number that may have a fraction. */
export class Double {
  constructor(readonly value: number) {}
}

/** Names and values: a list before version 3 of the protocol, a map since. */
export class Pairs {
  constructor(readonly pairs: [Reply, Reply][]) {}
}

/** A list that is not there. */
export const noList: unique symbol = Symbol('no list');

/** A command that is refused; its message begins with Redis's own code, such as ERR or WRONGTYPE. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export type Protocol = 2 | 3;

export const OK = new Status('OK');

/** A reply as it goes over the wire, with one character per byte. */
export function encode(reply: Reply, protocol: Protocol): string {
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `:${reply}\r\n`;
  if (reply instanceof Status) return `+${reply.text}\r\n`;
  if (reply instanceof Refusal) return `-${reply.message.replaceAll(/[\r\n]/g, ' ')}\r\n`;
  if (reply === noList) return protocol === 3 ? '_\r\n' : '*-1\r\n';
  if (reply instanceof Double) {
    const text = textOf(reply.value);
    return protocol === 3 ? `,${text}\r\n` : encode(text, protocol);
  }
  if (reply instanceof Pairs) {
    const items = reply.pairs.flat().map((item) => encode(item, protocol));
    return `${protocol === 3 ? `%${reply.pairs.length}` : `*${items.length}`}\r\n${items.join('')}`;
  }
  return encodeList('*', reply, protocol);
}

/** What a client is told without having asked: a list before version 3 of the protocol, a push since. */
export function encodePush(items: Reply[], protocol: Protocol): string {
  return encodeList(protocol === 3 ? '>' : '*', items, protocol);
}

/** A number in Redis's spelling. */
export function textOf(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return value > 0 ? 'inf' : '-inf';
}

function encodeList(mark: string, items: Reply[], protocol: Protocol): string {
  return `${mark}${items.length}\r\n${items.map((item) => encode(item, protocol)).join('')}`;
}
