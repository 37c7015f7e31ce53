import { messagesFrame } from '../frame.ts';
import { reasonOf } from '../log.ts';
import { catchUp } from '../room/join.ts';
import type { Identity } from '../room/member.ts';
import { newMember } from '../room/member.ts';
import { Page } from '../room/page.ts';
import type { Room } from '../room/room.ts';
import { TokenRefused } from '../token/check.ts';
import type { TokenCheck } from '../token/check.ts';
import type { ClientFrame } from './client-frame.ts';
import { cleanName, FrameError } from './client-frame.ts';
import type { Session } from './session.ts';

type Frame<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>;

const TYPING_MS = 1000;

/** Does what a client asks for and answers it. Throws `FrameError` for what can be refused at once. */
export function answer(session: Session, frame: ClientFrame): void {
  if (frame.type === 'pong') return;
  if (frame.type === 'hello') return hello(session, frame);
  const { identity } = session;
  if (!identity) throw new FrameError('hello-first', 'the first frame must be hello');
  switch (frame.type) {
    case 'join':
      return later(session, frame, join(session, identity, frame));
    case 'leave':
      return leave(session, frame);
    case 'send':
      return later(session, frame, send(session, identity, frame));
    case 'typing':
      return typing(session, identity, frame);
    case 'history':
      return later(session, frame, history(session, frame));
  }
}

function hello(session: Session, { client, name, token }: Frame<'hello'>): void {
  if (session.identity) throw new FrameError('bad-message', 'hello was said already');
  const { checkToken, settings } = session.node;
  if (checkToken && token !== undefined) return session.hold(admit(session, client, token, checkToken));
  if (!settings.anonymous) return session.close('no-token');
  welcome(session, { client, name: name || guestName(client) });
}

// The token says who it is, whatever name came with it.
async function admit(session: Session, client: string, token: string, check: TokenCheck): Promise<void> {
  const { log } = session.node;
  try {
    const { user, name, rooms, until } = await check(token);
    session.allowedRooms = rooms;
    welcome(session, { client, name: cleanName(name) || guestName(client), user }, until);
  } catch (error) {
    const refused = error instanceof TokenRefused;
    log[refused ? 'debug' : 'warn']('not let in', { session: session.id, reason: reasonOf(error) });
    session.close(refused ? error.reason : 'no-keys');
  }
}

function guestName(client: string): string {
  return `guest-${client.slice(0, 4)}`;
}

function welcome(session: Session, identity: Identity, until?: number): void {
  const { settings, log } = session.node;
  session.enter(identity, until);
  log.debug('session opened', { session: session.id });
  session.send({
    type: 'welcome',
    session: session.id,
    user: identity.name,
    ...(identity.user !== undefined && { userId: identity.user }),
    node: settings.nodeName,
    version: settings.version,
    heartbeatMs: settings.heartbeatMs,
  });
}

async function join(session: Session, identity: Identity, frame: Frame<'join'>): Promise<void> {
  const { settings, rooms, meter, clock } = session.node;
  const about = { room: frame.room };
  if (session.allowedRooms?.has(frame.room) === false) {
    throw new FrameError('not-allowed', 'the token is not for this room', about);
  }
  if (session.rooms.has(frame.room)) throw new FrameError('already-joined', 'already in this room', about);
  if (session.rooms.size >= settings.maxRooms) {
    throw new FrameError('too-many-rooms', `at most ${settings.maxRooms} rooms at a time`, about);
  }
  const member = newMember(identity, session.outbox, frame.after);
  const joined: { member: typeof member; room?: Room } = { member };
  session.rooms.set(frame.room, joined);
  try {
    const room = await rooms.open(frame.room);
    if (member.gone) return;
    if (room.presence.isFull(settings.maxMembers)) {
      throw new FrameError('room-full', `the room has ${settings.maxMembers} members`, about);
    }
    joined.room = room;
    room.members.add(member);
    room.presence.add(member.identity);
    await catchUp(room, member, settings.history, meter, clock);
  } catch (error) {
    // It has left, and may have joined again meanwhile: an answer would be taken for that one's.
    if (member.gone) return;
    session.leave(frame.room);
    throw error;
  }
}

function leave(session: Session, { room }: Frame<'leave'>): void {
  session.leave(room);
  session.send({ type: 'left', room });
}

async function send(session: Session, identity: Identity, { room, cid, text }: Frame<'send'>): Promise<void> {
  mustBeIn(session, room, cid);
  const { client, name, user } = identity;
  const { store, clock, meter } = session.node;
  const started = performance.now();
  // The stream keeps a message without its beginning, `{"type":"message","room":…,"offset":…,`.
  const tail = JSON.stringify({ from: name, client, cid, text, at: clock.now(), user }).slice(1);
  const { offset, duplicate } = await store.publish(room, client, cid, tail);
  if (duplicate) meter.duplicates++;
  else meter.accepted++;
  meter.send.observe((performance.now() - started) / 1000);
  session.send({ type: 'sent', room, cid, offset, ...(duplicate && { duplicate }) });
}

function typing(session: Session, { client, name }: Identity, { room }: Frame<'typing'>): void {
  mustBeIn(session, room);
  const { clock, store } = session.node;
  if (clock.now() - session.lastTyping < TYPING_MS) return;
  session.lastTyping = clock.now();
  // Nobody misses it when Redis is away.
  store.typing(room, JSON.stringify({ type: 'typing', room, from: name, client })).catch(() => {});
}

async function history(session: Session, { room, before, limit }: Frame<'history'>): Promise<void> {
  const joined = mustBeIn(session, room);
  const entries = await session.node.store.before(room, before, limit);
  // The youngest ones count when not all fit, so the page is filled from its end.
  const page = new Page(before);
  for (const entry of entries.toReversed()) {
    if (!joined.room || !page.add(entry.offset, joined.room.json(entry))) break;
  }
  const more = page.messages.length < entries.length || (entries.length === limit && page.last > 1);
  session.outbox.push(
    messagesFrame({ type: 'history', room, before, ...(more && { more }) }, page.messages.toReversed()),
  );
}

function mustBeIn(session: Session, room: string, cid?: string): { room?: Room } {
  const joined = session.rooms.get(room);
  if (joined) return joined;
  throw new FrameError('not-joined', 'join the room first', { room, ...(cid && { cid }) });
}

// An answer that takes its time; what Redis refuses may be tried again.
function later(session: Session, frame: Frame<'join' | 'send' | 'history'>, work: Promise<void>): void {
  work.catch((error) => {
    if (error instanceof FrameError) return session.fail(error);
    session.node.log.debug('not done', { session: session.id, type: frame.type, reason: reasonOf(error) });
    const about = { room: frame.room, ...('cid' in frame && { cid: frame.cid }) };
    session.fail(new FrameError('unavailable', 'the server cannot reach its store, try again', about));
  });
}
