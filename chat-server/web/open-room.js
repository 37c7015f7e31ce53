import { LogView } from './log-view.js';
import { Membership } from './membership.js';
import { People } from './people.js';

/**
 * A room that is open, shown or not: its membership, its log, its people, and how far it was read.
 * Tells `listener`: changed(room), peopled(room), caughtUp(room, { count, recovered, resumed }), gap(), waiting(room, reason),
 * refused(room, reason).
 */
export class OpenRoom {
  refusal;
  #me;
  #reads;
  #listener;
  #membership;
  #log;
  #read;
  #isCurrent = false;
  #isCatchingUp = true;
  #isFresh = false;

  constructor(name, { me, connection, unsent, reads, listener }) {
    this.name = name;
    this.#me = me;
    this.#reads = reads;
    this.#listener = listener;
    this.people = new People(() => listener.peopled(this));
    this.#log = new LogView(name, {
      me,
      onScroll: () => this.#noticed(),
      onOlder: (before) => this.#membership.older(before),
      onRetry: (cid, text) => this.#send(text, cid),
      onDiscard: (cid) => this.#membership.discard(cid),
    });
    this.#membership = new Membership(name, connection, unsent, this.#events);
    for (const message of this.#membership.unsent) {
      this.#log.addPending(message);
      this.#events.held(message.cid);
    }
  }

  get wasJoined() {
    return this.#membership.position !== undefined;
  }

  /** How many messages have come that nobody has read here. */
  get unread() {
    if (this.#read === undefined) return 0;
    return Math.max(0, this.#membership.position.offset - this.#read);
  }

  start() {
    this.refusal = undefined;
    this.#isCatchingUp = true;
    this.#membership.start();
  }

  stop() {
    this.#membership.stop();
    this.#log.notOlder();
  }

  receive(frame) {
    this.#membership.receive(frame);
  }

  show() {
    this.#isCurrent = true;
    const isUnread = this.unread > 0;
    if (isUnread) this.#log.markUnread(this.#read);
    else this.#log.clearMark();
    this.#log.show(isUnread);
    this.#noticed();
  }

  hide() {
    this.#isCurrent = false;
    this.#log.hide();
  }

  /** Leaves the room and takes it off the page. */
  close() {
    this.#membership.leave();
    this.#log.remove();
  }

  say(text, cid) {
    this.#log.clearMark();
    this.#log.addPending({ cid, text });
    this.#send(text, cid);
  }

  /** What is on its way here is sent by another tab. */
  disown() {
    this.#log.disown();
  }

  typing() {
    this.#membership.typing();
  }

  /** Goes to the newest message and takes the mark away. */
  catchUp() {
    this.#log.toBottom();
    this.#log.clearMark();
    this.#noticed();
  }

  /** Somebody is looking at the page, or no longer, or has read on in another tab. */
  looked() {
    const read = this.#reads.of(this.name);
    if (read > this.#read) this.#read = Math.min(read, this.#membership.position.offset);
    this.#noticed();
  }

  #events = {
    opened: (page, resumed) => {
      this.#isFresh = true;
      this.#log.open(page.messages, this.#membership.unsent);
      if (resumed) this.#log.note('Some messages in between could not be recovered', 'gap');
    },
    messages: (messages) => {
      this.#log.add(messages);
      for (const { client } of messages) this.people.wrote(client);
      this.#noticed();
    },
    caughtUp: (result) => {
      this.#isCatchingUp = false;
      const { offset } = this.#membership.position;
      this.#setRead(Math.min(this.#reads.of(this.name) ?? offset, offset));
      if (this.#isFresh && this.unread > 0) this.#log.markUnread(this.#read, this.#isCurrent);
      this.#isFresh = false;
      this.#noticed();
      this.#listener.caughtUp(this, result);
    },
    reset: ({ offset, reason }) => {
      const lost = this.#log.markLost(offset);
      this.#setRead(Math.min(this.#read ?? offset, offset));
      this.#log.note(resetWords(reason, lost), 'gap');
      if (lost > 0 || reason === 'too-old') this.#listener.gap();
      this.#noticed();
    },
    held: (cid) => this.#log.markPending(cid, 'waiting for the connection'),
    sending: (cid, again) => this.#log.markPending(cid, again ? 'sending again…' : 'sending…'),
    sent: (cid) => {
      this.#log.markPending(cid, 'sent');
      this.#listener.waiting(this, undefined);
    },
    failed: (cid, reason) => this.#log.markFailed(cid, reason),
    members: (members) => this.people.open(members),
    presence: (change) => this.people.change(change),
    typing: (frame) => frame.client !== this.#me.client && this.people.typing(frame),
    older: ({ messages, more }) => this.#log.prepend(messages, more === true),
    notOlder: () => this.#log.notOlder(),
    waiting: (reason) => this.#listener.waiting(this, reason),
    refused: (reason) => {
      this.refusal = reason;
      for (const { cid } of this.#membership.unsent) this.#refuse(cid);
      this.#listener.refused(this, reason);
    },
  };

  #send(text, cid) {
    this.#membership.say(text, cid);
    if (this.refusal !== undefined) this.#refuse(cid);
  }

  #refuse(cid) {
    this.#membership.discard(cid);
    this.#log.markFailed(cid, this.refusal);
  }

  #setRead(offset) {
    this.#read = offset;
    this.#reads.set(this.name, offset);
  }

  #noticed() {
    if (this.#isCatchingUp) return;
    const isReading = this.#isCurrent && !document.hidden && this.#log.isAtBottom;
    if (isReading) this.#setRead(this.#membership.position.offset);
    else if (this.unread > 0) this.#log.markUnread(this.#read);
    this.#log.showNewer(this.unread);
    this.#listener.changed(this);
  }
}

function resetWords(reason, lost) {
  if (reason === 'too-old') return 'Some messages in between could not be recovered';
  const what = lost === 0 ? 'nothing shown here was lost' : `${lost} of the messages above were lost`;
  return `The server's store was replaced, ${what}`;
}
