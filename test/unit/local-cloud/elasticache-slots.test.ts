import { expect, it } from 'vitest';
import { slotsText, spreadSlots } from '../../../src/local-cloud/services/elasticache/slots.ts';

const texts = (held: Parameters<typeof spreadSlots>[0]) => spreadSlots(held).map(slotsText);

it('spreads all slots evenly', () => {
  expect(texts([[]])).toEqual(['0-16383']);
  expect(texts([[], [], []])).toEqual(['0-5461', '5462-10922', '10923-16383']);
});

it('moves no slot that need not move', () => {
  const two = spreadSlots([[], []]);
  expect(texts([...two, []])).toEqual(['0-5461', '8192-13652', '5462-8191,13653-16383']);
  const three = spreadSlots([[], [], []]);
  expect(texts(three.slice(0, 2))).toEqual(['0-5461,10923-13652', '5462-10922,13653-16383']);
  expect(texts([...two, []].map((ranges) => ranges))).toEqual(texts(spreadSlots([...two, []])));
});

it('writes a single slot as one number', () => {
  expect(slotsText([{ from: 7, to: 7 }])).toBe('7');
});
