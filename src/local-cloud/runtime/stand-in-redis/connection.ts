import type { Socket } from 'node:net';
import type { Client, State } from './command.ts';
import { perform } from './perform.ts';
import type { Protocol, Reply } from './resp/reply.ts';
import { encode, encodePush, Refusal } from './resp/reply.ts';
import { ProtocolError, RequestReader } from './resp/request-reader.ts';

/** Bytes that one who subscribes may leave unread, as in Redis (client-output-buffer-limit pubsub). */
const mostUnread = 32 * 1024 * 1024;

/** A client's connection: its commands one after the other, and one write for all that is said in a turn of the loop. */
export class Connection implements Client {
  readonly id: number;
  name = '';
  protocol: Protocol = 2;
  authenticated: boolean;
  readonly subscriptions = new Set<string>();
  readonly #state: State;
  readonly #socket: Socket;
  readonly #reader = new RequestReader();
  readonly #pieces: Buffer[] = [];
  #isBusy = false;
  #unsaid = '';

  constructor(state: State, socket: Socket, id: number) {
    this.id = id;
    this.#state = state;
    this.#socket = socket;
    this.authenticated = state.settings.passwords.length === 0;
    state.clients.add(this);
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      if (!this.#isBusy) void this.#carryOut();
    });
    // `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      state.clients.delete(this);
      for (const channel of this.subscriptions) state.channels.remove(channel, this);
    });
  }

  push(items: Reply[]): void {
    this.#say(encodePush(items, this.protocol));
    if (this.#socket.writableLength > mostUnread) this.#socket.destroy();
  }

  end(): void {
    this.#socket.destroy();
  }

  // Nearly every command is done at once; behind one that is not, the others wait for their turn.
  async #carryOut(): Promise<void> {
    this.#isBusy = true;
    try {
      for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
        for (const words of this.#reader.feed(piece)) {
          let reply: Reply | undefined;
          try {
            const answer = perform(this.#state, this, words);
            reply = answer instanceof Promise ? await answer : answer;
          } catch (error) {
            reply = asRefusal(error);
          }
          if (reply !== undefined) this.#say(encode(reply, this.protocol));
        }
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#say(encode(new Refusal(`ERR Protocol error: ${error.message}`), this.protocol));
      this.#flush();
      this.#socket.destroySoon();
    } finally {
      this.#isBusy = false;
    }
  }

  #say(text: string): void {
    if (this.#unsaid === '') setImmediate(() => this.#flush());
    this.#unsaid += text;
  }

  #flush(): void {
    if (this.#unsaid !== '' && !this.#socket.destroyed) this.#socket.write(this.#unsaid, 'latin1');
    this.#unsaid = '';
  }
}

/** A bug of one command is not the end of what all the others have here. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(
    `ERR the stand-in for Redis failed: ${error instanceof Error ? error.message : String(error)}`,
  );
}
