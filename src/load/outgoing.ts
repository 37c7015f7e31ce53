import { resendMs } from './back-off.ts';
import { timedText } from './message-scan.ts';
import type { Tally } from './tally.ts';

/** A message that was sent and not yet acknowledged. Times in milliseconds of the shared clock. */
interface Unacknowledged {
  cid: string;
  text: string;
  /** When the schedule wanted it sent. */
  intended: number;
  attempts: number;
  /** When it is to be sent again after a refusal for now; Infinity while an answer is awaited. */
  resendAt: number;
  /** The server will never take it. */
  refused: boolean;
}

/** What one client says: each message is sent again, under the same `cid`, until it is acknowledged. */
export class Outgoing {
  readonly #tally: Tally;
  readonly #send: (cid: string, text: string) => void;
  /** In the order of sending. */
  readonly #messages: Unacknowledged[] = [];

  /** `send` writes a message to the present connection. */
  constructor(tally: Tally, send: (cid: string, text: string) => void) {
    this.#tally = tally;
    this.#send = send;
  }

  /** Messages without an acknowledgement. */
  get size(): number {
    return this.#messages.length;
  }

  /** Whether an answer may still come. */
  get waits(): boolean {
    return this.#messages.some(({ refused }) => !refused);
  }

  /** When {@link tick} has something to do; Infinity for never. */
  get wakeAt(): number {
    return this.#messages.reduce((first, { resendAt }) => Math.min(first, resendAt), Infinity);
  }

  /** Takes a message; one that cannot be sent now is kept for {@link sendAll}. */
  say(cid: string, intended: number, canSend: boolean): void {
    const text = timedText(intended, `message ${cid}`);
    const message = { cid, text, intended, attempts: 0, resendAt: Infinity, refused: false };
    this.#messages.push(message);
    this.#tally.counters.sent += 1;
    if (canSend) this.#transmit(message);
  }

  /** A session begins: the answers of the last one went down with it. */
  sendAll(): void {
    for (const message of this.#messages) if (!message.refused) this.#transmit(message);
  }

  /** Sends again whatever is due. */
  tick(now: number): void {
    for (const message of this.#messages) if (message.resendAt <= now) this.#transmit(message);
  }

  /** Answers false for a message that is not (or no longer) waited for. */
  acknowledged(cid: string, duplicate: boolean, now: number): boolean {
    const index = this.#messages.findIndex((message) => message.cid === cid);
    if (index < 0) return false;
    const [message] = this.#messages.splice(index, 1);
    const { counters, latencies } = this.#tally;
    counters.acknowledged += 1;
    if (duplicate) counters.repeated += 1;
    latencies.acknowledge.record(now - message!.intended);
    return true;
  }

  /** The server does not take a message, for now or for ever. */
  refused(cid: string, retryable: boolean, now: number): void {
    const message = this.#messages.find((each) => each.cid === cid);
    if (message === undefined) return;
    message.refused = !retryable;
    message.resendAt = retryable ? now + resendMs(message.attempts, Math.random()) : Infinity;
  }

  #transmit(message: Unacknowledged): void {
    message.attempts += 1;
    message.resendAt = Infinity;
    this.#send(message.cid, message.text);
  }
}
