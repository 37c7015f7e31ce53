import { OpenRoom } from './open-room.js';
import { ReadMarks } from './read-marks.js';
import { Unsent } from './unsent.js';

const KEY = 'chat.rooms';

/**
 * The rooms that are open, one of them in front. Tells `listener`: changed(room) and peopled(room) when what is unread there
 * or who is there is to be drawn anew, state() when what `waiting` and `refusal` answer may have changed, back({ count, complete }) when all
 * rooms are there again after the connection was lost, gap() when messages are gone.
 */
export class Rooms {
  current;
  #open = new Map();
  #leaving = new Set();
  #waiting = new Map();
  #returning = new Set();
  #missed = { count: 0, complete: true };
  #reads = new ReadMarks(() => this.looked());
  #unsent = new Unsent();
  #me;
  #connection;
  #listener;

  constructor({ me, connection, listener }) {
    this.#me = me;
    this.#connection = connection;
    this.#listener = listener;
    for (const room of JSON.parse(localStorage.getItem(KEY) ?? '[]')) this.#add(room);
  }

  /** The open rooms in order of their names. */
  get all() {
    return [...this.#open.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  }

  get unread() {
    return this.all.reduce((sum, room) => sum + room.unread, 0);
  }

  /** Why some room has to wait before it can go on, if any has. */
  get waiting() {
    return this.#waiting.values().next().value;
  }

  /** Puts a room in front, and opens it where it is not. */
  go(name) {
    if (this.current?.name === name) return;
    this.current?.hide();
    this.current = this.#open.get(name) ?? this.#add(name);
    this.current.show();
    this.#listener.changed(this.current);
    this.#listener.peopled(this.current);
  }

  /** The next room in the list, or the previous one for -1; those with unread messages only where asked. */
  next(step, unreadOnly = false) {
    const rooms = this.all;
    const at = rooms.indexOf(this.current);
    for (let n = 1; n < rooms.length; n++) {
      const room = rooms.at((at + step * n) % rooms.length);
      if (!unreadOnly || room.unread > 0) return room;
    }
    return undefined;
  }

  /** Leaves a room that is not in front. */
  leave(room) {
    if (this.#connection.isOpen) this.#leaving.add(room.name);
    room.close();
    this.#open.delete(room.name);
    this.#save();
    this.#isDone(room);
    this.#listener.changed(room);
  }

  /** The connection is there. */
  start() {
    for (const room of this.#open.values()) {
      if (room.wasJoined) this.#returning.add(room);
      room.start();
    }
  }

  /** The connection is gone. */
  stop() {
    this.#leaving.clear();
    this.#waiting.clear();
    for (const room of this.#open.values()) room.stop();
  }

  /** Somebody is looking at the page, or no longer, or has read on in another tab. */
  looked() {
    for (const room of this.#open.values()) room.looked();
  }

  /** This tab is a copy of another one, which sends what is on its way. */
  disown() {
    this.#unsent.clear();
    for (const room of this.#open.values()) room.disown();
  }

  receive(frame) {
    // What is still on its way from a room that was left.
    if (frame.type === 'left') this.#leaving.delete(frame.room);
    else if (!this.#leaving.has(frame.room)) this.#open.get(frame.room)?.receive(frame);
  }

  #add(name) {
    const { changed, peopled, state, gap } = this.#listener;
    const listener = {
      changed,
      peopled,
      gap,
      caughtUp: (room, { count, recovered, resumed }) => {
        if (resumed) {
          this.#missed.count += count;
          this.#missed.complete &&= recovered;
        }
        this.#isDone(room);
      },
      waiting: (room, reason) => {
        const was = this.waiting;
        if (reason === undefined) this.#waiting.delete(room);
        else this.#waiting.set(room, reason);
        if (was !== this.waiting) state();
      },
      refused: (room) => this.#isDone(room),
    };
    const room = new OpenRoom(name, {
      me: this.#me,
      connection: this.#connection,
      unsent: this.#unsent,
      reads: this.#reads,
      listener,
    });
    this.#open.set(name, room);
    this.#save();
    if (this.#connection.isOpen) room.start();
    return room;
  }

  #isDone(room) {
    this.#waiting.delete(room);
    const wasReturning = this.#returning.delete(room);
    if (wasReturning && this.#returning.size === 0) {
      this.#listener.back(this.#missed);
      this.#missed = { count: 0, complete: true };
    } else {
      this.#listener.state();
    }
  }

  #save() {
    localStorage.setItem(KEY, JSON.stringify([...this.#open.keys()]));
  }
}
