import type { ChatClient, Message } from './chat-client.ts';

/** What one connection was told about a room, in the order of the wire. */
export interface Testimony {
  /** Each message with the epoch that it came in. */
  seen: { epoch: string; offset: number; cid: string }[];
  /** The messages among them that no `reset` took back. */
  kept: string[];
  resets: { epoch: string; offset: number; reason: string }[];
  /** Gaps and repetitions, in words. */
  problems: string[];
}

/** Reads the frames of a connection that has joined the room once. */
export function testimonyOf(chat: ChatClient, room: string): Testimony {
  const told: Testimony = { seen: [], kept: [], resets: [], problems: [] };
  let epoch = '';
  let offset = -1;
  const take = (message: Message) => {
    if (offset >= 0 && message.offset !== offset + 1)
      told.problems.push(`${room}: ${message.offset} after ${offset} in ${epoch}`);
    offset = message.offset;
    told.seen.push({ epoch, offset, cid: message.cid });
    told.kept.push(message.cid);
  };
  for (const frame of chat.frames) {
    if (frame['room'] !== room) continue;
    if (frame.type === 'joined') {
      epoch = String(frame['epoch']);
      for (const message of frame['messages'] as Message[]) take(message);
      offset = Number(frame['offset']);
    } else if (frame.type === 'message') {
      take(frame as unknown as Message);
    } else if (frame.type === 'reset') {
      epoch = String(frame['epoch']);
      const takenBack = Math.max(0, offset - Number(frame['offset']));
      told.kept.splice(Math.max(0, told.kept.length - takenBack));
      offset = Number(frame['offset']);
      told.resets.push({ epoch, offset, reason: String(frame['reason']) });
    }
  }
  return told;
}

/** What several connections cannot both have been told: two messages at one offset of one epoch. */
export function contradictions(room: string, testimonies: Testimony[]): string[] {
  const at = new Map<string, string>();
  return testimonies.flatMap(({ seen }) =>
    seen.flatMap(({ epoch, offset, cid }) => {
      const place = `${epoch}:${offset}`;
      const other = at.get(place) ?? cid;
      at.set(place, cid);
      return other === cid ? [] : [`${room}: ${other} and ${cid} at ${place}`];
    }),
  );
}
