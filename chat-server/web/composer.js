const TYPING_MS = 2000;

/** The field to write in: Enter sends, Shift+Enter begins a line, and each room keeps what was begun there. */
export class Composer {
  #text = document.querySelector('#text');
  #drafts = new Map();
  #room;
  #typedAt = 0;

  /** `onSay(text)`, `onTyping()` at most every two seconds. */
  constructor({ onSay, onTyping }) {
    const submit = () => {
      if (this.#text.value.trim() === '') return;
      onSay(this.#text.value);
      this.#put('');
    };
    document.querySelector('#composer').addEventListener('submit', (event) => {
      event.preventDefault();
      submit();
      this.focus();
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    this.#text.addEventListener('input', () => {
      this.#fit();
      const now = Date.now();
      if (this.#text.value === '' || now - this.#typedAt < TYPING_MS) return;
      this.#typedAt = now;
      onTyping();
    });
  }

  focus() {
    this.#text.focus();
  }

  open(room) {
    this.#drafts.set(this.#room, this.#text.value);
    this.#room = room;
    this.#text.placeholder = `Message #${room}`;
    this.#put(this.#drafts.get(room) ?? '');
  }

  #put(value) {
    this.#text.value = value;
    this.#fit();
  }

  // Browsers that know field-sizing do this by themselves.
  #fit() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }
}
