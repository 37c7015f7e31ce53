import { element } from './dom.js';
import { group, messageItem } from './message-item.js';
import { PendingView } from './pending-view.js';
import { UnreadMark } from './unread-mark.js';

const KEPT = 1000;
const NEAR_BOTTOM = 80;
const NEAR_TOP = 200;
const QUIET_MS = 150;

/** The messages of a room in order of their offsets, below them those that are on their way. */
export class LogView {
  #me;
  #on;
  #beginning;
  #items = element('ol', { className: 'log' });
  #pending;
  #scroller;
  #newer = element('button', { className: 'newer', type: 'button', hidden: true });
  #view;
  #mark = new UnreadMark(this.#items);
  #hasOlder = false;
  #loading = false;
  #isStuck = true;
  #top = 0;
  #quiet;

  /**
   * `onScroll()`: the reader is elsewhere; `onOlder(before)` asks for older messages and says whether it could;
   * `onRetry(cid, text)` and `onDiscard(cid)` are about a message that was not sent.
   */
  constructor(room, { me, ...on }) {
    this.#me = me;
    this.#on = on;
    this.#beginning = element('p', {
      className: 'beginning',
      textContent: `This is the beginning of #${room}.`,
      hidden: true,
    });
    this.#pending = new PendingView(me, on);
    this.#scroller = element(
      'div',
      {
        className: 'scroller',
        tabIndex: 0,
        role: 'log',
        ariaLive: 'polite',
        ariaLabel: `Messages in #${room}`,
      },
      this.#beginning,
      this.#items,
      this.#pending.list,
    );
    this.#view = element('div', { className: 'room-log', hidden: true }, this.#scroller, this.#newer);
    document.querySelector('#logs').append(this.#view);
    this.#scroller.addEventListener('scroll', () => this.#scrolled());
    this.#newer.addEventListener('click', () => this.toBottom());
    // The keyboard of a phone takes half of the page away.
    new ResizeObserver(() => this.#isStuck && this.toBottom()).observe(this.#scroller);
  }

  get isAtBottom() {
    if (this.#view.hidden) return this.#isStuck;
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  /** Puts the room in front, at the place where it was left or at the mark. */
  show(atMark) {
    this.#silently(() => (this.#view.hidden = false));
    if (atMark) this.#toMark();
    else if (this.#isStuck) this.toBottom();
    else this.#scroller.scrollTop = this.#top;
  }

  hide() {
    this.#top = this.#scroller.scrollTop;
    this.#view.hidden = true;
  }

  remove() {
    this.#view.remove();
  }

  /** Starts over with the last messages of a room. */
  open(messages, unsent) {
    this.#silently(() => {
      this.#items.replaceChildren(...messages.map((message) => messageItem(this.#me, message)));
      group([...this.#items.children]);
    });
    this.#setOlder(this.#firstOffset > 1);
    this.#pending.keep(unsent);
    this.toBottom();
  }

  add(messages) {
    const stick = this.isAtBottom;
    const mine = messages.filter(
      ({ client, cid }) => client === this.#me.client && this.#pending.remove(cid),
    );
    const items = messages.map((message) => messageItem(this.#me, message));
    this.#items.append(...items);
    group(items);
    const isFull = this.#items.children.length > 3 * KEPT;
    if (stick || mine.length > 0 || isFull) this.toBottom();
  }

  addPending(message) {
    this.#pending.add(message);
    this.toBottom();
  }

  markPending(cid, words) {
    this.#pending.mark(cid, words);
  }

  markFailed(cid, reason) {
    this.#pending.fail(cid, reason);
    if (this.#isStuck) this.toBottom();
  }

  /** A line between messages. */
  note(text, kind) {
    const stick = this.isAtBottom;
    const item = element('li', { className: 'note', textContent: text });
    item.dataset.kind = kind;
    this.#items.append(item);
    if (stick) this.toBottom();
  }

  /** Draws the line above the first message after `offset`, and goes there. */
  markUnread(offset, andGo = false) {
    this.#mark.set(offset);
    if (andGo) this.#toMark();
  }

  clearMark() {
    this.#mark.clear();
  }

  /** Says below how many messages have come that are not in sight. */
  showNewer(unread) {
    this.#newer.hidden = unread === 0 || this.isAtBottom;
    this.#newer.textContent = unread === 1 ? '1 new message ↓' : `${unread} new messages ↓`;
  }

  /** The server no longer has what came after `offset`; answers how many messages of the page that are. */
  markLost(offset) {
    let lost = 0;
    for (const item of this.#items.querySelectorAll('.message[data-offset]')) {
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
    this.#silently(() => {
      this.#items.prepend(...messages.map((message) => messageItem(this.#me, message)));
      group([...this.#items.children]);
    });
    this.#mark.place();
    this.#setOlder(more);
    this.#scroller.scrollTop += this.#scroller.scrollHeight - before;
    this.#loading = false;
  }

  /** Nobody will answer the request for older messages any more. */
  notOlder() {
    this.#loading = false;
  }

  /** Takes away what was to be sent. */
  disown() {
    this.#pending.keep([]);
  }

  toBottom() {
    this.#isStuck = true;
    const extra = this.#items.children.length - KEPT;
    if (extra > KEPT / 5) {
      for (const item of [...this.#items.children].slice(0, extra)) item.remove();
      this.#setOlder(true);
      this.#mark.place();
    }
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  get #firstOffset() {
    return Number(this.#items.querySelector('[data-offset]')?.dataset.offset ?? 1);
  }

  #setOlder(more) {
    this.#hasOlder = more;
    this.#beginning.hidden = more;
  }

  #toMark() {
    const { top } = this.#mark;
    const edge = this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += top === undefined ? this.#scroller.scrollHeight : top - edge - 16;
    this.#isStuck = this.isAtBottom;
  }

  #scrolled() {
    if (this.#view.hidden) return;
    this.#isStuck = this.isAtBottom;
    this.#on.onScroll();
    if (this.#scroller.scrollTop > NEAR_TOP || !this.#hasOlder || this.#loading) return;
    this.#loading = this.#on.onOlder(this.#firstOffset);
  }

  // Nobody wants to have the past read out.
  #silently(change) {
    clearTimeout(this.#quiet);
    this.#scroller.ariaLive = 'off';
    change();
    this.#quiet = setTimeout(() => (this.#scroller.ariaLive = 'polite'), QUIET_MS);
  }
}
