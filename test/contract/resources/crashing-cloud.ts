import type { Cloud } from '../../../src/aws/cloud.ts';
import { isWrite } from '../../../src/aws/operations.ts';

interface Client {
  send(command: object): Promise<unknown>;
}

/**
 * The same cloud as a process sees it that is killed at its `at`-th writing call: the call is performed (`after`)
 * or not (`before`), its answer never arrives, and no call after it leaves.
 */
export function crashingCloud(cloud: Cloud, at: number, when: 'before' | 'after') {
  let writes = 0;
  const send = async (client: Client, command: object): Promise<unknown> => {
    if (writes >= at) throw new Error('killed');
    if (isWrite(command.constructor.name.replace(/Command$/, ''))) writes += 1;
    if (writes < at) return client.send(command);
    if (when === 'after') await client.send(command);
    throw new Error('killed');
  };
  const wrapped = Object.entries(cloud).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [name, value];
    const client = value as Client;
    const proxy = new Proxy(client, {
      get: (_target, key) =>
        key === 'send' ? (command: object) => send(client, command) : Reflect.get(client, key),
    });
    return [name, proxy];
  });
  return { cloud: Object.fromEntries(wrapped) as Cloud, writes: () => writes };
}
