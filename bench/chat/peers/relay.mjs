// What one would write in an afternoon: ws and ioredis, one stream and one channel per room. It speaks enough of the
// protocol for the load generator and promises nothing: no resume, no epochs, no presence, no limits, no order across nodes.
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

const commands = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });
const subscriber = new Redis(process.env.REDIS_URL);
const rooms = new Map();
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on('connection', (socket) => {
  const joined = new Set();
  let client;
  let name;
  const answer = (frame) => socket.send(JSON.stringify(frame));
  socket.on('message', (data) => void take(JSON.parse(data)));
  socket.on('close', () => {
    for (const room of joined) room.members.delete(socket);
  });

  async function take(frame) {
    if (frame.type === 'hello') {
      ({ client, name } = frame);
      answer({ type: 'welcome', session: client, user: name, node: 'relay', heartbeatMs: 3_600_000 });
    } else if (frame.type === 'join') {
      const room = await roomNamed(frame.room);
      room.members.add(socket);
      joined.add(room);
      const place = { epoch: 'relay', offset: room.offset, recovered: false };
      answer({ type: 'joined', room: frame.room, ...place, messages: [] });
    } else if (frame.type === 'send') {
      const { room, cid, text } = frame;
      const message = { from: name, client, cid, text, at: Date.now() };
      const id = await commands.xadd(
        `${room}:stream`,
        'MAXLEN',
        '~',
        1000,
        '0-*',
        'm',
        JSON.stringify(message),
      );
      const offset = Number(id.slice(2));
      await commands.publish(room, JSON.stringify({ type: 'message', room, offset, ...message }));
      answer({ type: 'sent', room, cid, offset });
    }
  }
});

subscriber.on('message', (name, text) => {
  const room = rooms.get(name);
  room.offset++;
  for (const socket of room.members) socket.send(text);
});

async function roomNamed(name) {
  const known = rooms.get(name);
  if (known) return known;
  const room = { members: new Set(), offset: 0 };
  rooms.set(name, room);
  await subscriber.subscribe(name);
  return room;
}

http.listen(Number(process.env.PORT), process.env.HOST);
