import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { startStandIn } from '../../src/local-cloud/runtime/stand-in-redis/server.ts';
import type { StandIn } from '../../src/local-cloud/runtime/stand-in-redis/server.ts';
import { settingsIn } from '../../src/local-cloud/runtime/stand-in-redis/settings.ts';
import { freePort, startRedis } from './redis.ts';

/** A real Redis and the stand-in, with one replication id, so that what they answer can be compared byte by byte. */
export interface RedisPair {
  /** `master_replid` of both. */
  history: string;
  /** A connection to each. */
  open(): Promise<PairedConnection>;
  stop(): Promise<void>;
}

/** What both sides answered, one reply per command; a text with one character per byte. */
export interface Answers {
  real: string[];
  standIn: string[];
}

/** The stand-in in this process, without a password unless one is given. */
export async function startStandInHere(
  options: { port?: number; replicationId?: string; password?: string } = {},
): Promise<{ port: number; standIn: StandIn }> {
  const port = options.port ?? (await freePort());
  const settings = settingsIn(`bind "127.0.0.1"\nport "${port}"\n`);
  if (options.password !== undefined) settings.passwords = [options.password];
  const { replicationId } = options;
  return {
    port,
    standIn: await startStandIn(settings, replicationId === undefined ? {} : { replicationId }),
  };
}

/** Starts both. */
export async function startPair(password?: string): Promise<RedisPair> {
  const redis = await startRedis();
  const history = /master_replid:(\w+)/.exec(await redis.client.info('replication'))![1]!;
  if (password !== undefined) await redis.client.config('SET', 'requirepass', password);
  const { port, standIn } = await startStandInHere({
    replicationId: history,
    ...(password !== undefined && { password }),
  });
  const opened: PairedConnection[] = [];
  return {
    history,
    async open() {
      const [real, ours] = await Promise.all([Wire.open(redis.port), Wire.open(port)]);
      const connection = new PairedConnection(real, ours);
      opened.push(connection);
      return connection;
    },
    async stop() {
      for (const connection of opened) connection.close();
      await standIn.close();
      await redis.stop();
    },
  };
}

/** One connection to each of two servers, which are told the same. */
export class PairedConnection {
  readonly real: Wire;
  readonly standIn: Wire;

  constructor(real: Wire, standIn: Wire) {
    this.real = real;
    this.standIn = standIn;
  }

  /** Sends commands to both, in one write or in pieces of so many bytes, and resolves with so many replies; one for each where no number is given. */
  async ask(
    commands: string[][],
    { replies = commands.length, pieces }: { replies?: number; pieces?: number } = {},
  ): Promise<Answers> {
    return this.send(commands.map(encoded).join(''), replies, pieces);
  }

  /** The same, of bytes that may be no command. */
  async send(bytes: string, replies: number, pieces?: number): Promise<Answers> {
    const [real, standIn] = await Promise.all([
      this.real.send(bytes, replies, pieces),
      this.standIn.send(bytes, replies, pieces),
    ]);
    return { real, standIn };
  }

  /** The next replies, without a word of ours. */
  next(replies: number): Promise<Answers> {
    return this.send('', replies);
  }

  close(): void {
    this.real.socket.destroy();
    this.standIn.socket.destroy();
  }
}

class Wire {
  readonly socket: Socket;
  #received = '';
  #wake = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  async send(bytes: string, replies: number, pieces = bytes.length): Promise<string[]> {
    for (let at = 0; at < bytes.length; at += pieces) {
      this.socket.write(bytes.slice(at, at + pieces), 'latin1');
      if (pieces < bytes.length) await new Promise(setImmediate);
    }
    const found: string[] = [];
    while (found.length < replies) {
      const end = replyEnd(this.#received, 0);
      if (end === undefined) {
        if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(found)}`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      found.push(this.#received.slice(0, end));
      this.#received = this.#received.slice(end);
    }
    return found;
  }
}

/** A command as clients send it; `words` have one character per byte. */
export function encoded(words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Where the reply that begins at a place ends; undefined while it has not come whole. */
function replyEnd(text: string, start: number): number | undefined {
  const lineEnd = text.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const [kind, count] = [text[start]!, Number(text.slice(start + 1, lineEnd))];
  let end: number | undefined = lineEnd + 2;
  if (kind === '$') {
    if (count >= 0) end += count + 2;
    return end <= text.length ? end : undefined;
  }
  const items = { '*': count, '>': count, '~': count, '%': count * 2 }[kind] ?? 0;
  for (let item = 0; item < items && end !== undefined; item++) end = replyEnd(text, end);
  return end;
}
