import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Where a cache server answers, and what it wants to hear first. */
export interface CacheAddress {
  host: string;
  port: number;
  passwords?: readonly string[] | undefined;
  /** PEM; where it is given, the connection is encrypted. */
  authority?: string | undefined;
}

/** Sends commands to a cache server over a connection of their own. Resolves with the answers as text; rejects with the first refusal, or after `timeout` milliseconds. */
export function ask(at: CacheAddress, commands: string[][], timeout = 1000): Promise<string[]> {
  const password = at.passwords?.at(-1);
  const all = password === undefined ? commands : [['AUTH', password], ...commands];
  return new Promise((resolve, reject) => {
    const socket = dial(at);
    let received = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.setTimeout(timeout, () => fail('no answer in time'));
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', () => fail('the connection was closed'));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      const answers = answersIn(received);
      const refusal = answers.find((answer) => answer.startsWith('-'));
      if (refusal !== undefined) return fail(refusal.slice(1));
      if (answers.length < all.length) return undefined;
      socket.destroy();
      return resolve(answers.slice(all.length - commands.length));
    });
    socket.write(all.map(encoded).join(''));
  });
}

/** Whether the cache server that answers at an address is the process with this id, and not a stranger who had the port before. */
export async function answersAs(pid: number, at: CacheAddress): Promise<boolean> {
  try {
    const [about = ''] = await ask(at, [['INFO', 'server'], ['PING']]);
    return about.includes(`process_id:${pid}\r\n`);
  } catch {
    return false;
  }
}

function dial({ host, port, authority }: CacheAddress): Socket {
  return authority === undefined ? connect({ host, port }) : connectSecurely({ host, port, ca: authority });
}

/** In the protocol that Redis and Valkey share. */
function encoded(words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** The answers that are complete: lines and bulk strings; a refusal keeps its `-`. */
function answersIn(received: string): string[] {
  const answers: string[] = [];
  for (let at = 0; ;) {
    const end = received.indexOf('\r\n', at);
    if (end < 0) return answers;
    const line = received.slice(at, end);
    const bulk = line.startsWith('$') ? Math.max(0, Number(line.slice(1)) + 2) : 0;
    if (received.length < end + 2 + bulk) return answers;
    if (line.startsWith('$')) answers.push(received.slice(end + 2, end + bulk));
    else answers.push(line.startsWith('-') ? line : line.slice(1));
    at = end + 2 + bulk;
  }
}
