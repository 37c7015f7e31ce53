import { setTimeout as delay } from 'node:timers/promises';
import type { LoadResult } from '../../src/load/result.ts';
import { runLoad } from '../../src/load/coordinator.ts';
import { ChatClient } from './chat-client.ts';
import type { ChatProcesses } from './chat-process.ts';

/** The load: people in rooms of ten, on two nodes. */
export const LOAD = { clients: 1000, roomSize: 10, rate: 500, rampUpMs: 2000, durationMs: 5000 };

/** All messages of a run. */
export const MESSAGES = (LOAD.rate * LOAD.durationMs) / 1000;

/** What a run through some harm has shown. */
export interface Ordeal {
  result: LoadResult;
  /** From the harm on until each node took and acknowledged a newcomer's message (ms). */
  recoveryMs: number;
}

/** Has a thousand people chat, does harm once they do, and prints how long it was felt. `durationMs`: how long they go on. */
export async function chatThrough(
  nodes: ChatProcesses,
  program: string,
  what: string,
  harm: () => Promise<void>,
  durationMs: number = LOAD.durationMs,
): Promise<Ordeal> {
  let harmed: Promise<number> | undefined;
  const hurt = async () => {
    const since = performance.now();
    await harm();
    await Promise.all(nodes.hosts.map((host) => untilServed(host, nodes.port)));
    return performance.now() - since;
  };
  const result = await runLoad({
    target: { tls: false, host: 'nodes.test', hostname: 'nodes.test', port: nodes.port, path: '/ws' },
    ...LOAD,
    durationMs,
    workers: 1,
    settleMs: 20_000,
    program,
    signal: new AbortController().signal,
    onProgress: ({ stage, delivered }) => {
      if (stage === 'sending' && delivered > 0) harmed ??= hurt();
    },
  });
  if (!harmed) throw new Error('nothing was delivered');
  const recoveryMs = await harmed;
  const longest = result.latency.acknowledge.max;
  process.stdout.write(
    `${what}: recovered after ${Math.round(recoveryMs)} ms, longest wait for sent ${Math.round(longest)} ms\n`,
  );
  return { result, recoveryMs };
}

async function untilServed(host: string, port: number): Promise<void> {
  for (;;) {
    const chat = await ChatClient.open(port, 'newcomer', undefined, host).catch(() => undefined);
    if (chat && (await isServed(chat))) return;
    await delay(20);
  }
}

async function isServed(chat: ChatClient): Promise<boolean> {
  chat.send({ type: 'join', room: 'newcomers' });
  chat.send({ type: 'send', room: 'newcomers', cid: chat.client, text: 'here' });
  const answer = await Promise.race([chat.answer(chat.client), chat.closed]);
  chat.socket.terminate();
  return typeof answer === 'object' && answer.type === 'sent';
}
