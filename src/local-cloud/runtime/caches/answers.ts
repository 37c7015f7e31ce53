import { connect } from 'node:net';

/** Whether the cache server that answers at an address within `timeout` milliseconds is the process with this id, and not a stranger who had the port before. */
export function answersAs(
  pid: number,
  { host, port, password }: { host: string; port: number; password?: string | undefined },
  timeout = 1000,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let answer = '';
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(timeout, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('connect', () => {
      if (password !== undefined) socket.write(command('AUTH', password));
      socket.write(command('INFO', 'server') + command('PING'));
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (/^-/m.test(answer)) end(false);
      else if (answer.includes('+PONG\r\n')) end(answer.includes(`process_id:${pid}\r\n`));
    });
  });
}

/** In the protocol that Redis and Valkey share. */
function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
