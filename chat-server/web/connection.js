import { canRenew, currentToken } from './token.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const ANSWER_MS = 8000;
const BAD_TOKEN = 4401;

/**
 * The chat protocol's connection from a client's side: one WebSocket at a time, which comes back by itself.
 * Tells `listener` what happens: connecting(), welcomed(frame), received(frame) for a frame of a room,
 * lost(ms until the next try), signedOut(reason).
 */
export class Connection {
  #listener;
  #identity;
  #socket;
  #welcome;
  #attempt = 0;
  #retry;
  #alive;
  #isSignedOut = false;

  constructor(listener) {
    this.#listener = listener;
    // Whoever comes back to the page, or to the network, should not wait for the next try.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
  }

  /** Whether the server has said welcome. */
  get isOpen() {
    return this.#welcome !== undefined;
  }

  /** The node that we are on. */
  get node() {
    return this.#welcome?.node;
  }

  /** Connects, after `identify`. */
  connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#listener.connecting();
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
    if (this.#socket || this.#isSignedOut) this.comeBack();
  }

  write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** It is of use: the next time that it is lost, the first try comes soon. */
  works() {
    this.#attempt = 0;
  }

  /** Leaves and connects anew after `wait` ms. */
  comeBack(wait = 0) {
    this.#end();
    this.#listener.lost(wait);
    this.#retry = setTimeout(() => this.connect(), wait);
  }

  async #greet(socket) {
    const token = await currentToken();
    if (socket === this.#socket) this.write({ type: 'hello', ...this.#identity, token });
  }

  #receive(frame) {
    if (frame.type === 'welcome') this.#welcome = frame;
    this.#watch();
    if (frame.type === 'welcome') this.#listener.welcomed(frame);
    else if (frame.type === 'ping') this.write({ type: 'pong' });
    else if (frame.type === 'reconnect') this.#retry = setTimeout(() => this.comeBack(), frame.afterMs);
    else if (frame.room !== undefined) this.#listener.received(frame);
  }

  // A link can die without a word; the server's pings are what tells it from a quiet room.
  #watch(ms = (this.#welcome?.heartbeatMs ?? 25_000) * 2 + 5000) {
    clearTimeout(this.#alive);
    this.#alive = setTimeout(() => this.comeBack(), ms);
  }

  #hurry() {
    if (!this.isOpen && this.#retry) this.connect();
  }

  #lost() {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    this.comeBack(wait);
  }

  // Nothing here can get another token: this waits for `identify`.
  #signedOut(reason) {
    this.#end();
    this.#isSignedOut = true;
    this.#listener.signedOut(reason);
  }

  #end() {
    const old = this.#socket;
    this.#socket = undefined;
    this.#welcome = undefined;
    clearTimeout(this.#alive);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#isSignedOut = false;
    old?.close();
  }
}
