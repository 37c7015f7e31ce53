import { randomUUID } from 'node:crypto';
import { ChatClient } from './chat-client.ts';
import type { Frame, Message } from './chat-client.ts';

/** A person over all of their connections, with everything that they were told, as the wire had it. */
export class Person {
  readonly client = randomUUID();
  chat: ChatClient | undefined;
  /** Per room, where to resume from; undefined: never joined. */
  readonly places = new Map<string, { epoch: string; offset: number }>();
  readonly joined = new Set<string>();
  /** What was sent: cid → room and text. */
  readonly said = new Map<string, { room: string; text: string }>();
  /** Problems found on the wire, in words. */
  readonly problems: string[] = [];
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  async connect(port: number): Promise<void> {
    this.chat = await ChatClient.open(port, 'p', this.client);
    const session = new Set<string>();
    for (const frame of this.chat.frames) this.#take(frame, session);
    this.chat.socket.on('message', (data: Buffer) =>
      this.#take(JSON.parse(data.toString()) as Frame, session),
    );
  }

  /** Answers whether it is in the room, with everything that it had missed; false when its node has died. */
  async join(room: string): Promise<boolean> {
    for (;;) {
      const after = this.places.get(room);
      this.chat!.send({ type: 'join', room, ...(after && { after }) });
      const answer = await this.#next(
        ({ type, ...of }) => of['room'] === room && (type === 'error' || (type === 'joined' && !of['more'])),
      );
      if (answer === undefined) return false;
      // The node was just losing its subscriptions: it says so, and can be asked again.
      if (answer.type === 'error') continue;
      this.joined.add(room);
      return true;
    }
  }

  async leave(room: string): Promise<void> {
    this.joined.delete(room);
    this.chat!.send({ type: 'leave', room });
    if (await this.#next((frame) => frame.type === 'left')) this.places.delete(room);
  }

  /** Says something new, or, with a cid, the same again. */
  say(room: string, cid: string = randomUUID()): void {
    const text = this.said.get(cid)?.text ?? `text ${cid}`;
    this.said.set(cid, { room, text });
    this.chat!.send({ type: 'send', room, cid, text });
  }

  async cut(): Promise<void> {
    await this.chat?.cut();
    this.chat = undefined;
    this.joined.clear();
  }

  /** The next frame of a kind, or undefined when the connection ends. */
  #next(match: (frame: Frame) => boolean): Promise<Frame | undefined> {
    const { socket } = this.chat!;
    return new Promise((resolve) => {
      const done = (frame?: Frame) => {
        socket.off('message', look).off('close', end);
        resolve(frame);
      };
      const look = (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if (match(frame)) done(frame);
      };
      const end = () => done();
      socket.on('message', look).on('close', end);
      if (socket.readyState > socket.OPEN) done();
    });
  }

  #take(frame: Frame, session: Set<string>): void {
    const room = frame['room'] as string;
    if (frame.type === 'joined') {
      const first = !session.has(room);
      session.add(room);
      const place = this.places.get(room);
      const messages = frame['messages'] as Message[];
      if (first && place && frame['recovered'] !== true)
        this.problems.push(`${room}: a resume was not recovered`);
      if (!place && messages.length > 0) this.#at(room, frame['epoch'] as string, messages[0]!.offset - 1);
      for (const message of messages) this.#message(room, message);
      if (!place && messages.length === 0)
        this.#at(room, frame['epoch'] as string, frame['offset'] as number);
      if (this.places.get(room)!.offset !== frame['offset'])
        this.problems.push(`${room}: joined elsewhere than it reads`);
    } else if (frame.type === 'message') {
      if (!session.has(room)) this.problems.push(`${room}: a message before joined`);
      this.#message(room, frame as unknown as Message);
    } else if (frame.type === 'sent') {
      this.#model.acknowledged(this.client, frame['cid'] as string, room, frame['offset'] as number);
    } else if (frame.type === 'reset') {
      this.problems.push(`${room}: reset without a cause`);
    } else if (frame.type === 'error' && frame['code'] !== 'unavailable') {
      this.problems.push(`error ${String(frame['code'])}`);
    }
  }

  #at(room: string, epoch: string, offset: number): void {
    this.places.set(room, { epoch, offset });
  }

  #message(room: string, message: Message): void {
    const place = this.places.get(room);
    if (!place) return;
    if (message.offset !== place.offset + 1)
      this.problems.push(`${room}: ${message.offset} after ${place.offset}`);
    place.offset = message.offset;
    this.#model.seen(room, message);
  }
}

/** What is true of all people together: one message per offset, one offset per message. */
export class Model {
  readonly problems: string[] = [];
  readonly #rooms = new Map<string, Map<number, string>>();
  readonly #offsets = new Map<string, string>();

  seen(room: string, { offset, client, cid }: Message): void {
    this.#place(room, offset, `${client} ${cid}`);
  }

  acknowledged(client: string, cid: string, room: string, offset: number): void {
    this.#place(room, offset, `${client} ${cid}`);
  }

  /** The offsets of a room that anybody knows of. */
  offsets(room: string): number[] {
    return [...(this.#rooms.get(room)?.keys() ?? [])].toSorted((a, b) => a - b);
  }

  #place(room: string, offset: number, message: string): void {
    const known = this.#rooms.get(room) ?? new Map<number, string>();
    this.#rooms.set(room, known);
    if ((known.get(offset) ?? message) !== message) this.problems.push(`${room}: two messages at ${offset}`);
    known.set(offset, message);
    const at = `${room} ${offset}`;
    if ((this.#offsets.get(message) ?? at) !== at)
      this.problems.push(`${room}: one message at two offsets, ${at}`);
    this.#offsets.set(message, at);
  }
}
