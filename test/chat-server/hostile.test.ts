import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientFrame, Opcode } from '../../src/load/client-frame.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { until } from '../helpers/chat-node.ts';
import { freePort, startChatProcesses } from '../helpers/chat-process.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { seeded } from '../helpers/random-structure.ts';
import { frameWith, RawPeer, upgrade } from '../helpers/raw-peer.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const MiB = 1024 * 1024;
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe.skipIf(!hasRedis)('hostile input', { timeout: 60_000 }, () => {
  let redis: TestRedis;
  let server: ChatProcesses;
  let port: number;
  let admin: number;
  /** Two people who chat all the while. */
  let ann: ChatClient;
  let bob: ChatClient;
  let memoryBefore: number;
  let slow: RawPeer[];

  beforeAll(async () => {
    redis = await startRedis();
    admin = await freePort();
    server = await startChatProcesses(1, redis.url, {
      ADMIN_PORT: String(admin),
      HEARTBEAT_MS: '4000',
      MAX_ROOMS: '5',
      LOG_LEVEL: 'error',
      // Half of what would be there otherwise: what is not bounded shows.
      NODE_OPTIONS: '--max-old-space-size=64',
    });
    port = server.port;
    [ann, bob] = await Promise.all([person('ann'), person('bob')]);
    memoryBefore = await metric('process_resident_memory_bytes');
    // They take their time, and end while everything else goes on.
    slow = Array.from({ length: 50 }, () => new RawPeer(port));
    for (const [at, peer] of slow.entries()) void drip(peer, at);
  });
  afterAll(async () => {
    for (const { socket } of slow) socket.destroy();
    await server.stop();
    await redis.stop();
  });

  async function person(name: string): Promise<ChatClient> {
    const chat = await ChatClient.open(port, name);
    chat.socket.on('message', (data: Buffer) => {
      if (data.includes('"type":"ping"')) chat.send({ type: 'pong' });
    });
    await chat.join('lobby');
    return chat;
  }

  async function metric(sample: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
    return Number(line?.slice(sample.length + 1));
  }

  /** One message through the server, from one of the two to the other. */
  async function isServing(): Promise<void> {
    for (const { socket } of [ann, bob]) expect(socket.readyState).toBe(socket.OPEN);
    const cid = randomUUID();
    await ann.say('lobby', 'still here?', cid);
    await bob.next('message', { cid });
  }

  async function drip(peer: RawPeer, at: number): Promise<void> {
    // Some never say a word.
    if (at % 5 === 0) return;
    const request = upgrade(`X-Slow: ${'x'.repeat(200)}\r\n`);
    for (let byte = 0; byte < request.length && !peer.socket.closed; byte += 1) {
      peer.write(request[byte]!);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test.each<[string, number, Buffer | (() => Buffer)]>([
    ['a frame without a mask', 1002, Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['a reserved bit', 1002, flagged(0xc1)],
    ['a reserved opcode', 1002, flagged(0x83)],
    ['a reserved control opcode', 1002, flagged(0x8b)],
    ['a continuation of nothing', 1002, flagged(0x80)],
    ['a control frame in pieces', 1002, flagged(0x09)],
    ['a control frame of 126 bytes', 1002, clientFrame(Opcode.ping, Buffer.alloc(126))],
    ['a close frame of one byte', 1002, clientFrame(Opcode.close, Buffer.from([3]))],
    ['a close code that is none', 1002, clientFrame(Opcode.close, Buffer.from([3, 0xec]))],
    ['bytes that are no UTF-8', 1007, clientFrame(Opcode.text, Buffer.from([0xc3, 0x28]))],
    ['a surrogate in UTF-8', 1007, clientFrame(Opcode.text, Buffer.from([0xed, 0xa0, 0x80]))],
    ['a length of 2^63', 1009, frameWith(0x81, 2n ** 63n, true)],
    ['a length of 2^64 - 1', 1009, frameWith(0x81, 2n ** 64n - 1n, true)],
    ['a length of 2^53 - 1', 1009, frameWith(0x81, 2n ** 53n - 1n, true)],
    ['16 KiB and a byte', 1009, clientFrame(Opcode.text, 'x'.repeat(16 * 1024 + 1))],
    ['16 KiB and a byte in pieces', 1009, inPieces('x'.repeat(16 * 1024 + 1), 1000)],
  ])('%s is closed with %i', async (_, code, bytes) => {
    const peer = await RawPeer.joined(port, 'lobby');
    peer.write(typeof bytes === 'function' ? bytes() : bytes);
    expect(await peer.closed).toBe(code);
  });

  test.each<[string, string]>([
    ['deep nesting', `${'['.repeat(8000)}${']'.repeat(8000)}`],
    ['deep objects', `${'{"a":'.repeat(2500)}1${'}'.repeat(2500)}`],
    ['nesting that never ends', '['.repeat(16_000)],
    ['a large array', `{"type":"join","room":[${'0,'.repeat(7000)}0]}`],
    ['a large number', '{"type":"history","room":"lobby","before":1e999,"limit":5}'],
    ['a negative zero', '{"type":"history","room":"lobby","before":-0,"limit":5}'],
    ['a prototype as type', '{"type":"__proto__"}'],
    ['a prototype as fields', '{"__proto__":{"type":"join","room":"lobby"}}'],
    ['a constructor', '{"type":"constructor","constructor":{"prototype":{"type":"join"}}}'],
    ['a room that closes the hash tag', '{"type":"join","room":"}x"}'],
    ['a room with a NUL', '{"type":"join","room":"a\\u0000b"}'],
    ['a room with a line end', '{"type":"join","room":"a\\n"}'],
    ['a room of half a character', '{"type":"join","room":"\\ud800"}'],
    ['a cid with a NUL', '{"type":"send","room":"lobby","cid":"\\u0000","text":"x"}'],
    ['an epoch with a colon and a comma', '{"type":"join","room":"x","after":{"epoch":" :,","offset":1}}'],
    ['an offset beyond 2^53', '{"type":"join","room":"x","after":{"epoch":"e","offset":9007199254740993}}'],
    ['a position that is a string', '{"type":"join","room":"x","after":"e"}'],
    ['a client that is an array', '{"type":"hello","client":["00000000-0000-4000-8000-000000000000"]}'],
  ])('%s is answered with an error, and the connection goes on', async (_, text) => {
    const peer = await RawPeer.joined(port, 'lobby');
    peer.say(text);
    await until(() => peer.errors.length > 0);
    expect(['bad-message', 'unknown-type']).toContain(peer.errors[0]);
    peer.say({ type: 'leave', room: 'lobby' });
    await until(() => peer.frames.some(({ type }) => type === 'left'));
    peer.socket.destroy();
  });

  test('of two equal members the last one counts, and unknown ones are nothing', async () => {
    const peer = await RawPeer.joined(port, 'twice');
    peer.say(
      '{"type":"join","type":"send","room":"lobby","room":"twice","cid":"c1","text":"x","__proto__":{"y":1}}',
    );
    await until(() => peer.frames.some(({ type }) => type === 'sent'));
    peer.socket.destroy();
  });

  test('half characters and NULs in a text arrive as they were sent', async () => {
    const text = 'a\u0000b \ud800 c \udfff </script>';
    const cid = randomUUID();
    await ann.say('lobby', text, cid);
    expect(await bob.next('message', { cid })).toMatchObject({ text });
  });

  test.each([
    ['a foreign Origin', 'Origin: https://evil.example\r\n', '403'],
    ['no Origin at all, said as null', 'Origin: null\r\n', '403'],
    ['another subprotocol', 'Sec-WebSocket-Protocol: chat\r\n', '400'],
    ['a head of 20 KiB', `X: ${'x'.repeat(20_000)}\r\n`, '431'],
  ])('%s gets an HTTP status', async (_, headers, status) => {
    await expect(RawPeer.upgraded(port, headers)).rejects.toThrow(status);
  });

  test.each([
    ['no HTTP', '\u0016\u0003\u0001 hello\r\n\r\n', 'HTTP/1.1 400'],
    ['another version', upgrade().replace('Version: 13', 'Version: 12'), 'HTTP/1.1 400'],
    ['a key that is none', upgrade().replace(/Key: \S+/, 'Key: x'), 'HTTP/1.1 400'],
    ['another path', upgrade().replace('/ws', '/../ws'), 'HTTP/1.1 404'],
    ['a path that is no path', upgrade().replace('/ws', '//[::1'), 'HTTP/1.1 404'],
  ])('%s instead of an upgrade is answered and hung up', async (_, request, answer) => {
    const peer = new RawPeer(port);
    peer.write(request);
    await peer.closed;
    expect(peer.head).toContain(answer);
  });

  test('a flood of pings without reading is closed, not stored', async () => {
    const peer = await RawPeer.joined(port, 'lobby');
    peer.socket.pause();
    const pings = Buffer.concat(
      Array.from({ length: 500 }, () => clientFrame(Opcode.ping, Buffer.alloc(125))),
    );
    const before = await metric('chat_connections_closed_total{reason="rate-limited"}');
    for (let n = 0; n < 200 && peer.socket.writable; n += 1) peer.socket.write(pings);
    await until(async () => (await metric('chat_connections_closed_total{reason="rate-limited"}')) > before);
    expect(await metric('chat_queued_bytes')).toBeLessThan(2 * MiB);
    peer.socket.resume();
    await peer.closed;
  });

  test('floods of frames, joins and history end with 1008, and others are served meanwhile', async () => {
    const flood = async (frame: object) => {
      const peer = await RawPeer.joined(port, 'lobby');
      const many = Buffer.concat(
        Array.from({ length: 400 }, () => clientFrame(Opcode.text, JSON.stringify(frame))),
      );
      peer.write(many);
      return peer.closed;
    };
    const closed = Promise.all([
      flood({ type: 'typing', room: 'lobby' }),
      flood({ type: 'join', room: 'other' }),
      flood({ type: 'history', room: 'lobby', before: 1000, limit: 100 }),
      flood({ type: 'pong' }),
    ]);
    await isServing();
    expect(await closed).toEqual([1008, 1008, 1008, 1008]);
  });

  test('who says no hello is closed with 1008, who falls silent later is gone after two heartbeats', async () => {
    const many = Array.from({ length: 25 });
    const [mute, silent] = await Promise.all([
      Promise.all(many.map(() => RawPeer.upgraded(port))),
      Promise.all(many.map(() => RawPeer.joined(port, 'lobby'))),
    ]);
    const codes = async (peers: RawPeer[]) => new Set(await Promise.all(peers.map(({ closed }) => closed)));
    expect(await codes(mute)).toEqual(new Set([1008]));
    expect(await codes(silent)).toEqual(new Set([1006]));
    await isServing();
  });

  test.each(seeds)(
    'random frames, seed %i: every connection ends or answers, and others are served',
    async (seed) => {
      const random = seeded(seed);
      const peers = await Promise.all(Array.from({ length: 25 }, () => RawPeer.joined(port, 'lobby')));
      for (let round = 0; round < 10; round += 1) {
        for (const peer of peers) peer.write(noise(random));
        await isServing();
      }
      for (const peer of peers) {
        const known = [1002, 1003, 1006, 1007, 1008, 1009];
        peer.socket.end();
        const code = await peer.closed;
        // A close frame by chance is answered with its own code.
        if (code < 3000 && ![1000, 1001, 1005, 1011, 1012, 1013, 1014, 1010].includes(code)) {
          expect(known).toContain(code);
        }
      }
    },
  );

  test('slow upgrades are given up, and all of it has left nothing behind', async () => {
    await Promise.all(slow.map(({ closed }) => closed));
    await until(async () => (await metric('chat_connections')) === 2);
    expect(await metric('chat_members')).toBe(2);
    expect(await metric('chat_queued_bytes')).toBe(0);
    const grown = (await metric('process_resident_memory_bytes')) - memoryBefore;
    expect(grown / MiB).toBeLessThan(64);
    await isServing();
  });
});

/** An empty masked frame with any first byte. */
function flagged(first: number): Buffer {
  return Buffer.from([first, 0x80, 0, 0, 0, 0]);
}

/** A text as fragments. */
function inPieces(text: string, size: number): () => Buffer {
  return () => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < text.length; at += size) {
      const frame = clientFrame(at === 0 ? Opcode.text : Opcode.continuation, text.slice(at, at + size));
      frame[0] = (frame[0]! & 0x0f) | (at + size >= text.length ? 0x80 : 0);
      pieces.push(frame);
    }
    return Buffer.concat(pieces);
  };
}

const words = [
  'type',
  'room',
  'lobby',
  'send',
  'join',
  'hello',
  '}x',
  '__proto__',
  '\u0000',
  '\ud800',
  'cid',
  'c',
  '',
];

/** Anything from plain bytes over broken frames to well-formed nonsense. */
function noise(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const word = () => words[below(words.length)]!;
  const value = (depth: number): unknown => {
    const kind = below(depth > 4 ? 4 : 6);
    if (kind === 0) return word();
    if (kind === 1) return random() * 10 ** below(30);
    if (kind === 2) return random() < 0.5 ? null : random() < 0.5;
    if (kind === 3) return below(100) - 50;
    if (kind === 4) return Array.from({ length: below(6) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: below(6) }, () => [word(), value(depth + 1)]));
  };
  switch (below(6)) {
    case 0:
      return bytes(below(200));
    case 1:
      return clientFrame(below(16), bytes(below(125)));
    case 2: {
      const frame = clientFrame(Opcode.text, bytes(below(300)));
      frame[below(2)] = below(256);
      return frame;
    }
    case 3:
      return frameWith(
        below(256),
        BigInt(below(2 ** 31)) << BigInt(below(33)),
        random() < 0.8,
        bytes(below(64)),
      );
    case 4:
      return inPieces(JSON.stringify(value(0)) ?? '', 1 + below(5))();
    default:
      return clientFrame(
        Opcode.text,
        JSON.stringify({ type: word(), room: word(), cid: word(), text: value(0) }),
      );
  }
}
