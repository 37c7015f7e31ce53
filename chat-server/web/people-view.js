import { element } from './dom.js';

const SHOWN = 100;
const TYPING_MS = 4000;

/** Who is in the room and who is writing. */
export class PeopleView {
  #list = document.querySelector('#members');
  #count = document.querySelector('#count');
  #typing = document.querySelector('#typing');
  #names = [];
  #total = 0;
  #writers = new Map();

  open({ count, names }) {
    this.#names = [...names];
    this.#total = count;
    for (const client of this.#writers.keys()) this.#stopTyping(client);
    this.#draw();
  }

  change({ joined, left, count }) {
    for (const name of left) {
      const at = this.#names.indexOf(name);
      if (at >= 0) this.#names.splice(at, 1);
    }
    this.#names.push(...joined);
    this.#total = count;
    this.#draw();
  }

  typing({ client, from }) {
    clearTimeout(this.#writers.get(client)?.timer);
    const timer = setTimeout(() => this.#stopTyping(client), TYPING_MS);
    this.#writers.set(client, { from, timer });
    this.#drawTyping();
  }

  /** A message of this client has come. */
  wrote(client) {
    this.#stopTyping(client);
  }

  #stopTyping(client) {
    clearTimeout(this.#writers.get(client)?.timer);
    this.#writers.delete(client);
    this.#drawTyping();
  }

  #draw() {
    this.#count.textContent = this.#total;
    const names = this.#names.toSorted((a, b) => a.localeCompare(b)).slice(0, SHOWN);
    const items = names.map((name) => element('li', { textContent: name }));
    const rest = this.#total - names.length;
    if (rest > 0) items.push(element('li', { className: 'more', textContent: `and ${rest} more` }));
    this.#list.replaceChildren(...items);
  }

  #drawTyping() {
    const names = [...this.#writers.values()].map(({ from }) => from);
    const who =
      names.length > 2 ? 'Several people are' : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'}`;
    this.#typing.textContent = names.length === 0 ? '' : `${who} typing…`;
  }
}
