/** A message that was sent and not yet acknowledged. Times in milliseconds of the shared clock. */
export interface Unacknowledged {
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

/** The messages of one client that wait for their `sent`, in the order of sending. Mostly empty, so it is not even made before the first. */
export class Outstanding {
  #messages: Unacknowledged[] = [];

  get size(): number {
    return this.#messages.length;
  }

  /** Whether an answer may still come. */
  get waits(): boolean {
    return this.#messages.some(({ refused }) => !refused);
  }

  /** When the next one is to be sent again; Infinity for never. */
  get resendAt(): number {
    return this.#messages.reduce((first, { resendAt }) => Math.min(first, resendAt), Infinity);
  }

  add(message: Unacknowledged): void {
    this.#messages.push(message);
  }

  find(cid: string): Unacknowledged | undefined {
    return this.#messages.find((message) => message.cid === cid);
  }

  /** Takes a message out; undefined when it is not (or no longer) waited for. */
  take(cid: string): Unacknowledged | undefined {
    const index = this.#messages.findIndex((message) => message.cid === cid);
    return index < 0 ? undefined : this.#messages.splice(index, 1)[0];
  }

  /** Those whose time to be sent again has come. */
  due(now: number): Unacknowledged[] {
    return this.#messages.filter(({ resendAt }) => resendAt <= now);
  }

  /** Those that a new session has to send again, since their answer went down with the old one. */
  unanswered(): Unacknowledged[] {
    return this.#messages.filter(({ refused }) => !refused);
  }
}
