// The load process of the storm: raw clients that know where they are in their rooms, and come back at once when their node is
// gone. Told over IPC what to do, it answers when it is done. Ends with its parent.
import { randomUUID } from 'node:crypto';
import { Connection } from '../../src/load/connection.ts';
import { Histogram } from '../../src/load/histogram.ts';

/** Opened in one turn of 10 ms, at first; the storm has no such politeness. */
const batch = 20;
const retryMs = 500;
const now = () => performance.now();

let clients = [];
let witnesses = [];
let port;
/** Where a client goes. */
let host;

const answers = { open, speak, back };
process.on('message', ({ type, ...what }) => {
  // What fails ends the process, and so the bench.
  void answers[type](what).then((answer) => process.send({ type, ...answer }));
});
process.on('disconnect', () => process.exit(0));

/** All clients on the first host, and in each room one that stays, on the second. */
async function open({ hosts, port: where, count, roomSize }) {
  port = where;
  host = hosts[1];
  const rooms = Array.from({ length: Math.ceil(count / roomSize) }, (_, room) => `storm-${room}`);
  witnesses = rooms.map(newClient);
  await enter(witnesses);
  host = hosts[0];
  clients = Array.from({ length: count }, (_, index) => newClient(rooms[Math.floor(index / roomSize)]));
  await enter(clients);
  // Their node is the one that dies: they find the other one.
  host = hosts[1];
}

/** Something to have missed. */
async function speak({ messages }) {
  for (const { say, room } of witnesses) {
    for (let n = 0; n < messages; n += 1)
      say({ type: 'send', room, cid: `c${n}`, text: 'while you were away' });
  }
  while (witnesses.some(({ sent }) => sent < messages)) await turn(10);
}

/** Resolves when all clients are back: how long that took each of them (ms), and what went wrong on the way. */
async function back({ missed }) {
  while (clients.some(({ backAt }) => backAt === undefined)) await turn(10);
  const latency = new Histogram();
  for (const { cutAt, backAt } of clients) latency.record(backAt - cutAt);
  const failures = {};
  for (const { failed } of clients)
    for (const reason of failed) failures[reason] = (failures[reason] ?? 0) + 1;
  const resumed = clients.filter((client) => client.recovered && client.caughtUp === missed).length;
  return { resumed, failures, ...latency.percentiles() };
}

async function enter(all) {
  for (let at = 0; at < all.length; at += batch) {
    for (const client of all.slice(at, at + batch)) connect(client);
    await turn(10);
  }
  while (all.some(({ isIn }) => !isIn)) await turn(10);
}

function newClient(room) {
  return { id: randomUUID(), room, isIn: false, recovered: false, caughtUp: 0, sent: 0, failed: [] };
}

function connect(client) {
  const target = { tls: false, host: `${host}:${port}`, hostname: host, port, path: '/ws' };
  const say = (frame) => connection.send(JSON.stringify(frame));
  client.say = say;
  const connection = new Connection(
    { target, address: host, cookies: [] },
    {
      opened: () => say({ type: 'hello', client: client.id, name: 'storm' }),
      text(buffer, start, end) {
        const frame = buffer.utf8Slice(start, end);
        if (frame.startsWith('{"type":"welcome"')) say({ type: 'join', room: client.room, after: client.at });
        else if (frame.startsWith('{"type":"joined"')) joined(client, JSON.parse(frame));
        else if (frame.startsWith('{"type":"sent"')) client.sent += 1;
        else if (frame.startsWith('{"type":"error"')) client.failed.push(JSON.parse(frame).code);
      },
      closed(cause) {
        const wasIn = client.isIn;
        client.isIn = false;
        if (!wasIn) client.failed.push(cause.reason ?? `${cause.status ?? cause.code}`);
        client.cutAt ??= now();
        // At once, and not spread as the page and the load test do it.
        if (wasIn) connect(client);
        else setTimeout(connect, retryMs, client);
      },
    },
  );
}

function joined(client, { epoch, offset, recovered, messages, more }) {
  client.at = { epoch, offset };
  if (client.cutAt !== undefined) {
    client.recovered = recovered;
    client.caughtUp += messages.length;
  }
  if (more) return;
  client.isIn = true;
  if (client.cutAt !== undefined) client.backAt ??= now();
}

function turn(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
