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

/** A word of a command; what was read of a server goes back as the bytes that it was. */
export type Word = string | Buffer;

/** Text, one character per byte, or a list. */
export type Answer = string | Answer[];

/** Sends commands to a cache server over a connection of their own. Resolves with the answers; rejects with the first refusal, or after `timeout` milliseconds. */
export function ask(at: CacheAddress, commands: Word[][], timeout = 1000): Promise<Answer[]> {
  if (commands.length === 0) return Promise.resolve([]);
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
      const refusal = answers.find((answer) => typeof answer === 'string' && answer.startsWith('-'));
      if (refusal !== undefined) return fail(String(refusal).slice(1));
      if (answers.length < all.length) return undefined;
      socket.destroy();
      return resolve(answers.slice(all.length - commands.length));
    });
    socket.write(Buffer.concat(all.map(encoded)));
  });
}

/** Whether the cache server that answers at an address is the process with this id, and not a stranger who had the port before. */
export async function answersAs(pid: number, at: CacheAddress): Promise<boolean> {
  try {
    const [about = ''] = await ask(at, [['INFO', 'server'], ['PING']]);
    return String(about).includes(`process_id:${pid}\r\n`);
  } catch {
    return false;
  }
}

function dial({ host, port, authority }: CacheAddress): Socket {
  return authority === undefined ? connect({ host, port }) : connectSecurely({ host, port, ca: authority });
}

/** In the protocol that Redis and Valkey share. */
function encoded(words: Word[]): Buffer {
  const parts = words.flatMap((word) => [`$${Buffer.byteLength(word)}\r\n`, word, '\r\n']);
  return Buffer.concat([`*${words.length}\r\n`, ...parts].map((part) => Buffer.from(part)));
}

/** The answers that are complete: lines, bulk strings and lists of those; a refusal keeps its `-`. */
function answersIn(received: string): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; ;) {
    const read = answerAt(received, at);
    if (read === undefined) return answers;
    answers.push(read.answer);
    at = read.end;
  }
}

function answerAt(received: string, at: number): { answer: Answer; end: number } | undefined {
  const lineEnd = received.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = received.slice(at, lineEnd);
  let end = lineEnd + 2;
  if (line.startsWith('*')) {
    const items: Answer[] = [];
    while (items.length < Number(line.slice(1))) {
      const item = answerAt(received, end);
      if (item === undefined) return undefined;
      items.push(item.answer);
      ({ end } = item);
    }
    return { answer: items, end };
  }
  if (!line.startsWith('$')) return { answer: line.startsWith('-') ? line : line.slice(1), end };
  const length = Number(line.slice(1));
  if (length < 0) return { answer: '', end };
  if (received.length < end + length + 2) return undefined;
  return { answer: received.slice(end, end + length), end: end + length + 2 };
}
