import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { platform } from 'node:os';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { clientFrame, closeFrame, Opcode } from '../../../src/load/client-frame.ts';
import { Connection } from '../../../src/load/connection.ts';
import type { Cause } from '../../../src/load/connection.ts';
import { FrameReader, FramingError } from '../../../src/load/frame-reader.ts';

/** The two halves of `ws`, which its types leave out. */
const { Sender, Receiver } = ws as unknown as {
  Sender: { frame(payload: Buffer, options: object): Buffer[] };
  Receiver: new (options: object) => Writable;
};

const texts = ['', 'a', 'ü€😀', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(65_535), 'é'.repeat(40_000)];

/** What a reader makes of bytes that arrive in pieces of the given sizes. */
function read(bytes: Buffer, cuts: readonly number[]): string[] {
  const seen: string[] = [];
  const reader = new FrameReader({
    text: (buffer, start, end) => seen.push(buffer.toString('utf8', start, end)),
    ping: (payload) => seen.push(`ping ${payload.toString()}`),
    closing: (code) => seen.push(`close ${code}`),
  });
  // As the network does: always the same buffer, overwritten by the next piece.
  const shared = Buffer.alloc(bytes.length);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const length = bytes.copy(shared, 0, at, cut);
    reader.feed(shared, 0, length);
    shared.fill(0xee);
    at = cut;
  }
  return seen;
}

/** One frame as `ws` writes it on the server's side. */
function serverFrame(
  payload: string | Buffer,
  options: { opcode: number; fin?: boolean; mask?: boolean; rsv1?: boolean },
): Buffer {
  const all = { fin: true, mask: false, rsv1: false, readOnly: false, ...options };
  return Buffer.concat(Sender.frame(Buffer.from(payload), all));
}

describe("a server's frames", () => {
  it.each(texts.map((text): [number, string] => [Buffer.byteLength(text), text]))(
    'of %i bytes are read whole',
    (_, text) => {
      expect(read(serverFrame(text, { opcode: Opcode.text }), [])).toEqual([text]);
    },
  );

  it('are read the same wherever the network cuts them', () => {
    const bytes = Buffer.concat([
      serverFrame('first', { opcode: Opcode.text }),
      serverFrame('one ', { opcode: Opcode.text, fin: false }),
      serverFrame('between', { opcode: Opcode.ping }),
      serverFrame('two ', { opcode: Opcode.continuation, fin: false }),
      serverFrame('three', { opcode: Opcode.continuation }),
      serverFrame('p'.repeat(130), { opcode: Opcode.text }),
      serverFrame('', { opcode: Opcode.text }),
      serverFrame(Buffer.from([0x03, 0xf4]), { opcode: Opcode.close }),
    ]);
    const whole = ['first', 'ping between', 'one two three', 'p'.repeat(130), '', 'close 1012'];
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect(read(bytes, [cut]), `cut at ${cut}`).toEqual(whole);
    const everyByte = Array.from({ length: bytes.length }, (_, at) => at);
    expect(read(bytes, everyByte)).toEqual(whole);
  });

  it('that are random, in random pieces, come out as they went in', () => {
    for (let round = 0; round < 200; round += 1) {
      const sent: string[] = [];
      const parts: Buffer[] = [];
      for (let at = 0; at < 8; at += 1) {
        const text = 'äb'.repeat(Math.floor(Math.random() ** 4 * 40_000));
        const bytes = Buffer.from(text);
        const cut = Math.floor(Math.random() * (bytes.length + 1));
        const split = Math.random() < 0.4;
        if (split) {
          parts.push(
            serverFrame(bytes.subarray(0, cut), { opcode: Opcode.text, fin: false }),
            serverFrame(bytes.subarray(cut), { opcode: Opcode.continuation }),
          );
        } else parts.push(serverFrame(text, { opcode: Opcode.text }));
        sent.push(text);
      }
      const bytes = Buffer.concat(parts);
      const cuts = Array.from({ length: 6 }, () => Math.floor(Math.random() * bytes.length));
      expect(
        read(
          bytes,
          cuts.toSorted((a, b) => a - b),
        ),
      ).toEqual(sent);
    }
  });

  it('after a close frame are not read', () => {
    const bytes = [serverFrame('', { opcode: Opcode.close }), serverFrame('late', { opcode: Opcode.text })];
    expect(read(Buffer.concat(bytes), [])).toEqual(['close 1005']);
  });

  it.each<[string, Buffer, number]>([
    ['is masked', clientFrame(Opcode.text, 'x'), 1002],
    ['is compressed', serverFrame('x', { opcode: Opcode.text, rsv1: true }), 1002],
    ['has an unknown opcode', serverFrame('x', { opcode: 3 }), 1002],
    ['continues nothing', serverFrame('x', { opcode: Opcode.continuation }), 1002],
    ['is a long ping', serverFrame('x'.repeat(126), { opcode: Opcode.ping }), 1002],
    ['is binary', serverFrame('x', { opcode: Opcode.binary }), 1003],
    ['claims more than 4 MiB', Buffer.from([0x81, 127, 0, 0, 0, 0, 0x10, 0, 0, 0]), 1009],
  ])('one that %s is an error', (_, bytes, closeCode) => {
    let thrown: unknown;
    try {
      read(bytes, []);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FramingError);
    expect(thrown).toMatchObject({ closeCode });
  });
});

describe("a client's frames", () => {
  it('are what ws reads, masked, of any length', async () => {
    const receiver = new Receiver({
      isServer: true,
      binaryType: 'nodebuffer',
      extensions: {},
      maxPayload: 0,
    });
    const seen: string[] = [];
    receiver.on('message', (data: Buffer) => seen.push(data.toString()));
    receiver.on('ping', (data: Buffer) => seen.push(`ping ${data.toString()}`));
    const closed = once(receiver, 'conclude');
    for (const text of texts) receiver.write(clientFrame(Opcode.text, text));
    receiver.write(clientFrame(Opcode.ping, Buffer.from('p')));
    receiver.write(closeFrame(1000));
    expect((await closed)[0]).toBe(1000);
    expect(seen).toEqual([...texts, 'ping p']);
  });
});

describe('a connection with ws', () => {
  const http = createServer();
  const server = new ws.WebSocketServer({ server: http, handleProtocols: () => 'chatops.v1' });
  let port: number;
  beforeAll(async () => {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    ({ port } = http.address() as AddressInfo);
  });
  afterAll(async () => {
    server.close();
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });

  function target(at: number) {
    return {
      tls: false,
      host: `127.0.0.1:${at}`,
      hostname: '127.0.0.1',
      port: at,
      path: '/ws',
      addresses: [],
    };
  }

  /** Connects; resolves when the connection is over with all that came. */
  function talk(
    at: number,
    said: string[],
    until: (heard: string[], connection: Connection) => void,
    localAddress?: string,
  ) {
    return new Promise<{ heard: string[]; cause: Cause; cookies: string[] }>((resolve) => {
      const heard: string[] = [];
      let cookies: string[] = [];
      const connection = new Connection(
        { target: target(at), address: '127.0.0.1', localAddress, cookies: ['AWSALB=x'] },
        {
          opened(set) {
            cookies = set;
            for (const text of said) connection.send(text);
          },
          text(buffer, start, end) {
            heard.push(buffer.toString('utf8', start, end));
            until(heard, connection);
          },
          closed: (cause) => resolve({ heard, cause, cookies }),
        },
      );
    });
  }

  it('carries texts of every size both ways, and closes in order', async () => {
    let closed: Promise<unknown[]> | undefined;
    server.once('connection', (socket, request) => {
      expect(request.headers.cookie).toBe('AWSALB=x');
      socket.on('message', (data) => socket.send((data as Buffer).toString()));
      closed = once(socket, 'close');
    });
    const { heard, cause } = await talk(port, texts, (all, connection) => {
      if (all.length === texts.length) connection.close(1000);
    });
    expect(heard).toEqual(texts);
    expect(cause).toEqual({ kind: 'closed', code: 1000 });
    expect((await closed)?.[0]).toBe(1000);
  });

  it('answers a ping, and says with which code it was closed', async () => {
    server.once('connection', (socket) => {
      socket.ping('are you there');
      socket.on('pong', (data) => socket.close(data.toString() === 'are you there' ? 1012 : 1002));
    });
    const { cause } = await talk(port, [], () => undefined);
    expect(cause).toEqual({ kind: 'closed', code: 1012 });
  });

  it.runIf(platform() === 'linux')('can come from another address of this machine', async () => {
    let from: string | undefined;
    server.once('connection', (socket, request) => {
      from = request.socket.remoteAddress;
      socket.close(1000);
    });
    await talk(port, [], () => undefined, '127.0.0.3');
    expect(from).toBe('127.0.0.3');
  });

  it('that is cut without a word was closed with 1006', async () => {
    server.once('connection', (socket) => socket.terminate());
    expect((await talk(port, [], () => undefined)).cause).toEqual({ kind: 'closed', code: 1006 });
  });

  /** A server that answers an upgrade with these bytes, in pieces. */
  async function answering(...pieces: string[]) {
    const raw = createServer();
    raw.on('upgrade', (_request, socket: Socket) => {
      socket.on('error', () => undefined);
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const result = await talk((raw.address() as AddressInfo).port, [], () => undefined);
    raw.closeAllConnections();
    raw.close();
    return result;
  }

  it('that is refused says with which status, and when to come back', async () => {
    const { cause } = await answering('HTTP/1.1 503 Service', ' Unavailable\r\nRetry-After: 2\r\n\r', '\n');
    expect(cause).toEqual({ kind: 'refused', status: 503, retryAfterMs: 2000 });
  });

  it('with a wrong accept key is none', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
    const { cause } = await answering(`${head}Sec-WebSocket-Accept: bm90IHRoaXM=\r\n\r\n`);
    expect(cause).toEqual({ kind: 'failed', reason: 'wrong Sec-WebSocket-Accept' });
  });

  it('to a port where nobody listens fails with the reason', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port: free } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    expect((await talk(free, [], () => undefined)).cause).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  });
});
