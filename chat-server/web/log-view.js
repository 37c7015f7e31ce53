import { element } from './dom.js';
import { group, messageItem } from './message-item.js';

const KEPT = 1000;
const NEAR_BOTTOM = 80;

/** The messages of a room: sent ones in order of their offsets, below them those that are on their way. */
export class LogView {
  #scroller = document.querySelector('#scroller');
  #log = document.querySelector('#log');
  #beginning = document.querySelector('#beginning');
  #newer = document.querySelector('#newer');
  #pending = new Map();
  #unread = 0;
  #hasOlder = false;
  #loading = false;
  #client;

  /** `onOlder(before)` asks for older messages and says whether it could; `onRetry`, `onDiscard` take a message's cid. */
  constructor({ client, onOlder, onRetry, onDiscard }) {
    this.#client = client;
    this.onOlder = onOlder;
    this.onRetry = onRetry;
    this.onDiscard = onDiscard;
    this.#scroller.addEventListener('scroll', () => this.#scrolled());
    this.#newer.addEventListener('click', () => this.#toBottom());
    // The keyboard of a phone takes half of the page away.
    new ResizeObserver(() => this.#unread === 0 && this.#toBottom()).observe(this.#scroller);
  }

  set client(client) {
    this.#client = client;
  }

  /** Starts over with the last messages of a room. */
  open(room, messages, pending) {
    this.#log.replaceChildren();
    this.#pending.clear();
    this.#beginning.textContent = `This is the beginning of #${room}.`;
    for (const message of messages) this.#log.append(messageItem(this.#client, message));
    group([...this.#log.children]);
    this.#setOlder(this.#firstOffset > 1);
    for (const message of pending) this.addPending(message);
    this.#toBottom();
  }

  add(message) {
    const stick = this.#isAtBottom;
    const mine = message.client === this.#client ? this.#pending.get(message.cid) : undefined;
    this.#pending.delete(mine && message.cid);
    mine?.remove();
    const item = messageItem(this.#client, message);
    this.#log.insertBefore(item, this.#firstPending ?? null);
    group([item, item.nextElementSibling]);
    this.#moved(stick || mine !== undefined);
  }

  addPending({ cid, text }) {
    const item = messageItem(this.#client, { cid, text, client: this.#client, from: '', at: Date.now() });
    item.append(element('p', { className: 'state', textContent: 'sending…' }));
    this.#pending.set(cid, item);
    this.#log.append(item);
    group([item]);
    this.#toBottom();
  }

  markSent(cid) {
    const state = this.#pending.get(cid)?.querySelector('.state');
    if (state) state.textContent = 'sent';
  }

  markFailed(cid, reason) {
    const state = this.#pending.get(cid)?.querySelector('.state');
    if (!state) return;
    state.dataset.state = 'failed';
    const button = (textContent, act) => {
      const node = element('button', { type: 'button', textContent });
      node.addEventListener('click', () => act(cid));
      return node;
    };
    state.replaceChildren(
      `not sent: ${reason}`,
      button('Try again', (cid) => this.onRetry(cid)),
      button('Discard', (cid) => {
        this.#pending.get(cid)?.remove();
        this.#pending.delete(cid);
        this.onDiscard(cid);
      }),
    );
  }

  markSending(cid) {
    const state = this.#pending.get(cid)?.querySelector('.state');
    if (!state) return;
    delete state.dataset.state;
    state.textContent = 'sending…';
  }

  textOf(cid) {
    return this.#pending.get(cid)?.querySelector('.text').textContent;
  }

  /** A line between messages. */
  note(text, kind = 'note') {
    const stick = this.#isAtBottom;
    const item = element('li', { className: 'note', textContent: text });
    item.dataset.kind = kind;
    this.#log.insertBefore(item, this.#firstPending ?? null);
    this.#moved(stick);
  }

  /** The server no longer has what came after `offset`; answers how many messages of the page that are. */
  markLost(offset) {
    let lost = 0;
    for (const item of this.#log.querySelectorAll('.message[data-offset]')) {
      if (Number(item.dataset.offset) <= offset) continue;
      delete item.dataset.offset;
      item.classList.add('lost');
      item.append(element('p', { className: 'state', textContent: 'the server lost this message' }));
      lost++;
    }
    return lost;
  }

  prepend(messages, more) {
    const before = this.#scroller.scrollHeight;
    // Nobody wants to have the past read out.
    this.#log.setAttribute('aria-live', 'off');
    this.#log.prepend(...messages.map((message) => messageItem(this.#client, message)));
    group([...this.#log.children]);
    this.#setOlder(more);
    this.#scroller.scrollTop += this.#scroller.scrollHeight - before;
    this.#loading = false;
    requestAnimationFrame(() => this.#log.setAttribute('aria-live', 'polite'));
  }

  /** A request for older messages that nobody will answer any more. */
  connectionLost() {
    this.#loading = false;
  }

  get #firstOffset() {
    return Number(this.#log.querySelector('[data-offset]')?.dataset.offset ?? 1);
  }

  get #firstPending() {
    return this.#pending.values().next().value;
  }

  get #isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  #setOlder(more) {
    this.#hasOlder = more;
    this.#beginning.hidden = more;
  }

  #scrolled() {
    if (this.#isAtBottom) this.#setUnread(0);
    if (this.#scroller.scrollTop > 200 || !this.#hasOlder || this.#loading) return;
    this.#loading = this.onOlder(this.#firstOffset);
  }

  #moved(stick) {
    if (stick) this.#toBottom();
    else this.#setUnread(this.#unread + 1);
  }

  #toBottom() {
    this.#setUnread(0);
    const extra = this.#log.children.length - KEPT;
    if (extra > KEPT / 5) {
      for (const item of [...this.#log.children].slice(0, extra)) item.remove();
      this.#setOlder(true);
    }
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #setUnread(unread) {
    this.#unread = unread;
    this.#newer.hidden = unread === 0;
    this.#newer.textContent = unread === 1 ? '1 new message ↓' : `${unread} new messages ↓`;
  }
}
