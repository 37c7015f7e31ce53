import { element } from './dom.js';

const KEY = 'chat.rooms';
const KEPT = 8;
const ROOM = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The room in the address: `/r/<room>`; undefined for an address that names none. */
export function roomInAddress() {
  const [, room] = /^\/r\/([^/]+)$/.exec(location.pathname) ?? [];
  return room && ROOM.test(room) ? room : undefined;
}

/** The rooms visited last on this machine, and the way to others. */
export class RoomsView {
  #list = document.querySelector('#rooms');
  #form = document.querySelector('#go');
  #input = document.querySelector('#go-room');
  #error = document.querySelector('#go-error');

  /** `onGo(room)`: somebody wants to go there. */
  constructor(onGo) {
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
      const link = event.target.closest('a');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onGo(link.dataset.room);
    });
  }

  open(room) {
    const visited = JSON.parse(localStorage.getItem(KEY) ?? '["lobby"]');
    const rooms = [room, ...visited.filter((other) => other !== room)].slice(0, KEPT);
    localStorage.setItem(KEY, JSON.stringify(rooms));
    this.#list.replaceChildren(
      ...rooms
        .toSorted((a, b) => a.localeCompare(b))
        .map((name) => element('li', {}, link(name, name === room))),
    );
  }
}

function link(room, isCurrent) {
  const node = element('a', { href: `/r/${room}`, textContent: `#${room}` });
  node.dataset.room = room;
  if (isCurrent) node.setAttribute('aria-current', 'page');
  return node;
}
