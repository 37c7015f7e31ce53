import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** A server frame as it came. */
export type Frame = { type: string } & Record<string, unknown>;

/** What the server says about one message. */
export interface Message {
  offset: number;
  from: string;
  client: string;
  cid: string;
  text: string;
  at: number;
}

type Fields = Record<string, unknown>;

/** A client that keeps every frame, and in which a test waits for frames instead of time. */
export class ChatClient {
  readonly client: string;
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  #waiting: { isDone: () => boolean; resolve: () => void }[] = [];
  #taken = new Set<Frame>();

  constructor(
    port: number,
    client: string = randomUUID(),
    headers: Record<string, string> = {},
    host = '127.0.0.1',
  ) {
    this.client = client;
    this.socket = new WebSocket(`ws://${host}:${port}/ws`, 'chatops.v1', { headers });
    this.socket.on('message', (data) => this.#take(JSON.parse((data as Buffer).toString()) as Frame));
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('error', () => {});
  }

  /** Connects and says hello. */
  static async open(port: number, name = 'ann', client?: string, host?: string): Promise<ChatClient> {
    const chat = new ChatClient(port, client, {}, host);
    await chat.opened();
    chat.send({ type: 'hello', client: chat.client, name });
    await chat.next('welcome');
    return chat;
  }

  /** Resolves when the upgrade is done; throws with the HTTP status when it was refused. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
  }

  send(frame: Fields): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame of a type that no call has had yet, whether it has come or will. */
  next(type: string, where: Fields = {}): Promise<Frame> {
    return this.#nextOf([type], where);
  }

  #nextOf(types: string[], where: Fields): Promise<Frame> {
    const match = (frame: Frame) =>
      !this.#taken.has(frame) &&
      types.includes(frame.type) &&
      Object.entries(where).every(([name, value]) => frame[name] === value);
    let found: Frame | undefined;
    return this.#until(() => {
      found = this.frames.find(match);
      if (found) this.#taken.add(found);
      return found !== undefined;
    }).then(() => found!);
  }

  /** Joins and answers all pages of `joined`. */
  async join(room: string, after?: { epoch: string; offset: number }): Promise<Frame[]> {
    this.send({ type: 'join', room, ...(after && { after }) });
    const pages: Frame[] = [];
    do pages.push(await this.next('joined', { room }));
    while (pages.at(-1)!['more']);
    return pages;
  }

  /** Says something and answers its `sent`. */
  async say(room: string, text: string, cid: string = randomUUID()): Promise<Frame> {
    this.send({ type: 'send', room, cid, text });
    return this.next('sent', { cid });
  }

  /** Says something again and again until it is acknowledged, as clients do. */
  async insist(room: string, text: string, cid: string = randomUUID()): Promise<void> {
    for (;;) {
      this.send({ type: 'send', room, cid, text });
      if ((await this.answer(cid)).type === 'sent') return;
      await delay(20);
    }
  }

  /** The next `sent` or `error` for a message. */
  answer(cid: string): Promise<Frame> {
    return this.#nextOf(['sent', 'error'], { cid });
  }

  /** All messages of a room that have come so far, live or in pages, in the order of the wire. */
  messages(room: string): Message[] {
    return this.frames.flatMap((frame) => {
      if (frame['room'] !== room) return [];
      if (frame.type === 'message') return [frame as unknown as Message];
      return frame.type === 'joined' ? (frame['messages'] as Message[]) : [];
    });
  }

  /** Resolves when a message with this offset or a later one has come, live or in a page. */
  async reaches(room: string, offset: number): Promise<void> {
    await this.#until(() => this.messages(room).some((message) => message.offset >= offset));
  }

  /** Ends the connection as a cut network would. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  #take(frame: Frame): void {
    this.frames.push(frame);
    this.#waiting = this.#waiting.filter(({ isDone, resolve }) => {
      if (!isDone()) return true;
      resolve();
      return false;
    });
  }

  #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isDone, resolve }));
  }
}
