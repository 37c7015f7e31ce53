import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import type { Frame, Message } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { seeded } from '../helpers/random-structure.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

/** More than a node keeps in memory, so that joining takes a look at the stream. */
const SAID = 300;
const PEOPLE = 20;
const ROUNDS = 40;

describe.skipIf(!hasRedis)('joining, leaving and joining again', { timeout: 60_000 }, () => {
  let redis: TestRedis;
  let nodes: ChatNode[];

  beforeAll(async () => {
    redis = await startRedis();
    nodes = await Promise.all(['a', 'b'].map((name) => startNode(redis.url, name, { headsMs: 100 })));
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ server }) => server.close()));
    await redis.stop();
  });

  test('without waiting for answers, while people talk: nothing before joined, nothing after left, no gap', async () => {
    const ann = await ChatClient.open(nodes[0]!.port, 'ann');
    const [start] = await ann.join('room');
    for (let n = 1; n <= SAID; n++) ann.send({ type: 'send', room: 'room', cid: `c${n}`, text: 'x' });
    await ann.reaches('room', SAID);
    const ending = new AbortController();
    const talking = (async () => {
      while (!ending.signal.aborted) await ann.say('room', 'y');
    })();
    const restless = async (_: unknown, at: number) => {
      const random = seeded(at);
      const chat = await ChatClient.open(nodes[at % 2]!.port, `p${at}`);
      for (let round = 0; round <= ROUNDS; round++) {
        const after = { epoch: start!['epoch'], offset: Math.floor((SAID - 64) * random()) };
        chat.send({ type: 'join', room: 'room', ...(random() < 0.8 && { after }) });
        if (random() < 0.5) await delay(8 * random());
        if (round < ROUNDS) chat.send({ type: 'leave', room: 'room' });
      }
      for (let round = 0; round < ROUNDS; round++) await chat.next('left');
      const isBack = () => chat.frames.findLast(({ type }) => type === 'left' || type === 'message');
      await until(() => isBack()?.type === 'message');
      await chat.cut();
      return wrongIn(chat.frames.filter(({ room }) => room === 'room'));
    };
    const wrong = await Promise.all(Array.from({ length: PEOPLE }, restless));
    ending.abort();
    await talking;
    expect(wrong.flat()).toEqual([]);
  });
});

/** What the frames of one room do that they must not, in words. */
function wrongIn(frames: Frame[]): string[] {
  const wrong: string[] = [];
  let state: 'out' | 'paging' | 'live' = 'out';
  let at: number | undefined;
  const take = ({ offset }: Message) => {
    if (at !== undefined && offset !== at + 1) wrong.push(`${offset} after ${at}`);
    at = offset;
  };
  for (const frame of frames) {
    switch (frame.type) {
      case 'left':
        state = 'out';
        break;
      case 'joined':
        if (state === 'live') wrong.push('joined while live');
        if (state === 'out') at = undefined;
        for (const message of frame['messages'] as Message[]) take(message);
        at = Number(frame['offset']);
        state = frame['more'] ? 'paging' : 'live';
        break;
      case 'message':
        if (state !== 'live') wrong.push(`a message while ${state}`);
        take(frame as unknown as Message);
        break;
      default:
        if (state === 'out' || frame.type === 'error') wrong.push(`${frame.type} while ${state}`);
    }
  }
  return wrong;
}
