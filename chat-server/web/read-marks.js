const KEY = 'chat.read';

/** Up to which offset each room was read on this machine. */
export class ReadMarks {
  #offsets = JSON.parse(localStorage.getItem(KEY) ?? '{}');

  of(room) {
    return this.#offsets[room];
  }

  set(room, offset) {
    if (this.#offsets[room] === offset) return;
    // Other tabs have read other rooms.
    this.#offsets = { ...JSON.parse(localStorage.getItem(KEY) ?? '{}'), [room]: offset };
    localStorage.setItem(KEY, JSON.stringify(this.#offsets));
  }
}
