const KEY = 'chat.read';

/** Up to which offset each room was read on this machine, in this tab or another one. */
export class ReadMarks {
  /** `onChange()`: another tab has read on. */
  constructor(onChange) {
    addEventListener('storage', ({ key }) => key === KEY && onChange());
  }

  of(room) {
    return this.#offsets[room];
  }

  set(room, offset) {
    const offsets = this.#offsets;
    if (offsets[room] !== offset) localStorage.setItem(KEY, JSON.stringify({ ...offsets, [room]: offset }));
  }

  get #offsets() {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  }
}
