// Socket.IO with one of its Redis adapters, as its docs show it: rooms, acknowledgements, WebSocket only, no compression.
import { createServer } from 'node:http';
import * as redisAdapter from '@socket.io/redis-adapter';
import * as streamsAdapter from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

const redis = new Redis(process.env.REDIS_URL);
const adapters = {
  redis: () => redisAdapter.createAdapter(redis, redis.duplicate()),
  sharded: () => redisAdapter.createShardedAdapter(redis, redis.duplicate()),
  streams: () => streamsAdapter.createAdapter(redis),
};

const http = createServer();
const io = new Server(http, {
  adapter: adapters[process.argv[2]](),
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});

io.on('connection', (socket) => {
  socket.on('join', async ({ client, name, room }, done) => {
    Object.assign(socket.data, { client, name });
    await socket.join(room);
    done({ room });
  });
  socket.on('send', ({ room, cid, text }, done) => {
    const { client, name } = socket.data;
    io.to(room).emit('message', { room, from: name, client, cid, text, at: Date.now() });
    done({ cid });
  });
});

http.listen(Number(process.env.PORT), process.env.HOST);
