import { element } from './dom.js';

const ROOM = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The room in the address: `/r/<room>`; undefined for an address that names none. */
export function roomInAddress() {
  const [, room] = /^\/r\/([^/]+)$/.exec(location.pathname) ?? [];
  return room && ROOM.test(room) ? room : undefined;
}

/** The list of open rooms with what is unread in each, and the way to others. */
export class RoomsView {
  #list = document.querySelector('#rooms');
  #form = document.querySelector('#go');
  #input = document.querySelector('#go-room');
  #error = document.querySelector('#go-error');
  #items = new Map();

  /** `onGo(room)`, `onLeave(room)`: somebody wants to go there, or to leave it. */
  constructor({ onGo, onLeave }) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const room = this.#input.value.trim().toLowerCase().replace(/^#/, '').replace(/\s+/g, '-');
      const ok = ROOM.test(room);
      this.#error.textContent = ok ? '' : 'Room names have letters a to z, digits, - and _.';
      if (!ok) return;
      this.#input.value = '';
      onGo(room);
    });
    this.#list.addEventListener('click', (event) => {
      const { room } = event.target.closest('li')?.dataset ?? {};
      if (event.target.closest('button')) onLeave(room);
      if (!event.target.closest('a') || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onGo(room);
    });
  }

  /** Draws the rooms, each with `name`, `unread` and `isCurrent`. Items stay what they are, so that none loses the focus. */
  draw(rooms) {
    const names = new Set(rooms.map(({ name }) => name));
    for (const [name, item] of this.#items) {
      if (names.has(name)) continue;
      item.remove();
      this.#items.delete(name);
    }
    for (const [at, { name, unread, isCurrent }] of rooms.entries()) {
      const item = this.#items.get(name) ?? this.#add(name);
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
      const [link, leave] = item.children;
      link.ariaCurrent = isCurrent ? 'page' : null;
      link.querySelector('.unread').hidden = unread === 0;
      link.querySelector('.unread-count').textContent = unread > 999 ? '999+' : unread;
      leave.hidden = rooms.length === 1;
    }
  }

  #add(name) {
    const unread = element(
      'span',
      { className: 'unread', hidden: true },
      element('span', { className: 'unread-count' }),
      element('span', { className: 'hidden', textContent: ' unread' }),
    );
    const link = element(
      'a',
      { href: `/r/${name}` },
      element('span', { textContent: `#${name}` }),
      ' ',
      unread,
    );
    const leave = element('button', { type: 'button', textContent: '×', ariaLabel: `Leave #${name}` });
    const item = element('li', {}, link, leave);
    item.dataset.room = name;
    this.#items.set(name, item);
    return item;
  }
}
