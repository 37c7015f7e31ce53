import { describe, expect, test } from 'vitest';
import { systemClock } from '../../chat-server/src/clock.ts';
import { payloadOf } from '../../chat-server/src/frame.ts';
import { Meter } from '../../chat-server/src/metrics/meter.ts';
import type { Entry, Head, Store } from '../../chat-server/src/redis/store.ts';
import { catchUp } from '../../chat-server/src/room/join.ts';
import type { Member } from '../../chat-server/src/room/member.ts';
import { newMember } from '../../chat-server/src/room/member.ts';
import { RoomPresence } from '../../chat-server/src/room/presence.ts';
import { Room } from '../../chat-server/src/room/room.ts';
import type { Outbox } from '../../chat-server/src/session/outbox.ts';
import type { Frame, Message } from '../helpers/chat-client.ts';

const HISTORY = 1000;
const EPOCH = 'e1';

describe('a room, with a store that answers when it is told to', () => {
  test('whoever leaves while its page is read gets neither the page nor what comes later', async () => {
    const { room, store, meter } = await openRoom(200);
    const { member, frames } = newcomer();
    room.members.add(member);
    const caughtUp = catchUp(room, member, HISTORY, meter, systemClock);
    await store.asked(2);
    room.remove(member);
    store.answer();
    await caughtUp;
    room.receive(EPOCH, 201, tail(201));
    expect(frames).toEqual([]);
  });

  test('what is announced while a room is read for the first time is part of it at once', async () => {
    const store = new SlowStore(5);
    const { room } = roomOn(store);
    const opened = room.sync();
    await store.asked(1);
    store.offset = 6;
    room.receive(EPOCH, 6, tail(6));
    store.answer(5);
    await opened;
    expect(room.position).toEqual({ epoch: EPOCH, offset: 6 });
  });

  test('Redis goes away between two pages: the next one comes when it is back', async () => {
    const { room, store, meter } = await openRoom(200);
    const { member, frames } = newcomer({ epoch: EPOCH, offset: 0 });
    room.members.add(member);
    const caughtUp = catchUp(room, member, HISTORY, meter, systemClock);
    await store.asked(2);
    store.answer();
    await store.asked(3);
    store.fail();
    await store.asked(4);
    store.answer();
    await caughtUp;
    const offsets = frames.flatMap(({ messages }) => (messages as Message[]).map(({ offset }) => offset));
    expect(offsets).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });
});

/** The stream of one room, read only when the test says so. */
class SlowStore {
  offset: number;
  calls = 0;
  #open: { after: number; count: number; resolve: (read: Read) => void; reject: (error: Error) => void }[] =
    [];
  #told = () => {};

  constructor(offset: number) {
    this.offset = offset;
  }

  read(_room: string, after: number, count: number): Promise<Read> {
    this.calls++;
    return new Promise((resolve, reject) => {
      this.#open.push({ after, count, resolve, reject });
      this.#told();
    });
  }

  /** Resolves when it was asked so many times. */
  async asked(times: number): Promise<void> {
    while (this.calls < times) await new Promise<void>((resolve) => (this.#told = resolve));
  }

  /** Answers as it stands, or stood at `offset`. */
  answer(offset = this.offset): void {
    const { after, count, resolve } = this.#open.shift()!;
    const length = Math.min(count, offset - after);
    const entries = Array.from({ length }, (_, n) => ({ offset: after + n + 1, tail: tail(after + n + 1) }));
    resolve({ head: { epoch: EPOCH, offset, lineage: '' }, entries });
  }

  fail(): void {
    this.#open.shift()!.reject(new Error('away'));
  }
}

interface Read {
  head: Head;
  entries: Entry[];
}

function roomOn(store: SlowStore): { room: Room; meter: Meter } {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const presence = new RoomPresence({ isLive: () => true, announce() {}, tell() {} }, systemClock);
  const meter = new Meter();
  return { room: new Room('room', store as unknown as Store, presence, quiet, systemClock, meter), meter };
}

async function openRoom(offset: number): Promise<{ room: Room; store: SlowStore; meter: Meter }> {
  const store = new SlowStore(offset);
  const { room, meter } = roomOn(store);
  const opened = room.sync();
  store.answer();
  await opened;
  return { room, store, meter };
}

function newcomer(after?: { epoch: string; offset: number }): { member: Member; frames: Frame[] } {
  const frames: Frame[] = [];
  const outbox = {
    push: (frame: Buffer) => void frames.push(JSON.parse(payloadOf(frame).toString()) as Frame),
    drained: async () => true,
  } as unknown as Outbox;
  return { member: newMember({ client: 'late', name: 'late' }, outbox, after), frames };
}

function tail(offset: number): Buffer {
  return Buffer.from(`"from":"ann","client":"ann","cid":"c${offset}","text":"x","at":1}`);
}
