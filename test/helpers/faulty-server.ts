import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** What a faulty server does wrong with one delivery; a swapped message is sent after the member's next one. */
export type DeliveryFault = 'drop' | 'repeat' | 'swap';

/** When the server misbehaves. Deliveries are counted from 1 over all members, sends from 1 over all clients. */
export interface Faults {
  delivery?(number: number): DeliveryFault | undefined;
  /** Whether a send is answered with `sent`. */
  acknowledges?(number: number): boolean;
  /** Whether a send is acknowledged without being kept. */
  swallows?(number: number): boolean;
  /** Whether a send is refused with an error that may be retried. */
  refuses?(number: number): boolean;
  /** The code with which the sender's connection is closed after a send; 1006 cuts it. */
  closesAfter?(number: number): number | undefined;
  /** Whether the sender is asked to come back after a send. */
  asksToReconnectAfter?(number: number): boolean;
  /** Answers every resume with `recovered: false`, from the room's present end. */
  losesHistory?: boolean;
  /** Takes nobody back: 4401. */
  refusesResumes?: boolean;
}

/** What the server has really done. */
export interface Done {
  sends: number;
  deliveries: number;
  dropped: number;
  repeated: number;
  swapped: number;
  swallowed: number;
  refused: number;
  /** `sent` with `duplicate: true`. */
  duplicateAnswers: number;
  closed: number;
  resumes: number;
  /** Messages that resumes were not given. */
  forgotten: number;
}

/** A small server of the protocol, right in everything but its faults, which it counts. */
export interface FaultyServer {
  url: string;
  done: Done;
  connections(): number;
  /** Messages that were said in the rooms of closed clients after they had been closed. */
  saidAfterClosing(): number;
  close(): Promise<void>;
}

interface Room {
  name: string;
  /** The message with offset n is at n - 1, as JSON from `"from"` on. */
  history: string[];
  members: Set<Session>;
  /** Offsets by client and cid. */
  known: Map<string, number>;
}

interface Session {
  socket: WebSocket;
  client: string;
  room?: Room;
  /** A frame that waits for the next one to go first. */
  held?: string;
}

type Fields = Record<string, unknown>;

const pageSize = 3;

/** Starts a faulty server on a free loopback port. */
export async function faultyServer(faults: Faults = {}): Promise<FaultyServer> {
  const rooms = new Map<string, Room>();
  const closedAt: { room: Room; offset: number }[] = [];
  const done: Done = {
    sends: 0,
    deliveries: 0,
    dropped: 0,
    repeated: 0,
    swapped: 0,
    swallowed: 0,
    refused: 0,
    duplicateAnswers: 0,
    closed: 0,
    resumes: 0,
    forgotten: 0,
  };
  const write = ({ socket }: Session, frame: Fields) => socket.send(JSON.stringify(frame));

  function roomOf(name: string): Room {
    const room = rooms.get(name) ?? { name, history: [], members: new Set(), known: new Map() };
    rooms.set(name, room);
    return room;
  }

  function deliver(session: Session, frame: string): void {
    const { socket, held } = session;
    done.deliveries += 1;
    const fault = held === undefined ? faults.delivery?.(done.deliveries) : undefined;
    if (fault === 'swap') {
      done.swapped += 1;
      session.held = frame;
      return;
    }
    if (fault === 'drop') done.dropped += 1;
    else socket.send(frame);
    if (fault === 'repeat') {
      done.repeated += 1;
      socket.send(frame);
    }
    if (held === undefined) return;
    socket.send(held);
    session.held = undefined;
  }

  function join(session: Session, { room: name, after }: Fields): void {
    const room = roomOf(name as string);
    const end = room.history.length;
    const at = (after as { offset: number } | undefined)?.offset;
    if (at !== undefined) done.resumes += 1;
    if (at !== undefined && faults.refusesResumes === true) return session.socket.close(4401);
    const recovered = at !== undefined && faults.losesHistory !== true;
    if (at !== undefined && !recovered) done.forgotten += end - at;
    session.room = room;
    room.members.add(session);
    let from = recovered ? at : end;
    do {
      const to = Math.min(end, from + pageSize);
      const messages = room.history
        .slice(from, to)
        .map((_, index) => JSON.parse(frameOf(room, from + index + 1)) as Fields);
      const more = to < end ? { more: true } : {};
      write(session, { type: 'joined', room: name, epoch: 'e1', offset: to, recovered, ...more, messages });
      from = to;
    } while (from < end);
  }

  function send(session: Session, { cid, text }: Fields): void {
    done.sends += 1;
    const number = done.sends;
    const room = session.room!;
    const about = { room: room.name, cid };
    if (faults.refuses?.(number) === true) {
      done.refused += 1;
      return write(session, {
        type: 'error',
        code: 'unavailable',
        message: 'later',
        ...about,
        retryable: true,
      });
    }
    const key = `${session.client} ${String(cid)}`;
    const before = room.known.get(key);
    let offset = before ?? room.history.length + 1;
    if (faults.swallows?.(number) === true) {
      done.swallowed += 1;
      offset = room.history.length;
    } else if (before === undefined) {
      // Every second name makes a reader unescape.
      const from = offset % 2 === 0 ? 'a "name"' : 'a name';
      room.history.push(JSON.stringify({ from, client: session.client, cid, text, at: Date.now() }).slice(1));
      room.known.set(key, offset);
      for (const member of room.members) deliver(member, frameOf(room, offset));
    } else {
      done.duplicateAnswers += 1;
    }
    if (faults.acknowledges?.(number) !== false) {
      write(session, { type: 'sent', ...about, offset, ...(before !== undefined && { duplicate: true }) });
    }
    if (faults.asksToReconnectAfter?.(number) === true) write(session, { type: 'reconnect', afterMs: 50 });
    const code = faults.closesAfter?.(number);
    if (code !== undefined) end(session, room, code);
  }

  function end(session: Session, room: Room, code: number): void {
    done.closed += 1;
    closedAt.push({ room, offset: room.history.length });
    room.members.delete(session);
    if (code === 1006) session.socket.terminate();
    else session.socket.close(code);
  }

  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'chatops.v1' });
  sockets.on('connection', (socket) => {
    const session: Session = { socket, client: '' };
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Fields;
      if (frame['type'] === 'hello') {
        session.client = frame['client'] as string;
        write(session, { type: 'welcome', session: 's', heartbeatMs: 25_000 });
      } else if (frame['type'] === 'join') join(session, frame);
      else if (frame['type'] === 'send') send(session, frame);
    });
    socket.on('close', () => session.room?.members.delete(session));
    socket.on('error', () => undefined);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    done,
    connections: () => sockets.clients.size,
    saidAfterClosing: () => closedAt.reduce((sum, { room, offset }) => sum + room.history.length - offset, 0),
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

function frameOf({ name, history }: Room, offset: number): string {
  return `{"type":"message","room":"${name}","offset":${offset},${history[offset - 1]!}`;
}
