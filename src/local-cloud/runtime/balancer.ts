import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Configure, FromBalancer, ListenerTraffic, TargetReport } from './balancer/messages.ts';
import type { Balancer, BalancerListener, BalancerTargetGroup, TargetHealth } from './data-plane.ts';

export interface BalancerOptions {
  /** `balancer/main.ts` as JavaScript. */
  entry: string;
  /** Called with the process's id when it starts and when it is gone, so that it can be put on record. */
  started?(pid: number): void;
  ended?(pid: number): void;
}

/** The load balancer process as the daemon holds it. */
export interface BalancerProcess extends Balancer {
  /** Undefined while there is none: it starts with the first listener or target group. */
  readonly pid: number | undefined;
  /** Ends the process and resolves when it is gone; its ports are closed then. */
  close(): Promise<void>;
}

/** A process that ends by itself is started again after this many milliseconds, twice as many each further time within a minute. */
const restartDelay = { first: 50, longest: 5_000, forgetAfter: 60_000 };

type Wanted = Pick<Configure, 'listeners' | 'targetGroups'>;
type Waiting = { resolve(): void; reject(error: Error): void };

/** Keeps one load balancer process running with the state last asked for; it is started again, ports and all, should it die. */
export function startBalancer(options: BalancerOptions): BalancerProcess {
  const cookieKey = randomBytes(32).toString('base64');
  const listeners = new Set<() => void>();
  const waiting = new Map<number, Waiting>();
  let inForce: Wanted = { listeners: [], targetGroups: [] };
  let reports = new Map<string, TargetReport>();
  let traffic = new Map<string, ListenerTraffic>();
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let restartAfter = restartDelay.first;
  let startedAt = 0;
  let lastId = 0;
  let closing = false;
  let queue = Promise.resolve();

  function start(): ChildProcess {
    startedAt = performance.now();
    // No environment: nothing of the daemon's (keys, NODE_OPTIONS) is this process's business.
    const started = fork(options.entry, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: {},
    });
    const { pid } = started;
    if (pid !== undefined) options.started?.(pid);
    started.on('message', (message: FromBalancer) => heard(message));
    // A process that could not even be started has no pid and no exit.
    started.on('error', () => {
      if (pid === undefined) gone(started);
    });
    started.once('exit', () => {
      if (pid !== undefined) options.ended?.(pid);
      gone(started);
    });
    return started;
  }

  function gone(process: ChildProcess): void {
    if (child !== process) return;
    child = undefined;
    traffic = new Map();
    for (const asked of waiting.values()) asked.reject(new Error('the load balancer process ended'));
    waiting.clear();
    if (closing) return;
    if (performance.now() - startedAt > restartDelay.forgetAfter) restartAfter = restartDelay.first;
    restart = setTimeout(() => void bringBack(), restartAfter);
    restartAfter = Math.min(restartAfter * 2, restartDelay.longest);
  }

  /** A port that somebody else took in the meantime is tried again until it is free. */
  function bringBack(): Promise<void> {
    return enqueue(() => ask(inForce)).catch(() => {
      if (child === undefined || closing) return;
      restart = setTimeout(() => void bringBack(), restartAfter);
      restartAfter = Math.min(restartAfter * 2, restartDelay.longest);
    });
  }

  function heard(message: FromBalancer): void {
    if (message.type === 'health') {
      reports = new Map(message.targets.map((report) => [keyOf(report), report]));
      for (const listener of listeners) listener();
      return;
    }
    if (message.type === 'traffic') {
      traffic = new Map(message.listeners.map((one) => [one.listenerArn, one]));
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) asked?.resolve();
    else asked?.reject(Object.assign(new Error(message.error.message), message.error));
  }

  function ask(wanted: Wanted): Promise<void> {
    return new Promise((resolve, reject) => {
      if (closing) return reject(new Error('the load balancer is closed'));
      // Only a fresh process needs to be told what the one before it knew.
      const known = child === undefined ? [...reports.values()] : [];
      const healthy = known
        .filter(({ health }) => health.state === 'healthy')
        .map(({ targetGroupArn, targetId }) => ({ targetGroupArn, targetId }));
      child ??= start();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      const message: Configure = { type: 'configure', id: lastId, ...wanted, cookieKey, healthy };
      // A process that dies meanwhile is seen by its exit.
      child.send(message, () => undefined);
    });
  }

  /** One at a time, so that the state in force is always the last one that succeeded. */
  function enqueue(run: () => Promise<void>): Promise<void> {
    const result = queue.then(run);
    queue = result.catch(() => undefined);
    return result;
  }

  return {
    get pid() {
      return child?.pid;
    },
    configure(wantedListeners: BalancerListener[], targetGroups: BalancerTargetGroup[]) {
      const wanted: Wanted = { listeners: wantedListeners, targetGroups };
      return enqueue(async () => {
        if (child === undefined && wantedListeners.length + targetGroups.length === 0) {
          inForce = wanted;
          return;
        }
        await ask(wanted);
        inForce = wanted;
      });
    },
    health(targetGroupArn: string, targetId: string): TargetHealth | undefined {
      return reports.get(keyOf({ targetGroupArn, targetId }))?.health;
    },
    traffic: (listenerArn) => traffic.get(listenerArn),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing = true;
      clearTimeout(restart);
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function keyOf({ targetGroupArn, targetId }: { targetGroupArn: string; targetId: string }): string {
  return `${targetGroupArn} ${targetId}`;
}
