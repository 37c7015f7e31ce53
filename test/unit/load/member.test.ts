import { beforeEach, describe, expect, it } from 'vitest';
import { Member } from '../../../src/load/member.ts';
import { RoomView } from '../../../src/load/room-view.ts';
import { Tally } from '../../../src/load/tally.ts';

/** A member of one room, told of frames as they come off the wire. */
describe('a member', () => {
  let tally: Tally;
  let member: Member;
  beforeEach(() => {
    tally = new Tally();
    member = new Member(new RoomView('r'), tally);
  });

  const joined = (
    offset: number,
    {
      offsets = [] as number[],
      recovered = false,
      epoch = 'e1',
    }: { offsets?: number[]; recovered?: boolean; epoch?: string } = {},
  ) => {
    const messages = offsets.map((each) => ({ offset: each, text: '' }));
    member.joined({ type: 'joined', room: 'r', epoch, offset, recovered, more: false, messages }, 0);
  };
  const messages = (...offsets: number[]) => {
    for (const offset of offsets) member.message(offset, Number.NaN, 0);
  };
  const reset = (offset: number, epoch: string) =>
    member.reset({ type: 'reset', room: 'r', epoch, offset }, 0);
  const missing = () => member.sequence?.missing;

  it('begins before the first message that it is given', () => {
    member.startSession();
    joined(7, { offsets: [5, 6, 7] });
    messages(8, 9);
    expect(tally.counters).toMatchObject({ delivered: 5, duplicate: 0, outOfOrder: 0, resumed: 0 });
    expect(member.startSession()).toEqual({ epoch: 'e1', offset: 9 });
  });

  it('resumes without a gap and without seeing anything twice', () => {
    member.startSession();
    joined(0);
    messages(1, 2);
    member.startSession();
    joined(4, { offsets: [3, 4], recovered: true });
    messages(5);
    expect(tally.counters).toMatchObject({ delivered: 5, duplicate: 0, resumed: 1, unrecovered: 0 });
    expect(missing()).toBe(0);
  });

  it('sees through a server that says recovered and leaves messages out, or sends some again', () => {
    member.startSession();
    joined(0);
    messages(1, 2);
    member.startSession();
    joined(6, { offsets: [2, 5], recovered: true });
    expect(tally.counters).toMatchObject({ delivered: 3, duplicate: 1, unrecovered: 0 });
    expect(missing()).toBe(3);
  });

  it('takes a message that comes before its joined for out of order', () => {
    member.startSession();
    messages(1);
    joined(1, { offsets: [1] });
    expect(tally.counters).toMatchObject({ delivered: 1, outOfOrder: 1 });
  });

  it('goes on in a new history that agrees with all it has seen', () => {
    member.startSession();
    joined(3);
    reset(3, 'e2');
    messages(4);
    expect(tally.counters).toMatchObject({ delivered: 1, unrecovered: 0 });
    expect(member.startSession()).toEqual({ epoch: 'e2', offset: 4 });
  });

  it('counts a new history that has lost what was seen, and one that skips', () => {
    member.startSession();
    joined(3);
    messages(4, 5);
    reset(3, 'e2');
    messages(4);
    expect(tally.counters).toMatchObject({ delivered: 3, duplicate: 0, unrecovered: 1 });
    expect(missing()).toBe(0);
    reset(10, 'e2');
    expect(tally.counters.unrecovered).toBe(2);
    expect(missing()).toBe(6);
  });

  it('counts a resume that goes on later in the same history, with all that lies between', () => {
    member.startSession();
    joined(0);
    messages(1);
    member.startSession();
    joined(60, { offsets: [59, 60] });
    expect(tally.counters).toMatchObject({ delivered: 3, unrecovered: 1, resumed: 1 });
    expect(missing()).toBe(57);
  });
});
