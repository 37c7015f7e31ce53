import { element } from './dom.js';
import { group, messageItem } from './message-item.js';

/** The messages of a room that are on their way or were not sent. */
export class PendingView {
  // Not read out: each is read when it has arrived, and a failure is an alert.
  list = element('ol', { className: 'log pending', ariaLive: 'off', ariaLabel: 'Not sent yet' });
  #me;
  #onRetry;
  #onDiscard;
  #items = new Map();

  constructor(me, { onRetry, onDiscard }) {
    this.#me = me;
    this.#onRetry = onRetry;
    this.#onDiscard = onDiscard;
  }

  /** Takes away what was sent meanwhile: neither failed nor among those that are still to be sent. */
  keep(unsent) {
    for (const cid of this.#items.keys()) {
      const isFailed = this.#stateOf(cid).dataset.state === 'failed';
      if (!isFailed && !unsent.some((message) => message.cid === cid)) this.remove(cid);
    }
  }

  add({ cid, text }) {
    const { client } = this.#me;
    this.remove(cid);
    const item = messageItem(this.#me, { cid, text, client, from: '', at: Date.now() });
    item.append(element('p', { className: 'state', textContent: 'sending…' }));
    this.#items.set(cid, { item, text });
    this.list.append(item);
    group([item]);
  }

  /** Answers whether it was there. */
  remove(cid) {
    this.#items.get(cid)?.item.remove();
    return this.#items.delete(cid);
  }

  mark(cid, words) {
    const state = this.#stateOf(cid);
    if (!state) return;
    delete state.dataset.state;
    state.role = null;
    state.textContent = words;
  }

  fail(cid, reason) {
    const state = this.#stateOf(cid);
    if (!state) return;
    const { item, text } = this.#items.get(cid);
    const button = (textContent, act) => {
      const node = element('button', { type: 'button', textContent });
      node.addEventListener('click', () => {
        act();
        document.querySelector('#text').focus();
      });
      return node;
    };
    state.dataset.state = 'failed';
    state.role = 'alert';
    state.replaceChildren(
      `not sent: ${reason}`,
      button('Try again', () => {
        this.mark(cid, 'sending again…');
        this.list.append(item);
        this.#onRetry(cid, text);
      }),
      button('Discard', () => {
        this.remove(cid);
        this.#onDiscard(cid);
      }),
    );
  }

  #stateOf(cid) {
    return this.#items.get(cid)?.item.querySelector('.state');
  }
}
