const KEY = 'chat.unsent';
const LARGEST_FRAME = 16 * 1024;

/** What was written and is not confirmed yet, oldest first. It survives a reload, and each message keeps its cid. */
export class Unsent {
  #messages = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');

  of(room) {
    return this.#messages.filter((message) => message.room === room);
  }

  add(message) {
    this.#messages.push(message);
    this.#save();
  }

  has(cid) {
    return this.#messages.some((message) => message.cid === cid);
  }

  remove(cid) {
    this.#messages = this.#messages.filter((message) => message.cid !== cid);
    this.#save();
  }

  clear() {
    this.#messages = [];
    this.#save();
  }

  #save() {
    sessionStorage.setItem(KEY, JSON.stringify(this.#messages));
  }
}

/** Whether the server would take the frame: larger ones end the connection. */
export function fits(frame) {
  return new TextEncoder().encode(JSON.stringify(frame)).length <= LARGEST_FRAME;
}
