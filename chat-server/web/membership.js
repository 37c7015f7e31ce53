import { fits } from './unsent.js';

const ANSWER_MS = 8000;

/**
 * One room over the connection: resumes where it was and sends again what was not confirmed. Tells `listener`:
 * opened(page, resumed), messages(messages), caughtUp({ count, recovered, resumed }), reset(frame),
 * held(cid), sending(cid, again), sent(cid), failed(cid, reason), members(members), presence(frame), typing(frame),
 * older(frame), notOlder(), waiting(reason) until the next answer, refused(reason).
 */
export class Membership {
  #room;
  #connection;
  #unsent;
  #listener;
  #position;
  #joined = false;
  #resumed = false;
  #recovered = false;
  #count = 0;
  #inFlight;
  #tried = new Set();
  #answerBy;
  #again;

  constructor(room, connection, unsent, listener) {
    this.#room = room;
    this.#connection = connection;
    this.#unsent = unsent;
    this.#listener = listener;
  }

  /** Where this client has got to; undefined before the first `joined`. */
  get position() {
    return this.#position;
  }

  get unsent() {
    return this.#unsent.of(this.#room);
  }

  /** The connection is there. */
  start() {
    this.#write({ type: 'join', ...(this.#position && { after: this.#position }) });
  }

  /** The connection is gone. */
  stop() {
    this.#joined = false;
    this.#settle();
    clearTimeout(this.#again);
    for (const { cid } of this.unsent) this.#listener.held(cid);
  }

  leave() {
    this.#write({ type: 'leave' });
    this.#settle();
    clearTimeout(this.#again);
    this.#joined = false;
  }

  say(text, cid) {
    const message = { room: this.#room, cid, text };
    if (fits({ type: 'send', ...message })) {
      this.#unsent.add(message);
      if (this.#joined) this.#sendNext();
      else this.#listener.held(cid);
    } else {
      this.#listener.failed(cid, 'it is too long');
    }
  }

  discard(cid) {
    this.#unsent.remove(cid);
  }

  /** Asks for messages before an offset; answers whether it could. */
  older(before) {
    if (this.#joined) this.#write({ type: 'history', before, limit: 50 });
    return this.#joined;
  }

  typing() {
    if (this.#joined) this.#write({ type: 'typing' });
  }

  receive(frame) {
    this.#handlers[frame.type]?.(frame);
  }

  #handlers = {
    joined: (page) => this.#receivePage(page),
    message: (frame) => {
      if (!this.#joined || frame.offset <= this.#position.offset) return;
      this.#position.offset = frame.offset;
      this.#listener.messages([frame]);
    },
    reset: (frame) => {
      this.#position = { epoch: frame.epoch, offset: frame.offset };
      this.#listener.reset(frame);
    },
    sent: ({ cid }) => {
      this.#unsent.remove(cid);
      this.#tried.delete(cid);
      this.#listener.sent(cid);
      this.#settle();
      this.#sendNext();
    },
    presence: (frame) => this.#listener.presence(frame),
    typing: (frame) => this.#listener.typing(frame),
    history: (frame) => this.#listener.older(frame),
    error: (frame) => this.#receiveError(frame),
  };

  #receivePage(page) {
    const first = !this.#joined;
    if (first) {
      this.#joined = true;
      this.#resumed = this.#position !== undefined;
      this.#recovered = page.recovered;
      this.#count = 0;
      this.#listener.members(page.members);
    }
    this.#position = { epoch: page.epoch, offset: page.offset };
    if (first && !page.recovered) this.#listener.opened(page, this.#resumed);
    else this.#listener.messages(page.messages);
    this.#count += page.messages.length;
    if (page.more) return;
    this.#listener.caughtUp({ count: this.#count, recovered: this.#recovered, resumed: this.#resumed });
    this.#sendNext();
  }

  #receiveError({ cid, message, retryable }) {
    if (cid !== undefined && cid === this.#inFlight) {
      this.#settle();
      if (retryable) return this.#wait(message, () => this.#sendNext());
      this.#unsent.remove(cid);
      this.#listener.failed(cid, message);
      this.#sendNext();
    } else if (cid === undefined && !this.#joined) {
      if (retryable) this.#wait(message, () => this.start());
      else this.#listener.refused(message);
    } else if (cid === undefined) {
      this.#listener.notOlder();
    }
  }

  // One at a time, so that a message that has to be sent again is not overtaken by the next one.
  #sendNext() {
    const [next] = this.unsent;
    if (!next || !this.#joined || this.#inFlight) return;
    this.#inFlight = next.cid;
    this.#answerBy = setTimeout(() => this.#connection.comeBack(), ANSWER_MS);
    this.#listener.sending(next.cid, this.#tried.has(next.cid));
    this.#tried.add(next.cid);
    this.#write({ type: 'send', cid: next.cid, text: next.text });
  }

  #settle() {
    clearTimeout(this.#answerBy);
    this.#inFlight = undefined;
  }

  #wait(reason, run) {
    this.#listener.waiting(reason);
    this.#again = setTimeout(() => run(), 1000 + Math.random() * 1000);
  }

  #write(frame) {
    if (this.#connection.isOpen) this.#connection.write({ ...frame, room: this.#room });
  }
}
