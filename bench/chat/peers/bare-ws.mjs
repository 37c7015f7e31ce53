// A WebSocket server that does nothing: it answers hello and join, and keeps neither rooms nor names.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type } = JSON.parse(data);
    socket.send(JSON.stringify({ type: type === 'hello' ? 'welcome' : 'joined', messages: [] }));
  });
});

http.listen(Number(process.env.PORT), process.env.HOST);
