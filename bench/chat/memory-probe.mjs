// Loaded before a program whose memory is asked for over IPC: collects all garbage and tells what is left, in bytes.
import { setTimeout as wait } from 'node:timers/promises';

process.on('message', () => void tell());
// The channel must not hold a program that wants to end.
process.channel.unref();

async function tell() {
  // What the first collection finalises is freed by the next.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await wait(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ used: heapUsed + external, rss });
}
