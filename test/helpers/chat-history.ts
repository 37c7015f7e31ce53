import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient } from './chat-client.ts';
import type { Frame, Message } from './chat-client.ts';

/** A person over all of their connections, with everything that they were told, as the wire had it. */
export class Person {
  readonly client = randomUUID();
  chat: ChatClient | undefined;
  /** Per room, where to resume from; undefined: never joined. */
  readonly places = new Map<string, { epoch: string; offset: number }>();
  readonly joined = new Set<string>();
  /** Per room, what it has read and nobody has taken back: offset → message, without a gap. */
  readonly read = new Map<string, Map<number, string>>();
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
      // The error of a message that was said before it left may come in between: that one names its cid.
      const answer = await this.#next(
        ({ type, ...of }) =>
          of['room'] === room &&
          (type === 'joined' ? !of['more'] : type === 'error' && of['cid'] === undefined),
      );
      if (answer === undefined) return false;
      // The node was just losing its subscriptions: it says so, and can be asked again.
      if (answer.type === 'error') {
        await delay(5);
        continue;
      }
      this.joined.add(room);
      return true;
    }
  }

  async leave(room: string): Promise<void> {
    this.joined.delete(room);
    this.chat!.send({ type: 'leave', room });
    await this.#next((frame) => frame.type === 'left');
  }

  /** Says something, again and again until it is acknowledged. */
  async insist(room: string): Promise<void> {
    const cid = randomUUID();
    for (;;) {
      const answer = this.#next(
        ({ type, ...of }) => (type === 'sent' || type === 'error') && of['cid'] === cid,
      );
      this.say(room, cid);
      if ((await answer)?.type === 'sent') return;
      await delay(5);
    }
  }

  /** Says something new, or, with a cid, the same again. */
  say(room: string, cid: string = randomUUID()): void {
    const text = this.said.get(cid)?.text ?? `text ${cid}`;
    this.said.set(cid, { room, text });
    this.chat!.send({ type: 'send', room, cid, text });
  }

  /** Compares what it has read with what the room holds. Answers what is wrong. */
  misread(room: string, stream: Map<number, string>): string[] {
    const wrong = [...this.read.get(room)!].filter(([offset, message]) => stream.get(offset) !== message);
    return wrong.map(
      ([offset, message]) => `${room}: read ${message} at ${offset}, not ${stream.get(offset)}`,
    );
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
    switch (frame.type) {
      case 'joined':
        if (!session.has(room)) this.#begin(room, frame);
        session.add(room);
        for (const message of frame['messages'] as Message[]) this.#message(room, message);
        if (this.places.get(room)!.offset !== frame['offset'])
          this.problems.push(`${room}: joined elsewhere than it reads`);
        return;
      case 'message':
        if (!session.has(room)) this.problems.push(`${room}: a message before joined`);
        return this.#message(room, frame as unknown as Message);
      case 'left':
        session.delete(room);
        this.places.delete(room);
        this.read.delete(room);
        return;
      case 'sent':
        return this.#model.acknowledged(room, `${this.client} ${String(frame['cid'])}`);
      case 'reset':
        return this.#reset(room, frame);
      case 'error':
        if (frame['code'] !== 'unavailable') this.problems.push(`error ${String(frame['code'])}`);
    }
  }

  #begin(room: string, frame: Frame): void {
    const epoch = frame['epoch'] as string;
    const place = this.places.get(room);
    if (place && frame['recovered'] === true) {
      place.epoch = epoch;
      return;
    }
    if (place && !this.#model.mayLose(room))
      this.problems.push(`${room}: a resume was not recovered: ${String(frame['reason'])}`);
    const [first] = frame['messages'] as Message[];
    this.places.set(room, { epoch, offset: first ? first.offset - 1 : (frame['offset'] as number) });
    this.read.set(room, new Map());
  }

  #reset(room: string, frame: Frame): void {
    const place = this.places.get(room);
    if (!place) return;
    const offset = frame['offset'] as number;
    const about = `${room}: reset from ${place.offset} to ${offset}, ${String(frame['reason'])}`;
    if (!this.#model.mayReset || offset > place.offset) this.problems.push(about);
    if (offset < place.offset && !this.#model.mayLose(room)) this.problems.push(about);
    for (let gone = offset + 1; gone <= place.offset; gone++) this.read.get(room)!.delete(gone);
    this.places.set(room, { epoch: frame['epoch'] as string, offset });
  }

  #message(room: string, message: Message): void {
    const place = this.places.get(room);
    if (!place) return;
    if (message.offset !== place.offset + 1)
      this.problems.push(`${room}: ${message.offset} after ${place.offset}`);
    place.offset = message.offset;
    const name = `${message.client} ${message.cid}`;
    this.read.get(room)!.set(message.offset, name);
    this.#model.seen(`${room} ${place.epoch}`, message.offset, name);
  }
}

/** What is true of all people together; a message is named by its client and cid. */
export class Model {
  readonly problems: string[] = [];
  /** Whether the history of the server has changed, so that members may be told. */
  mayReset = false;
  /** Room and epoch → offset → message. */
  readonly #epochs = new Map<string, Map<number, string>>();
  /** Acknowledged messages that no fail-over may have cost → their room. */
  readonly #kept = new Map<string, string>();
  /** What a fail-over would keep, since the replica was last up to date. */
  #replicated = new Map<string, string>();
  readonly #lossy = new Set<string>();
  /** Sent before a fail-over: their acknowledgement may speak of the time before. */
  readonly #doubtful = new Set<string>();

  /** Whether a fail-over may have taken messages of a room back. */
  mayLose(room: string): boolean {
    return this.#lossy.has(room);
  }

  seen(epoch: string, offset: number, message: string): void {
    const known = this.#epochs.get(epoch) ?? new Map<number, string>();
    this.#epochs.set(epoch, known);
    if ((known.get(offset) ?? message) !== message) this.problems.push(`${epoch}: two messages at ${offset}`);
    known.set(offset, message);
  }

  acknowledged(room: string, message: string): void {
    if (!this.#doubtful.has(message)) this.#kept.set(message, room);
  }

  /** The replica has everything that is acknowledged up to now. */
  replicate(): void {
    this.#replicated = new Map(this.#kept);
  }

  /** The replica takes over; `sent` are all messages that were sent so far. */
  failOver(rooms: string[], sent: Iterable<string>): void {
    this.mayReset = true;
    for (const room of rooms) this.#lossy.add(room);
    for (const message of sent) if (!this.#replicated.has(message)) this.#doubtful.add(message);
    for (const message of this.#kept.keys()) if (!this.#replicated.has(message)) this.#kept.delete(message);
  }

  /** Compares with what the room holds at the end: offset → message. Answers what is wrong. */
  missing(room: string, stream: Map<number, string>): string[] {
    const there = new Set(stream.values());
    const twice =
      there.size < stream.size ? [`${room}: a message twice in ${[...stream.values()].join()}`] : [];
    const lost = [...this.#kept].filter(([message, of]) => of === room && !there.has(message));
    return [...twice, ...lost.map(([message]) => `${room}: ${message} is lost`)];
  }
}
