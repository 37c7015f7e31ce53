// The least that a relay can do: no stream, one PUBLISH per message, one frame for all members, written to their sockets as it is.
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Sender, WebSocketServer } from 'ws';

const commands = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });
const subscriber = new Redis(process.env.REDIS_URL);
const rooms = new Map();
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on('connection', (socket, { socket: raw }) => {
  const joined = new Set();
  let client;
  let name;
  const answer = (frame) => socket.send(JSON.stringify(frame));
  socket.on('message', (data) => void take(JSON.parse(data)));
  socket.on('close', () => {
    for (const members of joined) members.delete(raw);
  });

  async function take(frame) {
    if (frame.type === 'hello') {
      ({ client, name } = frame);
      answer({ type: 'welcome', session: client, user: name, node: 'relay', heartbeatMs: 3_600_000 });
    } else if (frame.type === 'join') {
      const members = await membersOf(frame.room);
      members.add(raw);
      joined.add(members);
      answer({ type: 'joined', room: frame.room, messages: [] });
    } else if (frame.type === 'send') {
      const { room, cid, text } = frame;
      const message = { type: 'message', room, from: name, client, cid, text, at: Date.now() };
      await commands.publish(room, JSON.stringify(message));
      answer({ type: 'sent', room, cid });
    }
  }
});

subscriber.on('messageBuffer', (name, payload) => {
  const [head, body] = Sender.frame(payload, {
    fin: true,
    opcode: 1,
    mask: false,
    rsv1: false,
    readOnly: true,
  });
  const frame = body ? Buffer.concat([head, body]) : head;
  for (const socket of rooms.get(name.toString())) socket.write(frame);
});

async function membersOf(name) {
  const known = rooms.get(name);
  if (known) return known;
  const members = new Set();
  rooms.set(name, members);
  await subscriber.subscribe(name);
  return members;
}

http.listen(Number(process.env.PORT), process.env.HOST);
