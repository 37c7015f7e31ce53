import type { Entry } from './presence.ts';

/** What a room's channel carries. */
export type Announcement =
  | { kind: 'message'; epoch: string; offset: number; tail: Buffer }
  | { kind: 'presence'; node: string; entry: Entry }
  | { kind: 'typing'; json: Buffer };

const SPACE = 0x20;

/** Reads a pub/sub payload; undefined for one of a version that this node does not know. */
export function parseAnnouncement(payload: Buffer): Announcement | undefined {
  switch (payload.toString('latin1', 0, 3)) {
    case 'M1 ': {
      const epochEnd = payload.indexOf(SPACE, 3);
      const offsetEnd = payload.indexOf(SPACE, epochEnd + 1);
      return {
        kind: 'message',
        epoch: payload.toString('latin1', 3, epochEnd),
        offset: Number(payload.toString('latin1', epochEnd + 1, offsetEnd)),
        tail: payload.subarray(offsetEnd + 1),
      };
    }
    case 'P1 ': {
      const nodeEnd = payload.indexOf(SPACE, 3);
      return {
        kind: 'presence',
        node: payload.toString('utf8', 3, nodeEnd),
        entry: JSON.parse(payload.toString('utf8', nodeEnd + 1)) as Entry,
      };
    }
    case 'T1 ':
      return { kind: 'typing', json: payload.subarray(3) };
    default:
      return undefined;
  }
}
