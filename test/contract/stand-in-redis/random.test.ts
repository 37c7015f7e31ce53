import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scriptsRinging } from '../../../chat-server/src/redis/scripts.ts';
import { hasRedis } from '../../helpers/redis.ts';
import { encoded, startPair } from '../../helpers/redis-pair.ts';
import type { PairedConnection, RedisPair } from '../../helpers/redis-pair.ts';

// `STAND_IN_RUNS=1000 STAND_IN_SEED=17 npx vitest run stand-in-redis` looks further, or again from where another run has found something.
const runs = Number(process.env['STAND_IN_RUNS'] ?? 40);
const firstSeed = Number(process.env['STAND_IN_SEED'] ?? Date.now() % 1_000_000_000);

const COMMANDS = 120;
const texts = Object.fromEntries(
  Object.entries(scriptsRinging('publish')).map(([name, { lua }]) => [name, lua]),
);

describe.skipIf(!hasRedis)(`the stand-in answers as Redis does, from seed ${firstSeed} on`, () => {
  let pair: RedisPair;
  let both: PairedConnection;
  beforeAll(async () => {
    pair = await startPair();
    both = await pair.open();
    // Some are known by their digest from the start, the others are sent whole first, as by a node that starts.
    for (const text of Object.values(texts)) await both.ask([['EVAL', text, '0']]);
  });
  afterAll(() => pair.stop());

  async function expectSame(seed: number, commands: string[][]): Promise<void> {
    const { real, standIn } = await both.ask(commands);
    const told = (replies: string[]) => {
      const alike = normaliser();
      return replies.map((reply, at) => `${shown(commands[at]!)} → ${alike(reply)}`);
    };
    expect(told(standIn), `STAND_IN_SEED=${seed}`).toEqual(told(real));
  }

  test(`${runs} times ${COMMANDS} random commands, and no memory is owed when all is deleted`, async () => {
    const used = async () => (await both.standIn.send(encoded(['INFO', 'memory']), 1))[0];
    const before = await used();
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const dice = diceFrom(seed);
      const keys = ['a', 'b', 'c', 'd'].map((name) => `${name}:${seed}`);
      await expectSame(seed, [
        ...Array.from({ length: COMMANDS }, () => randomCommand(dice, keys)),
        ['DEL', ...keys],
      ]);
    }
    expect(await used()).toBe(before);
  });

  test(`${runs} times ${COMMANDS} scripts of the chat server, and what they leave behind`, async () => {
    const listener = await pair.open();
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const dice = diceFrom(seed);
      const rooms = [`x${seed}`, `y${seed}`];
      const channels = rooms.map((room) => `chat:{${room}}`);
      await listener.ask([['SUBSCRIBE', ...channels]], { replies: channels.length });
      const scripts = Array.from({ length: COMMANDS }, () => randomScript(dice, seed, rooms, pair.history));
      await expectSame(seed, scripts);
      await expectSame(seed, [...rooms.flatMap(whatIsThere), ['ZRANGE', `nodes:${seed}`, '0', '-1']]);
      // What was announced: behind the last of it comes the confirmation.
      const last = await heardUntilDone(listener, channels);
      const alike = [normaliser(), normaliser()] as const;
      expect(last.standIn.map(alike[0]), `STAND_IN_SEED=${seed}`).toEqual(last.real.map(alike[1]));
    }
  });

  test('over the limit of memory a script is refused before it has written anything, and later no more', async () => {
    const dice = diceFrom(firstSeed);
    const rooms = ['full'];
    await expectSame(firstSeed, [
      script(dice, 'chatPublish', publishArguments(dice, 'full', pair.history, 1)),
    ]);
    await expectSame(firstSeed, [['CONFIG', 'SET', 'maxmemory', '1']]);
    try {
      const scripts = Array.from({ length: 60 }, () => randomScript(dice, 0, rooms, pair.history));
      await expectSame(firstSeed, scripts);
    } finally {
      await expectSame(firstSeed, [['CONFIG', 'SET', 'maxmemory', '0'], ...rooms.flatMap(whatIsThere)]);
    }
  });
});

/** Ends subscriptions, and answers what was heard until then, with the confirmations. */
async function heardUntilDone(listener: PairedConnection, channels: string[]) {
  const bytes = encoded(['UNSUBSCRIBE', ...channels]);
  const until = async (side: 'real' | 'standIn') => {
    const heard = await listener[side].send(bytes, channels.length);
    while (!heard.at(-1)!.includes('unsubscribe') || !heard.at(-1)!.includes(':0\r\n')) {
      heard.push(...(await listener[side].send('', 1)));
    }
    return heard;
  };
  const [real, standIn] = await Promise.all([until('real'), until('standIn')]);
  return { real, standIn };
}

type Dice = ReturnType<typeof diceFrom>;

function randomCommand(dice: Dice, keys: string[]): string[] {
  const key = dice.pick(keys);
  const field = dice.pick(['f', 'g', 'h']);
  const value = dice.pick(['', 'text', '0', '7', '-3', '007', '9223372036854775807', 'x\r\ny']);
  const number = dice.pick(['0', '1', '-1', '3', '-9223372036854775808', '1.5', 'x']);
  const score = dice.pick(['0', '1', '-2.5', '(1', '-inf', '+inf', '1e3', 'x']);
  const id = dice.pick(['0-1', '0-2', '1-1', '2', '3-7', '-', '+', '(0-1', '0', '5-0', 'x']);
  const count = dice.pick([[], [], ['COUNT', dice.pick(['0', '1', '2', '-1', 'x'])]]);
  return dice.pick([
    ['GET', key],
    [
      'SET',
      key,
      value,
      ...dice.pick([[], ['PX', '100000'], ['px', '0'], ['EX', dice.pick(['100', '0', '-1', '1.5', 'x'])]]),
    ],
    ['DEL', key, dice.pick(keys)],
    ['PEXPIRE', key, dice.pick(['100000', '0', '-1', 'x'])],
    ['PTTL', key],
    ['HSET', key, field, value, ...dice.pick([[], ['i', '1'], ['odd']])],
    ['HMGET', key, field, 'i'],
    ['HGETALL', key],
    ['HDEL', key, field, 'i'],
    ['HINCRBY', key, field, number],
    ['ZADD', key, score, field, ...dice.pick([[], ['2', 'i'], ['odd']])],
    ['ZREM', key, field],
    ['ZSCORE', key, field],
    ['ZRANGE', key, number, dice.pick(['-1', '0', '2']), ...dice.pick([[], ['WITHSCORES'], ['x']])],
    ['ZREMRANGEBYSCORE', key, score, dice.pick(['0', '(2', '+inf'])],
    [
      'XADD',
      key,
      ...dice.pick([[], ['MAXLEN', dice.pick(['0', '2', 'x'])], ['MAXLEN', '~', '50']]),
      id,
      field,
      value,
    ],
    ['XRANGE', key, id, dice.pick(['+', '1', '0-2', '(2']), ...count],
    ['XREVRANGE', key, dice.pick(['+', '1', '0-2', '(2']), id, ...count],
    ['PUBLISH', key, value],
  ]);
}

/** A call of a script as a node makes it: of its own history or of an old one, new or again, for few or for many. */
function randomScript(dice: Dice, seed: number, rooms: string[], history: string): string[] {
  const room = dice.pick(rooms);
  const known = dice.chance(0.8) ? history : dice.pick(['0'.repeat(40), 'unknown']);
  const node = dice.pick([0, 1, 2, 3]);
  // Leases that end in the order of the nodes, whichever server is the quicker one.
  const lease = String(100_000 * (node + 1));
  const heads = Array.from({ length: dice.below(4) }, () => `chat:{${dice.pick([...rooms, 'nobody'])}}:head`);
  const read = [known, '86400000', dice.pick(['0', '3', '20']), dice.pick(['0', '1', '50'])];
  const entry = dice.pick(['{"members":[]}', '{}', 'grüße']);
  const here = [`n${node}`, entry, '86400000', `chat:{${room}}`, dice.pick(['0', '1', '2'])];
  return dice.chance(0.5)
    ? script(dice, 'chatPublish', publishArguments(dice, room, known, dice.below(40)))
    : dice.pick([
        () => script(dice, 'chatRead', [[`chat:{${room}}:head`, `chat:{${room}}:stream`], read]),
        () => script(dice, 'chatHeads', [heads, []]),
        () => script(dice, 'chatAnnounce', [[`chat:{${room}}:here`], here]),
        () => script(dice, 'chatLease', [[`nodes:${seed}`], [`n${node}`, lease]]),
        // Somebody has meddled, or Redis has lost a part.
        () =>
          dice.pick([
            ['DEL', `chat:{${room}}:head`],
            ['DEL', `chat:{${room}}:here`],
            ['SET', `chat:{${room}}:here`, 'x'],
          ]),
        // A lease has run out.
        () => ['ZADD', `nodes:${seed}`, '1', `n${node}`],
        () => ['HSET', `chat:{${room}}:head`, 'history', '1'.repeat(40)],
      ])();
}

function publishArguments(dice: Dice, room: string, history: string, cid: number): [string[], string[]] {
  const keys = ['head', 'stream', `sent:somebody:${cid}`].map((end) => `chat:{${room}}:${end}`);
  const message = `"from":"ann","text":"${dice.pick(['hello', '', 'x'.repeat(300)])}"}`;
  return [keys, [history, '86400000', `chat:{${room}}`, '1000', '600000', message]];
}

function script(dice: Dice, name: string, [keys, args]: [string[], string[]]): string[] {
  const text = texts[name]!;
  const digest = createHash('sha1').update(text).digest('hex');
  const asBytes = (word: string) => Buffer.from(word).toString('latin1');
  const words = [String(keys.length), ...keys, ...args].map(asBytes);
  return dice.chance(0.9)
    ? ['EVALSHA', dice.chance(0.9) ? digest : digest.toUpperCase(), ...words]
    : ['EVAL', text, ...words];
}

function whatIsThere(room: string): string[][] {
  return [
    // A long lineage makes Redis forget the order of the fields.
    ['HMGET', `chat:{${room}}:head`, 'v', 'history', 'epoch', 'offset', 'base', 'lineage'],
    ['XRANGE', `chat:{${room}}:stream`, '-', '+'],
    ['HGETALL', `chat:{${room}}:here`],
    ...['head', 'stream', 'here', 'sent:somebody:1'].map((end) => ['PTTL', `chat:{${room}}:${end}`]),
    ['GET', `chat:{${room}}:sent:somebody:1`],
  ];
}

/** Takes from replies what two servers cannot have in common: the moments that epochs are named after, the exact time that is left, and where in a script something failed. */
function normaliser(): (reply: string) => string {
  const epochs: string[] = [];
  return (reply) =>
    reply
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{13}/g, (epoch) => {
        if (!epochs.includes(epoch)) epochs.push(epoch);
        return `epoch ${epochs.indexOf(epoch)}`;
      })
      .replaceAll(/ script: ([0-9a-f]{40}), (?:on @user_script:\d+|in its twin)\./g, ' in $1')
      .replaceAll(/^:\d{5,9}\r/g, ':a while\r');
}

function shown(words: string[]): string {
  return words.map((word) => (word.length > 60 ? `${word.slice(0, 10)}…` : word)).join(' ');
}

function diceFrom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  return {
    below: (limit: number) => Math.floor(next() * limit),
    chance: (share: number) => next() < share,
    pick: <Thing>(things: readonly Thing[]): Thing => things[Math.floor(next() * things.length)]!,
  };
}
