import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headKey, streamKey } from '../../chat-server/src/redis/keys.ts';
import { Model, Person } from '../helpers/chat-history.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import type { ReplicaState } from '../helpers/replica-state.ts';
import { promote, replicate } from '../helpers/replica-state.ts';

// `HISTORIES=5000 HISTORY_SEED=17 npx vitest run histories` looks further, or again from where another run has found something.
const histories = Number(process.env['HISTORIES'] ?? 500);
const firstSeed = Number(process.env['HISTORY_SEED'] ?? Date.now() % 1_000_000_000);

const WORLDS = 8;
const STEPS = 30;
const PEOPLE = 3;
/** How long a history may take: one takes a second, on a busy machine. */
const LIFETIME_MS = 60_000;
/** How long all may take to be told the last word. */
const PATIENCE_MS = 10_000;

/** A Redis and three nodes, in which one history is lived after the other. */
interface World {
  redis: TestRedis;
  nodes: ChatNode[];
}

describe.skipIf(!hasRedis)('random histories', { timeout: 60_000 + histories * 500 }, () => {
  const worlds: World[] = [];

  beforeAll(async () => {
    await Promise.all(Array.from({ length: WORLDS }, async () => void worlds.push(await startWorld())));
  });
  afterAll(async () => {
    await Promise.all(
      worlds.map(async ({ redis, nodes }) => {
        await Promise.all(nodes.map(({ server }) => server.close()));
        await redis.stop();
      }),
    );
  });

  test(`${histories} of joins, sends, retries, cuts, dying nodes and fail-overs, from seed ${firstSeed} on`, async () => {
    let seed = firstSeed;
    await Promise.all(
      worlds.map(async (world) => {
        while (seed < firstSeed + histories) {
          const own = seed++;
          const late = delay(LIFETIME_MS, ['it did not end'], { ref: false });
          expect(await Promise.race([live(own, world), late]), `HISTORY_SEED=${own}`).toEqual([]);
        }
      }),
    );
  });
});

async function startWorld(): Promise<World> {
  const redis = await startRedis('--enable-debug-command', 'local');
  const nodes = await Promise.all(['a', 'b', 'c'].map((name) => startWorldNode(redis, name)));
  return { redis, nodes };
}

function startWorldNode(redis: TestRedis, name: string): Promise<ChatNode> {
  return startNode(redis.url, name, { headsMs: 200 });
}

/** Lives one history, has everybody come back and read to the end, and answers what was wrong. */
async function live(seed: number, { redis, nodes }: World): Promise<string[]> {
  const random = randomFrom(seed);
  const pick = <Thing>(things: Thing[]): Thing => things[Math.floor(random() * things.length)]!;
  const rooms = ['x', 'y'].map((name) => `${name}-${seed}`);
  const model = new Model();
  const people = Array.from({ length: PEOPLE }, () => new Person(model));
  const port = () => pick(nodes).port;
  const keys = `chat:{[xy]-${seed}}:*`;
  let replica: ReplicaState = [];

  for (let step = 0; step < STEPS; step++) {
    const person = pick(people);
    const room = pick(rooms);
    // Whoever was on a node that has died finds out with the next step.
    if (person.chat?.socket.readyState !== 1) await person.cut();
    if (!person.chat) await person.connect(port());
    const what = random();
    if (!person.joined.has(room)) await person.join(room);
    else if (what < 0.6) person.say(room);
    else if (what < 0.7) retry(person, room, pick);
    else if (what < 0.83) await person.cut();
    else if (what < 0.88) await person.leave(room);
    else if (what < 0.92) await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    else if (what < 0.94) await exchange(Math.floor(random() * nodes.length));
    else if (what < 0.97) {
      model.replicate();
      replica = await replicate(redis.client, keys);
    } else {
      model.failOver(rooms, people.flatMap(sentBy));
      await promote(redis.client, keys, replica);
    }
  }
  for (const person of people) {
    await person.cut();
    await person.connect(port());
    for (const room of rooms) await person.join(room);
    // Everything said so far is answered before the last word is.
    for (const room of rooms) await person.insist(room);
  }
  const giveUp = performance.now() + PATIENCE_MS;
  const streams = await Promise.all(rooms.map((room) => readStream(redis, room)));
  const heads = await Promise.all(rooms.map((room) => redis.client.hmget(headKey(room), 'epoch', 'offset')));
  const atEnd = ({ places }: Person) =>
    rooms.every((room, at) => {
      const { epoch, offset } = places.get(room)!;
      return epoch === heads[at]![0] && offset >= Number(heads[at]![1]);
    });
  await until(() => people.every(atEnd) || performance.now() > giveUp);
  const stuck = people.filter((person) => !atEnd(person));
  await Promise.all(people.map((person) => person.cut()));
  const misread = rooms.flatMap((room, at) => [
    ...model.missing(room, streams[at]!),
    ...people.flatMap((person) => person.misread(room, streams[at]!)),
  ]);
  return [
    ...model.problems,
    ...people.flatMap(({ problems }) => problems),
    ...misread,
    ...stuck.map(({ places }) => `ends at ${JSON.stringify([...places])}, not at ${heads.join(' and ')}`),
  ];

  /** A node dies, as it were, and another one takes its place. */
  async function exchange(at: number): Promise<void> {
    const old = nodes[at]!;
    nodes[at] = await startWorldNode(redis, 'd');
    await old.server.close();
  }
}

async function readStream(redis: TestRedis, room: string): Promise<Map<number, string>> {
  const entries = await redis.client.xrange(streamKey(room), '-', '+');
  return new Map(
    entries.map(([id, fields]) => {
      const { client, cid } = JSON.parse(`{${fields[fields.indexOf('m') + 1]}`) as Record<string, string>;
      return [Number(id.split('-')[1]), `${client} ${cid}`];
    }),
  );
}

function sentBy(person: Person): string[] {
  return [...person.said.keys()].map((cid) => `${person.client} ${cid}`);
}

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
