import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import { getJson } from './get-json.ts';
import type { EcsPlace } from './place.ts';
import type { TargetHealth } from './target-health.ts';
import { describeTargetHealth } from './target-health.ts';
import { TaskRole } from './task-role.ts';

/** What a watch needs besides its place. */
export interface WatchOptions {
  /** The port that the target group knows the task by. */
  port: number;
  clock: Clock;
  log: Logger;
  /** The shortest time between two looks. */
  everyMs: number;
  /** How many nodes look. */
  nodes(): number;
  /** The target has been taken out of the load balancer (true), or put back (false). */
  onChange(leaving: boolean): void;
}

interface Metadata {
  TaskARN: string;
  Containers: { Networks?: { IPv4Addresses?: string[] }[] }[];
}

const NODES_AT_ONCE = 4;
const SLOWEST = 5;
const LONGEST_PAUSE_MS = 60_000;
const FAILURES = 3;

/**
 * Watches this task's own target. ECS sends SIGTERM only when the deregistration delay is over, and the delay is over
 * when the last connection is gone: who leaves as soon as its target drains shortens a deploy by most of the delay.
 */
export class TargetWatch {
  readonly #place: EcsPlace;
  readonly #options: WatchOptions;
  readonly #role: TaskRole;
  /** Where it may be registered: as soon as that is known, the one group where it is. */
  #groups: string[];
  #address = '';
  #registered = false;
  #leaving = false;
  #failures = 0;
  #cancel = () => {};
  #stopped = false;

  constructor(place: EcsPlace, options: WatchOptions) {
    this.#place = place;
    this.#groups = place.targetGroupArns;
    this.#options = options;
    this.#role = new TaskRole(place);
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { clock, log, port } = this.#options;
    try {
      this.#address ||= await this.#ownAddress();
      const healths = await Promise.all(
        this.#groups.map(async (targetGroupArn) => {
          const target = { targetGroupArn, id: this.#address, port };
          return describeTargetHealth(this.#place, target, this.#role, clock.now());
        }),
      );
      if (this.#failures >= FAILURES) log.info('target watched again');
      this.#failures = 0;
      if (!this.#stopped) this.#take(healths);
    } catch (error) {
      if (++this.#failures === FAILURES) {
        log.warn('target not watched, so clients leave at SIGTERM', { reason: reasonOf(error) });
      }
    }
    if (!this.#stopped) this.#cancel = clock.after(this.#pause(), () => void this.#look());
  }

  #take(healths: TargetHealth[]): void {
    const { log, onChange } = this.#options;
    // A task starts before it is registered, and its address may have been that of one that still drains.
    const at = healths.findIndex(({ state }) => state !== 'draining' && state !== 'unused');
    if (at >= 0 && !this.#registered) {
      this.#registered = true;
      // It stays in the one group that it was put into.
      this.#groups = this.#groups.slice(at, at + 1);
      log.info('target watched', { target: `${this.#address}:${this.#options.port}` });
    }
    if (!this.#registered) return;
    const { state, reason } = healths.at(Math.max(0, at))!;
    const gone = state === 'draining' || (state === 'unused' && reason === 'Target.NotRegistered');
    if (gone === this.#leaving) return;
    this.#leaving = gone;
    onChange(gone);
  }

  // All nodes share the account's rate of calls: up to 20 of them make two a second by default. Jitter keeps them apart.
  #pause(): number {
    const { everyMs, nodes } = this.#options;
    const shared = everyMs * Math.min(SLOWEST, Math.max(1, nodes() / NODES_AT_ONCE));
    const pause = Math.min(Math.max(LONGEST_PAUSE_MS, shared), shared * 2 ** this.#failures);
    return pause * (0.8 + Math.random() * 0.4);
  }

  async #ownAddress(): Promise<string> {
    const { metadataUri } = this.#place;
    if (!metadataUri) throw new Error('there is no task metadata');
    const { Containers } = await getJson<Metadata>(`${metadataUri}/task`);
    const address = Containers.flatMap(({ Networks = [] }) => Networks)[0]?.IPv4Addresses?.[0];
    if (!address) throw new Error('the task metadata names no address');
    return address;
  }
}
