const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const space = 0x20;
const dot = 0x2e;
const closingBrace = 0x7d;

/** What is wanted of a `message`. */
export interface Scanned {
  offset: number;
  /** When it should have been sent, in milliseconds of the shared clock; NaN where the text is not ours. */
  sentAt: number;
}

/** How each frame of a room's messages starts when the server writes the fields in the protocol's order. */
export function messagePrefix(room: string): string {
  return `{"type":"message","room":"${room}","offset":`;
}

/** The text of a message: its sending time first, so that it is found without reading the rest. */
export function timedText(sentAt: number, note: string): string {
  return `${sentAt.toFixed(3)} ${note}`;
}

/** The sending time in a text that {@link timedText} made; NaN in others. */
export function timeIn(text: string): number {
  return Number(/^\d+\.\d+(?= )/.exec(text)?.[0] ?? Number.NaN);
}

/**
 * Reads a frame that has the protocol's fields in the protocol's order, without parsing it; fills `into` and answers true.
 * Answers false for any other frame: then it is JSON.parse's turn. `frame` may be UTF-8 read as latin1, since only ASCII is looked at.
 */
export function scanMessage(frame: string, prefix: string, into: Scanned): boolean {
  if (!frame.startsWith(prefix)) return false;
  let at = prefix.length;
  let offset = 0;
  const digits = at;
  for (; isDigit(frame.charCodeAt(at)); at += 1) offset = offset * 10 + frame.charCodeAt(at) - 48;
  if (at === digits || frame.charCodeAt(at) !== comma) return false;
  at = afterString(frame, at, ',"from":"');
  at = afterString(frame, at, ',"client":"');
  at = afterString(frame, at, ',"cid":"');
  if (at < 0 || !frame.startsWith(',"text":"', at)) return false;
  at += ',"text":"'.length;
  const start = at;
  while (isDigit(frame.charCodeAt(at)) || frame.charCodeAt(at) === dot) at += 1;
  if (frame.charCodeAt(at) !== space) return false;
  const time = Number(frame.slice(start, at));
  const end = afterString(frame, start - ',"text":"'.length, ',"text":"');
  if (end < 0 || !frame.startsWith(',"at":', end)) return false;
  // A number and the end: nothing follows that could say otherwise.
  at = end + ',"at":'.length;
  while (isDigit(frame.charCodeAt(at))) at += 1;
  if (frame.charCodeAt(at) !== closingBrace || at !== frame.length - 1) return false;
  into.offset = offset;
  into.sentAt = time;
  return true;
}

/** Where a member ends that starts with `name` at `at` and has a string without escapes; -1 where it does not. */
function afterString(frame: string, at: number, name: string): number {
  if (at < 0 || !frame.startsWith(name, at)) return -1;
  for (let end = at + name.length; end < frame.length; end += 1) {
    const code = frame.charCodeAt(end);
    if (code === quote) return end + 1;
    if (code === backslash) return -1;
  }
  return -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
