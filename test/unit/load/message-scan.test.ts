import { describe, expect, it } from 'vitest';
import { messagePrefix, scanMessage, timedText, timeIn } from '../../../src/load/message-scan.ts';

const prefix = messagePrefix('load-1-0');

/** What the scan makes of a frame; undefined where it leaves it to JSON.parse. */
function scan(frame: string) {
  const into = { offset: -1, sentAt: -1 };
  const bytes = Buffer.from(frame);
  return scanMessage(bytes.toString('latin1'), prefix, into) ? into : undefined;
}

const message = {
  type: 'message',
  room: 'load-1-0',
  offset: 42,
  from: 'Zoë 😀',
  client: 'c',
  cid: 'x-1',
  text: timedText(123_456.789, 'hello'),
  at: 1_700_000_000_000,
};

describe('the scan of a message', () => {
  it('finds offset and sending time without parsing', () => {
    expect(scan(JSON.stringify(message))).toEqual({ offset: 42, sentAt: 123_456.789 });
  });

  it.each<[string, string]>([
    ['another room', JSON.stringify({ ...message, room: 'load-1-01' })],
    ['another order of fields', JSON.stringify(Object.fromEntries(Object.entries(message).toReversed()))],
    ['an escape in a name', JSON.stringify({ ...message, from: 'a "b"' })],
    ['an escape in the text', JSON.stringify({ ...message, text: timedText(1, 'a\nb') })],
    ['a text that is not ours', JSON.stringify({ ...message, text: 'hello' })],
    ['a further field', JSON.stringify({ ...message, reactions: { text: '9.9 x' } })],
    ['a field between', JSON.stringify(message).replace('"cid"', '"thread":"t","cid"')],
    ['spaces', JSON.stringify(message, null, 1)],
    ['an end in the middle', JSON.stringify(message).slice(0, -5)],
    ['another type', JSON.stringify({ ...message, type: 'sent' })],
  ])('leaves a frame with %s to the parser', (_, frame) => {
    expect(scan(frame)).toBeUndefined();
  });

  it('never says anything else than the parser, whatever a name or text contains', () => {
    const pieces = ['"', '\\', ',"text":"', '1.5 ', '}', ',"offset":7', '{', 'ü', '\n', 'a'];
    const pick = () => pieces[Math.floor(Math.random() * pieces.length)]!;
    const some = () => Array.from({ length: Math.floor(Math.random() * 5) }, pick).join('');
    let scanned = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const text = Math.random() < 0.7 ? timedText(round / 3, some()) : some();
      const frame = JSON.stringify({ ...message, offset: round, from: some(), cid: `c${some()}`, text });
      const found = scan(frame);
      if (found === undefined) continue;
      scanned += 1;
      const parsed = JSON.parse(frame) as { offset: number; text: string };
      expect(found).toEqual({ offset: parsed.offset, sentAt: timeIn(parsed.text) });
    }
    expect(scanned).toBeGreaterThan(100);
  });
});
