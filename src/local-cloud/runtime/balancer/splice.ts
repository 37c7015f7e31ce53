import type { Socket } from 'node:net';

/** How long the other end may take to swallow what is left for it once one end is gone, in milliseconds. */
const lastBytes = 5_000;

/**
 * Joins two sockets, bytes in both directions and backpressure with them, until either end closes or `idleMs` pass
 * without a byte. `closed` is called once, when both are gone.
 */
export function splice(client: Socket, target: Socket, idleMs: number, closed: () => void): void {
  join(client, target);
  join(target, client);
  // All bytes pass through the client's socket, so one timer is enough. TCP keep-alive is not seen here and never counts.
  client.removeAllListeners('timeout');
  client.on('timeout', () => {
    client.destroy();
    target.destroy();
  });
  client.setTimeout(idleMs);
  target.setTimeout(0);
  let open = 2;
  const gone = () => {
    open -= 1;
    if (open === 0) closed();
  };
  client.on('close', gone);
  target.on('close', gone);
}

function join(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    // Nothing is read while the other end has not taken what was read before: memory stays within one buffer each way.
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  // `close` follows; there is nobody to tell.
  from.on('error', () => undefined);
  from.on('close', () => {
    if (to.destroyed) return;
    to.destroySoon();
    if (!to.destroyed) {
      const timer = setTimeout(() => to.destroy(), lastBytes);
      to.once('close', () => clearTimeout(timer));
    }
  });
}
