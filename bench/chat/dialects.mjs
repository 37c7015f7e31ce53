// What a client of each kind of server says and hears on its WebSocket. A client is in one room and knows its own `id`, `room` and `say`.

const chat = {
  path: '/ws',
  message: '{"type":"message"',
  hello: ({ id }) => JSON.stringify({ type: 'hello', client: id, name: `guest ${id.slice(0, 4)}` }),
  /** Answers what is no message; true once the client is in its room. */
  take(frame, { room, say }) {
    if (frame.startsWith('{"type":"joined"')) return true;
    if (frame.startsWith('{"type":"welcome"')) say(JSON.stringify({ type: 'join', room }));
    else if (frame.startsWith('{"type":"ping"')) say('{"type":"pong"}');
    else if (frame.startsWith('{"type":"error"')) throw new Error(frame);
    return false;
  },
  send: ({ room }, cid, text) => JSON.stringify({ type: 'send', room, cid, text }),
};

// Engine.IO 4 and Socket.IO 5: "0" open, "2" ping, "3" pong; "40" connect, "42" event, "42<id>" event that wants an answer, "43<id>" the answer.
const socketIo = {
  path: '/socket.io/?EIO=4&transport=websocket',
  message: '42["message"',
  hello: () => undefined,
  take(frame, { id, room, say }) {
    if (frame === '2') say('3');
    else if (frame.startsWith('0{')) say('40');
    else if (frame.startsWith('40{')) {
      say(`420${JSON.stringify(['join', { client: id, name: `guest ${id.slice(0, 4)}`, room }])}`);
    } else if (frame.startsWith('44')) throw new Error(frame);
    return frame.startsWith('430[');
  },
  send: ({ room }, cid, text) => `421${JSON.stringify(['send', { room, cid, text }])}`,
};

export const dialects = { chat, 'socket.io': socketIo };
