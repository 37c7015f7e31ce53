const SHOWN_MS = 8000;
const GAP = 'some messages could not be recovered';

/** The state of the connection, in words. */
export class StatusView {
  #status = document.querySelector('#status');
  #timer;

  connecting(isReturning) {
    if (isReturning) this.#show('reconnecting', 'reconnecting…');
    else this.#show('connecting', 'connecting…');
  }

  connected(node) {
    this.#show('connected', `connected to node ${node}`);
  }

  /** Connected again: `count` messages were caught up with, or some are gone. */
  back(node, { count, complete }) {
    const caughtUp = `, ${count} ${count === 1 ? 'message' : 'messages'} caught up`;
    const words = complete ? `nothing missed${count === 0 ? '' : caughtUp}` : GAP;
    this.#showForAWhile(node, `back, ${words}`);
  }

  /** Still connected, but the server no longer has all messages. */
  gap(node) {
    this.#showForAWhile(node, GAP);
  }

  /** Tries again in `wait` ms. */
  reconnecting(wait) {
    if (wait < 1000) return this.#show('reconnecting', 'reconnecting…');
    this.#show('reconnecting', 'reconnecting');
    // Counting down aloud every second would drown everything else.
    const countdown = document.createElement('span');
    countdown.ariaHidden = 'true';
    const until = Date.now() + wait;
    const tick = () => {
      const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
      countdown.textContent = ` in ${seconds} s`;
    };
    tick();
    this.#status.append(countdown);
    this.#timer = setInterval(tick, 250);
  }

  waiting(reason) {
    this.#show('waiting', `${reason} (your messages are kept)`);
  }

  refused(reason) {
    this.#show('refused', reason);
  }

  signedOut(reason) {
    this.#show('signed-out', `${reason}, sign in again`);
  }

  #showForAWhile(node, words) {
    this.#show('connected', `${words} · node ${node}`);
    this.#timer = setTimeout(() => this.connected(node), SHOWN_MS);
  }

  #show(state, words) {
    clearTimeout(this.#timer);
    this.#status.dataset.state = state;
    if (this.#status.textContent !== words) this.#status.textContent = words;
  }
}
