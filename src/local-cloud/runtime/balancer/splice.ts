import type { Socket } from 'node:net';
import type { Target } from './target.ts';

/** How long the other end may take to swallow what is left for it once one end is gone, in milliseconds. */
const lastBytes = 5_000;

/**
 * Joins a client and a target, bytes in both directions and backpressure with them, until either end closes or `idleMs`
 * pass without a byte; counts as one exchange of `member` until both are gone. It keeps hold of nothing but the two
 * sockets: thousands of these are open at once.
 */
export function splice(client: Socket, target: Socket, idleMs: number, member: Target): void {
  const cut = () => {
    client.destroy();
    target.destroy();
  };
  const exchange = { cut };
  member.begin(exchange);
  join(client, target);
  join(target, client);
  // All bytes pass through the client's socket, so one timer is enough. TCP keep-alive is not seen here and never counts.
  client.removeAllListeners('timeout');
  client.on('timeout', cut);
  client.setTimeout(idleMs);
  target.setTimeout(0);
  const gone = () => {
    if (client.closed && target.closed) member.end(exchange);
  };
  client.on('close', gone);
  target.on('close', gone);
}

/** For sockets whose `close` says all there is to say. */
export function ignoreError(): void {}

function join(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    // Nothing is read while the other end has not taken what was read before: memory stays within one buffer each way.
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', ignoreError);
  from.on('close', () => {
    if (to.destroyed) return;
    to.destroySoon();
    if (!to.destroyed) {
      const timer = setTimeout(() => to.destroy(), lastBytes);
      to.once('close', () => clearTimeout(timer));
    }
  });
}
