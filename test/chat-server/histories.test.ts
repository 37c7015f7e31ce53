import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Model, Person } from '../helpers/chat-history.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

// `HISTORIES=5000 HISTORY_SEED=17 npx vitest run histories` looks further, from where another run has found something.
const histories = Number(process.env['HISTORIES'] ?? 40);
const firstSeed = Number(process.env['HISTORY_SEED'] ?? Date.now() % 1_000_000_000);

describe.skipIf(!hasRedis)('random histories', { timeout: 60_000 + histories * 1000 }, () => {
  let redis: TestRedis;
  const nodes: ChatNode[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    for (const name of ['a', 'b', 'c']) nodes.push(await startNode(redis.url, name));
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ server }) => server.close()));
    await redis.stop();
  });

  test(`${histories} of joins, sends, retries, cuts and dying nodes, from seed ${firstSeed} on`, async () => {
    for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
      expect(await live(seed), `HISTORY_SEED=${seed}`).toEqual([]);
    }
  });

  /** Lives one history, has everybody come back and read to the end, and answers what was wrong. */
  async function live(seed: number): Promise<string[]> {
    const random = randomFrom(seed);
    const pick = <Thing>(things: Thing[]): Thing => things[Math.floor(random() * things.length)]!;
    const rooms = ['x', 'y'].map((name) => `${name}-${seed}`);
    const comeBack = async (person: Person) => {
      await person.cut();
      await person.connect(port());
      for (const room of rooms) await person.join(room);
    };
    const model = new Model();
    const people = Array.from({ length: 4 }, () => new Person(model));
    const port = () => pick(nodes).port;

    for (let step = 0; step < 40; step++) {
      const person = pick(people);
      const room = pick(rooms);
      // Whoever was on a node that has died finds out with the next step.
      if (person.chat?.socket.readyState !== 1) await person.cut();
      if (!person.chat) await person.connect(port());
      const what = random();
      if (!person.joined.has(room)) await person.join(room);
      else if (what < 0.6) person.say(room);
      else if (what < 0.7) retry(person, room, pick);
      else if (what < 0.85) await person.cut();
      else if (what < 0.9) await person.leave(room);
      else if (what < 0.95) await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      else await exchange(Math.floor(random() * nodes.length));
    }
    for (const person of people) {
      await comeBack(person);
      // Everything said so far is answered before the last word is.
      for (const room of rooms) person.say(room);
    }
    const answered = ({ chat }: Person) =>
      chat!.frames.filter(({ type }) => type === 'sent').length === rooms.length;
    await until(() => people.every(answered));
    const ends = await Promise.all(
      rooms.map(async (room) => Number(await redis.client.hget(`chat:{${room}}:head`, 'offset'))),
    );
    const atEnd = (person: Person) => rooms.every((room, at) => person.places.get(room)!.offset >= ends[at]!);
    await until(() => people.every(atEnd));
    const gaps = rooms.flatMap((room, at) => {
      const offsets = model.offsets(room);
      const whole = offsets.every((offset, index) => offset === index + 1) && offsets.length === ends[at];
      return whole ? [] : [`${room}: its offsets are ${offsets.join(' ')}`];
    });
    await Promise.all(people.map((person) => person.cut()));
    return [...model.problems, ...people.flatMap(({ problems }) => problems), ...gaps];
  }

  /** A node dies, as it were, and another one takes its place. */
  async function exchange(at: number): Promise<void> {
    const old = nodes[at]!;
    nodes[at] = await startNode(redis.url, 'd');
    await old.server.close();
  }
});

function retry(person: Person, room: string, pick: <Thing>(things: Thing[]) => Thing): void {
  const own = [...person.said].filter(([, said]) => said.room === room).map(([cid]) => cid);
  if (own.length > 0) person.say(room, pick(own));
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
