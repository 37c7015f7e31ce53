import type { Clock } from '../clock.ts';
import { messagesFrame } from '../frame.ts';
import type { Meter } from '../metrics/meter.ts';
import { LIMITS } from '../protocol.ts';
import { sharedHistory } from './lineage.ts';
import type { Member } from './member.ts';
import { Page } from './page.ts';
import type { Room } from './room.ts';

const PAUSE_MS = 500;

/** Brings a member from where it was to the present, one `joined` page at a time as its socket drains, then lets live frames through. Throws when Redis is away, unless the member is in the room already: then it waits for its next page. */
export async function catchUp(
  room: Room,
  member: Member,
  history: number,
  meter: Meter,
  clock: Clock,
): Promise<void> {
  // The client may come from a node that is a message ahead of this one.
  const { after } = member;
  if (after && (after.epoch !== room.position.epoch || after.offset > room.position.offset)) {
    await room.sync();
  }
  while (!member.gone) {
    if (member.start === undefined || (!member.greeted && member.start.epoch !== room.position.epoch)) {
      decide(room, member, history);
    }
    const page = new Page(member.cursor);
    if (page.last < room.position.offset && !room.recent.has(page.last + 1)) {
      const isRead = await readPage(room, member, page).catch((error) => afterPause(member, clock, error));
      // It may have left meanwhile, and must not be taken for live.
      if (!isRead || member.gone) continue;
    }
    // From here to the end nothing is awaited, so no live frame can slip between page and goLive.
    room.recent.continue(page, room.position.offset);
    const more = page.last < room.position.offset;
    if (member.after && !member.greeted) {
      if (member.start!.recovered) meter.resumed++;
      else meter.notResumed++;
    }
    writeJoined(room, member, page, more);
    if (!more) {
      room.goLive(member);
      // Nothing else asks for it, and there may be many members.
      member.start = undefined;
      return;
    }
    if (!(await member.outbox.drained())) return;
  }
}

function decide(room: Room, member: Member, history: number): void {
  const { epoch, offset } = room.position;
  const beginning = Math.max(0, offset - LIMITS.firstJoinMessages);
  member.start = { epoch, recovered: false };
  member.cursor = beginning;
  if (!member.after) return;
  const shared = sharedHistory(member.after, { epoch, offset, lineage: room.lineage });
  const reason = shared.reason ?? (offset - shared.offset > history ? 'too-old' : undefined);
  if (reason) {
    member.start.reason = reason;
  } else {
    member.start.recovered = true;
    member.cursor = shared.offset;
  }
}

// Fills a page from the stream; false when the member has to start over from another cursor.
async function readPage(room: Room, member: Member, page: Page): Promise<boolean> {
  const { head, messages } = await room.reads.after(page.last);
  if (head.epoch !== room.position.epoch) {
    room.reads.clear();
    await room.sync();
    return false;
  }
  if (member.cursor !== page.last || (member.start!.epoch !== head.epoch && !member.greeted)) return false;
  const first = messages[0]?.offset ?? head.offset + 1;
  if (first > page.last + 1) {
    if (member.start!.recovered && !member.greeted) {
      // Trimmed sooner than HISTORY promises, for instance under a smaller setting.
      member.start = { epoch: head.epoch, recovered: false, reason: 'too-old' };
      const { offset } = room.position;
      member.cursor = Math.max(0, offset - LIMITS.firstJoinMessages, Math.min(first - 1, offset));
      return false;
    }
    page.last = Math.min(first - 1, room.position.offset);
    // Trimmed while it was on its way, and slow.
    if (member.greeted) member.outbox.push(room.resetFrame(page.last, 'too-old'));
  }
  for (const { offset, json } of messages) {
    if (offset > room.position.offset || !page.add(offset, json)) break;
  }
  return true;
}

// Whoever has been told `joined` is in the room: an error now would be taken for the answer to something else.
async function afterPause(member: Member, clock: Clock, error: unknown): Promise<false> {
  if (!member.greeted) throw error;
  await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
  return false;
}

function writeJoined(room: Room, member: Member, page: Page, more: boolean): void {
  const { recovered, reason } = member.start!;
  const first = !member.greeted;
  member.cursor = page.last;
  member.greeted = true;
  member.outbox.push(
    messagesFrame(
      {
        type: 'joined',
        room: room.name,
        epoch: room.position.epoch,
        offset: page.last,
        recovered,
        ...(reason && { reason }),
        ...(more && { more }),
        ...(first && { members: room.presence.members() }),
      },
      page.messages,
    ),
  );
}
