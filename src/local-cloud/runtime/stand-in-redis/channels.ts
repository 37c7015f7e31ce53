/** Who listens to which channel. */
export class Channels<Listener extends { subscriptions: Set<string> }> {
  readonly #listeners = new Map<string, Set<Listener>>();

  add(channel: string, listener: Listener): void {
    listener.subscriptions.add(channel);
    const others = this.#listeners.get(channel);
    if (others === undefined) this.#listeners.set(channel, new Set([listener]));
    else others.add(listener);
  }

  remove(channel: string, listener: Listener): void {
    listener.subscriptions.delete(channel);
    const listeners = this.#listeners.get(channel);
    if (listeners?.delete(listener) === true && listeners.size === 0) this.#listeners.delete(channel);
  }

  on(channel: string): Iterable<Listener> {
    return this.#listeners.get(channel) ?? [];
  }
}
