import { canRenew, currentToken } from './token.js';
import { fits, Unsent } from './unsent.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const ANSWER_MS = 8000;
const BAD_TOKEN = 4401;

/**
 * The chat protocol from a client's side: one room over one WebSocket at a time, which comes back by itself,
 * resumes where it was, and sends again what was not confirmed. Tells `listener` what happens:
 * state(state, detail), welcomed(frame), opened(page), message(message), reset(frame), sent(cid), failed(cid, reason),
 * presence(frame), members(members), typing(frame), older(frame).
 */
export class Connection {
  #listener;
  #identity;
  #room;
  #socket;
  #position;
  #joined = false;
  #welcome;
  #caughtUp = 0;
  #attempt = 0;
  #retry;
  #alive;
  #unsent = new Unsent();
  #inFlight;
  #answerBy;
  #waiting = false;
  // The page was connected before: the next time is a return.
  #returning = false;
  #isSignedOut = false;

  constructor(room, listener) {
    this.#room = room;
    this.#listener = listener;
    // Whoever comes back to the page, or to the network, should not wait for the next try.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
  }

  get unsent() {
    return this.#unsent.of(this.#room);
  }

  /** Connects, after `identify`. */
  connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#listener.state(this.#position ? 'reconnecting' : 'connecting');
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws`, 'chatops.v1');
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#watch(ANSWER_MS);
      this.#greet(socket).catch(() => socket === this.#socket && this.#lost());
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket !== this.#socket) return;
      if (code === BAD_TOKEN && !canRenew()) this.#signedOut(reason);
      else this.#lost();
    });
  }

  /** Says who we are, a UUID and a name; once connected, comes back as that. */
  identify(identity) {
    this.#identity = identity;
    if (this.#socket || this.#isSignedOut) this.#comeBack(0);
  }

  /** Goes to another room, or to the same one from its last messages on. */
  enter(room) {
    if (this.#joined) this.#write({ type: 'leave', room: this.#room });
    const connected = this.#welcome !== undefined;
    this.#room = room;
    this.#position = undefined;
    this.#joined = false;
    this.#settle();
    if (connected) this.#join();
  }

  say(text, cid) {
    const message = { room: this.#room, cid, text };
    if (fits({ type: 'send', ...message })) {
      this.#unsent.add(message);
      this.#sendNext();
    } else {
      this.#listener.failed(cid, 'it is too long');
    }
  }

  discard(cid) {
    this.#unsent.remove(cid);
  }

  older(before) {
    if (this.#joined) this.#write({ type: 'history', room: this.#room, before, limit: 50 });
    return this.#joined;
  }

  typing() {
    if (this.#joined) this.#write({ type: 'typing', room: this.#room });
  }

  async #greet(socket) {
    const token = await currentToken();
    if (socket === this.#socket) this.#write({ type: 'hello', ...this.#identity, token });
  }

  #receive(frame) {
    this.#watch();
    // What is still on its way from a room that was left.
    if (frame.room !== undefined && frame.room !== this.#room) return;
    this.#handlers[frame.type]?.(frame);
  }

  #handlers = {
    welcome: (frame) => {
      this.#welcome = frame;
      this.#listener.welcomed(frame);
      this.#watch();
      this.#join();
    },
    joined: (frame) => this.#receivePage(frame),
    message: (frame) => {
      if (!this.#joined || frame.offset <= this.#position.offset) return;
      this.#position.offset = frame.offset;
      this.#listener.message(frame);
    },
    reset: (frame) => {
      this.#position = { epoch: frame.epoch, offset: frame.offset };
      this.#listener.reset(frame);
    },
    sent: ({ cid }) => {
      this.#unsent.remove(cid);
      this.#listener.sent(cid);
      if (this.#waiting) this.#listener.state('connected', { node: this.#welcome.node });
      this.#waiting = false;
      this.#settle();
      this.#sendNext();
    },
    presence: (frame) => this.#listener.presence(frame),
    typing: (frame) => this.#listener.typing(frame),
    history: (frame) => this.#listener.older(frame),
    ping: () => this.#write({ type: 'pong' }),
    reconnect: ({ afterMs }) => {
      this.#retry = setTimeout(() => this.#comeBack(0), afterMs);
    },
    error: (frame) => this.#receiveError(frame),
  };

  #receivePage(page) {
    const first = !this.#joined;
    const resumed = this.#position !== undefined;
    this.#joined = true;
    this.#position = { epoch: page.epoch, offset: page.offset };
    if (first) {
      this.#caughtUp = 0;
      this.#listener.members(page.members);
    }
    if (first && !page.recovered) this.#listener.opened(page, resumed);
    else for (const message of page.messages) this.#listener.message(message);
    this.#caughtUp += page.messages.length;
    if (page.more) return;
    this.#attempt = 0;
    this.#listener.state('connected', {
      node: this.#welcome.node,
      back: this.#returning && page.recovered ? this.#caughtUp : undefined,
    });
    this.#waiting = false;
    this.#returning = true;
    this.#sendNext();
  }

  #receiveError(frame) {
    if (frame.cid !== undefined && frame.cid === this.#inFlight) {
      this.#settle();
      if (frame.retryable) {
        this.#wait(frame, () => this.#sendNext());
      } else {
        this.#unsent.remove(frame.cid);
        this.#listener.failed(frame.cid, frame.message);
        this.#sendNext();
      }
    } else if (frame.retryable && !this.#joined) {
      this.#wait(frame, () => this.#joined || this.#join());
    }
  }

  #join() {
    this.#write({ type: 'join', room: this.#room, ...(this.#position && { after: this.#position }) });
  }

  // One at a time, so that a message that has to be sent again is not overtaken by the next one.
  #sendNext() {
    const [next] = this.unsent;
    if (!next || !this.#joined || this.#inFlight) return;
    this.#inFlight = next.cid;
    this.#answerBy = setTimeout(() => this.#comeBack(0), ANSWER_MS);
    this.#write({ type: 'send', ...next });
  }

  #settle() {
    clearTimeout(this.#answerBy);
    this.#inFlight = undefined;
  }

  // A link can die without a word; the server's pings are what tells it from a quiet room.
  #watch(ms = (this.#welcome?.heartbeatMs ?? 25_000) * 2 + 5000) {
    clearTimeout(this.#alive);
    this.#alive = setTimeout(() => this.#comeBack(0), ms);
  }

  #wait({ message }, run) {
    this.#waiting = true;
    this.#listener.state('waiting', { reason: message });
    const socket = this.#socket;
    setTimeout(() => socket === this.#socket && run(), 1000 + Math.random() * 1000);
  }

  #hurry() {
    if (!this.#welcome && this.#retry) this.connect();
  }

  #lost() {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    this.#comeBack(wait);
  }

  // Nothing here can get another token: this waits for `identify`.
  #signedOut(reason) {
    this.#end();
    this.#isSignedOut = true;
    this.#listener.state('signed-out', { reason });
  }

  #comeBack(wait) {
    this.#end();
    this.#listener.state('reconnecting', { wait });
    this.#retry = setTimeout(() => this.connect(), wait);
  }

  #end() {
    const old = this.#socket;
    this.#socket = undefined;
    this.#welcome = undefined;
    this.#joined = false;
    this.#settle();
    clearTimeout(this.#alive);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#isSignedOut = false;
    old?.close();
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
