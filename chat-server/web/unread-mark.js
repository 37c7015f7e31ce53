import { element } from './dom.js';
import { group } from './message-item.js';

/** The line above the first message that nobody has read here. */
export class UnreadMark {
  #items;
  #line = element('li', { className: 'note', textContent: 'New' });
  #after;

  /** `items`: the list that it stands in. */
  constructor(items) {
    this.#items = items;
    this.#line.dataset.kind = 'unread';
  }

  /** The line's distance from the top of the window, in pixels; undefined where there is none. */
  get top() {
    return this.#line.isConnected ? this.#line.getBoundingClientRect().top : undefined;
  }

  /** Marks what came after an offset. */
  set(offset) {
    if (this.#after === offset && this.#line.isConnected) return;
    this.#after = offset;
    this.place();
  }

  clear() {
    this.#after = undefined;
    this.#line.remove();
  }

  /** Puts the line where it belongs, after a change of the list. */
  place() {
    const next = this.#line.nextElementSibling;
    this.#line.remove();
    group([next]);
    const first = this.#after === undefined ? undefined : this.#first;
    first?.before(this.#line);
    group([first]);
  }

  get #first() {
    return [...this.#items.querySelectorAll('[data-offset]')].find(
      ({ dataset }) => Number(dataset.offset) > this.#after,
    );
  }
}
