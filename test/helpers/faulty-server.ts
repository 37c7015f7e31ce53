import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** What a faulty server does wrong with one delivery of one message. */
export type DeliveryFault = 'drop' | 'repeat' | 'swap';

/** When the server misbehaves. Deliveries are counted from 1 over all members, sends from 1 over all clients. */
export interface Faults {
  /** What happens to a delivery; a swapped one is sent after the member's next message. */
  delivery?(number: number, offset: number): DeliveryFault | undefined;
  /** Whether a send is answered with `sent`. */
  acknowledges?(number: number): boolean;
  /** Whether a send is acknowledged without being kept. */
  swallows?(number: number): boolean;
  /** Refuses a send with an error that may be retried. */
  refuses?(number: number): boolean;
  /** After this many sends the connection of the sender is closed with this code, after its `sent`; 1006 cuts it. */
  closesAfter?(number: number): number | undefined;
  /** Answers every resume with `recovered: false`, from the room's present end. */
  losesHistory?: boolean;
  /** Takes nobody back. */
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
  unanswered: number;
  closed: number;
  resumes: number;
}

/** A small server of the protocol on one node, right in everything but its faults, which it counts. */
export interface FaultyServer {
  url: string;
  done: Done;
  close(): Promise<void>;
}

interface Room {
  /** The message with offset n is at n - 1; JSON from `"from"` on. */
  history: string[];
  members: Set<Session>;
  /** By client and cid. */
  offsets: Map<string, number>;
}

interface Session {
  socket: WebSocket;
  client: string;
  room?: Room;
  /** A frame that waits to be sent after the next one. */
  held?: string;
}

type Fields = Record<string, unknown>;

/** Starts a faulty server on a free loopback port. */
export async function faultyServer(faults: Faults = {}): Promise<FaultyServer> {
  const rooms = new Map<string, Room>();
  const done: Done = {
    sends: 0,
    deliveries: 0,
    dropped: 0,
    repeated: 0,
    swapped: 0,
    swallowed: 0,
    unanswered: 0,
    closed: 0,
    resumes: 0,
  };

  const write = (session: Session, frame: Fields) => session.socket.send(JSON.stringify(frame));

  function deliver(session: Session, name: string, offset: number, tail: string): void {
    done.deliveries += 1;
    const frame = `{"type":"message","room":"${name}","offset":${offset},${tail}`;
    const fault = session.held === undefined ? faults.delivery?.(done.deliveries, offset) : undefined;
    if (fault === 'swap') {
      done.swapped += 1;
      session.held = frame;
      return;
    }
    if (fault === 'drop') done.dropped += 1;
    else session.socket.send(frame);
    if (fault === 'repeat') {
      done.repeated += 1;
      session.socket.send(frame);
    }
    if (session.held !== undefined) {
      session.socket.send(session.held);
      session.held = undefined;
    }
  }

  function join(session: Session, { room: name, after }: Fields): void {
    const room = rooms.get(name as string) ?? { history: [], members: new Set(), offsets: new Map() };
    rooms.set(name as string, room);
    const end = room.history.length;
    const at = (after as { offset: number } | undefined)?.offset;
    if (at !== undefined) done.resumes += 1;
    if (at !== undefined && faults.refusesResumes === true) {
      session.socket.close(4401);
      return;
    }
    const recovered = at !== undefined && faults.losesHistory !== true;
    const from = recovered ? at : end;
    const messages = room.history
      .slice(from)
      .map(
        (tail, index) =>
          JSON.parse(`{"type":"message","room":"x","offset":${from + index + 1},${tail}`) as Fields,
      );
    session.room = room;
    room.members.add(session);
    write(session, {
      type: 'joined',
      room: name,
      epoch: 'e1',
      offset: end,
      recovered,
      messages,
      members: {},
    });
  }

  function send(session: Session, { room: name, cid, text }: Fields): void {
    done.sends += 1;
    const number = done.sends;
    const room = session.room!;
    if (faults.refuses?.(number) === true) {
      write(session, {
        type: 'error',
        code: 'unavailable',
        message: 'later',
        room: name,
        cid,
        retryable: true,
      });
      return;
    }
    const key = `${session.client} ${String(cid)}`;
    const before = room.offsets.get(key);
    let offset = before ?? room.history.length + 1;
    if (faults.swallows?.(number) === true) {
      done.swallowed += 1;
      offset = room.history.length;
    } else if (before === undefined) {
      const { client } = session;
      const tail = JSON.stringify({ from: 'a "name"', client, cid, text, at: Date.now() }).slice(1);
      room.history.push(tail);
      room.offsets.set(key, offset);
      for (const member of room.members) deliver(member, name as string, offset, tail);
    }
    if (faults.acknowledges?.(number) === false) done.unanswered += 1;
    else
      write(session, {
        type: 'sent',
        room: name,
        cid,
        offset,
        ...(before !== undefined && { duplicate: true }),
      });
    const code = faults.closesAfter?.(number);
    if (code === undefined) return;
    done.closed += 1;
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
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
