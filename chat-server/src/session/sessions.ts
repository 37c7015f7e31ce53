import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Node } from './node.ts';
import { Session } from './session.ts';

const SPREAD_MS = 1000;
const EACH_MS = 4;
const CHECK_MS = 1000;

/** All connections of this node. */
export class Sessions {
  readonly #node: Node;
  readonly #sessions = new Set<Session>();
  readonly #stop: () => void;
  #onEmpty: (() => void) | undefined;

  constructor(node: Node) {
    this.#node = node;
    this.#stop = node.clock.every(Math.min(node.settings.heartbeatMs / 10, CHECK_MS), () => this.#check());
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(ws: WebSocket, socket: Socket): void {
    this.#sessions.add(new Session(ws, socket, this.#node, this.#closed));
    this.#node.meter.connections++;
  }

  /** Asks every client that was not asked yet to come back elsewhere: 250 a second, over a second at least and half of `ms` at most. */
  sendAway(ms: number): void {
    const staying = [...this.#sessions].filter(({ leaving }) => !leaving);
    const spread = Math.min(ms / 2, Math.max(SPREAD_MS, staying.length * EACH_MS));
    for (const [index, session] of staying.entries()) {
      session.sendAway(Math.round((spread * index) / staying.length));
    }
  }

  /** Sends everybody away and resolves when none is left, at the latest after `ms`. */
  async drain(ms: number): Promise<void> {
    this.sendAway(ms);
    await this.#empty(ms);
    for (const session of this.#sessions) session.terminate('restart');
  }

  /** Closes what is left, at once. */
  close(): void {
    this.#stop();
    for (const session of this.#sessions) session.terminate('shutdown');
  }

  readonly #closed = (session: Session): void => {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#onEmpty?.();
  };

  #empty(ms: number): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#node.clock.after(ms, resolve);
      this.#onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  #check(): void {
    const now = this.#node.clock.now();
    for (const session of this.#sessions) session.check(now);
  }
}
