import type { EngineContext, ErrorClass } from '../../src/engine/context.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { Change, Found, ResourceKind } from '../../src/engine/resource.ts';
import { ChatopsError, ExitCode } from '../../src/lib/errors.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type ToyProps = Record<string, unknown>;

export interface ToyAttrs {
  ref: string;
  status: 'creating' | 'ready' | 'deleting';
  props: ToyProps;
}

interface Item extends ToyAttrs {
  type: string;
  owner: string;
  stack: string;
  version: string;
  visibleAt: number;
  readyAt: number;
  goneAt: number;
}

export interface ToyCall {
  verb: 'find' | 'create' | 'update' | 'delete';
  type: string;
  id: string;
  at: number;
}

/** Chances per call, from 0 to 1, and delays in milliseconds. */
export interface ToyFaults {
  throttle?: number;
  /** Fails before anything is done. */
  fail?: number;
  /** Done, but the answer never comes. */
  lose?: number;
  /** New things are listed after up to so many milliseconds. */
  hide?: number;
}

export class ToyError extends Error {
  readonly as: ErrorClass;

  constructor(as: ErrorClass, message: string) {
    super(message);
    this.as = as;
  }
}

/** A cloud in memory: things refer to each other by the refs in their properties, and cannot go while they are referred to. */
export class ToyCloud {
  readonly clock: VirtualClock;
  readonly calls: ToyCall[] = [];
  readonly random: () => number;
  faults: ToyFaults = {};
  /** How long each call takes, in milliseconds. */
  latency = 20;
  writesInFlight = 0;
  mostWritesInFlight = 0;
  /** Called as each write comes in and when it has been performed; may abort the run, or throw in its place. */
  onWrite: (when: 'before' | 'after', call: ToyCall, count: number) => unknown = () => undefined;
  #items: Item[] = [];
  #made = 0;

  constructor(clock: VirtualClock, seed = 1) {
    this.clock = clock;
    this.random = seeded(seed);
  }

  get writes(): ToyCall[] {
    return this.calls.filter((call) => call.verb !== 'find');
  }

  /** What stands, by id, with refs replaced by the ids that they lead to: equal for two runs that came to the same end. */
  picture(): Record<string, unknown> {
    const alive = this.alive();
    const idOf = new Map(alive.map((item) => [item.ref, item.owner]));
    const draw = (value: unknown): unknown =>
      typeof value === 'string' ? value.replace(/[A-Z]\w+-\d+/g, (ref) => idOf.get(ref) ?? ref) : value;
    const entries = alive.map(({ owner, type, props }) => {
      const drawn = Object.fromEntries(Object.entries(props).map(([name, value]) => [name, draw(value)]));
      return [`${type} ${owner}`, drawn] as const;
    });
    const doubled = entries.map(([key]) => key).filter((key, index, all) => all.indexOf(key) !== index);
    if (doubled.length > 0) throw new Error(`doubles: ${doubled.join(', ')}`);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  alive(): Item[] {
    this.#items = this.#items.filter((item) => item.goneAt > this.clock.now());
    return this.#items;
  }

  /** A change by hand, outside of any run. */
  tamper(owner: string, change: ((props: ToyProps) => void) | 'delete'): void {
    const item = this.alive().find((one) => one.owner === owner)!;
    if (change === 'delete') this.#items = this.#items.filter((one) => one !== item);
    else change(item.props);
  }

  add(item: Pick<Item, 'type' | 'owner' | 'stack' | 'version' | 'props'>, readyMs = 0): void {
    const now = this.clock.now();
    this.#made += 1;
    this.#items.push({
      ...item,
      props: structuredClone(item.props),
      ref: `${item.type}-${this.#made}`,
      status: 'creating',
      visibleAt: now + this.random() * (this.faults.hide ?? 0),
      readyAt: now + readyMs,
      goneAt: Infinity,
    });
  }

  byRef(ref: string): Item | undefined {
    return this.alive().find((item) => item.ref === ref);
  }

  async call<T>(what: Omit<ToyCall, 'at'>, perform: () => T): Promise<T> {
    const call = { ...what, at: this.clock.now() };
    const isWrite = call.verb !== 'find';
    this.calls.push(call);
    const count = this.writes.length;
    if (isWrite) this.onWrite('before', call, count);
    this.writesInFlight += isWrite ? 1 : 0;
    this.mostWritesInFlight = Math.max(this.mostWritesInFlight, this.writesInFlight);
    try {
      await this.clock.sleep(this.latency);
      const { throttle = 0, fail = 0, lose = 0 } = this.faults;
      if (this.random() < throttle) throw new ToyError('throttled', 'Rate exceeded');
      if (this.random() < fail) throw new ToyError('transient', 'Internal error');
      const result = perform();
      if (isWrite) this.onWrite('after', call, count);
      if (this.random() < lose) throw new ToyError('transient', 'socket hang up');
      return result;
    } finally {
      this.writesInFlight -= isWrite ? 1 : 0;
    }
  }
}

interface KindOptions {
  stateful?: boolean;
  createFirst?: boolean;
  idempotent?: boolean;
  secrets?: string[];
  /** Properties that cannot be changed in place. */
  fixed?: string[];
  /** Properties that the toy cloud ignores when they are updated. */
  stubborn?: string[];
  readyMs?: number;
  goneMs?: number;
}

export type ToyKind = ResourceKind<ToyCloud, ToyProps, ToyAttrs>;

/** A kind of things in the toy cloud. */
export function toyKind(type: string, options: KindOptions = {}): ToyKind {
  const { fixed = [], stubborn = [], readyMs = 0, goneMs = 0, ...flags } = options;
  return {
    type,
    ...flags,
    find: (cloud, scope) =>
      cloud.call({ verb: 'find', type, id: '' }, (): Found<ToyAttrs>[] => {
        const now = cloud.clock.now();
        return cloud
          .alive()
          .filter((one) => one.type === type && one.stack === scope.stack && one.visibleAt <= now)
          .map(({ owner, version, ref, props, status, readyAt }) => ({
            id: owner,
            ref,
            version,
            attrs: {
              ref,
              props: structuredClone(props),
              status: status === 'creating' && readyAt <= now ? 'ready' : status,
            },
          }));
      }),
    diff: (desired, { props }) =>
      Object.entries(desired)
        .filter(([path, to]) => JSON.stringify(props[path]) !== JSON.stringify(to))
        .map(([path, to]): Change => ({
          path,
          from: props[path],
          to,
          action: fixed.includes(path) ? 'replace' : 'update',
        })),
    ready: ({ status }) => status === 'ready' || status,
    create: (cloud, props, step) =>
      cloud.call({ verb: 'create', type, id: step.id }, () => {
        const lost = refsIn(props).find((ref) => !cloud.byRef(ref));
        if (lost) throw new ToyError('not-found', `${lost} does not exist`);
        const namesake = cloud.alive().find((one) => one.type === type && one.props.name === props.name);
        if (props.name !== undefined && namesake)
          throw new ToyError('exists', `${type} ${namesake.ref} has that name`);
        const {
          'chatops:stack': stack = '',
          'chatops:id': owner = '',
          'chatops:version': version = '',
        } = step.tags;
        cloud.add({ type, owner, stack, version, props }, readyMs);
      }),
    update: (cloud, _props, { ref }, changes, step) =>
      cloud.call({ verb: 'update', type, id: step.id }, () => {
        const item = cloud.byRef(ref);
        if (!item) throw new ToyError('not-found', `${ref} does not exist`);
        for (const { path, to } of changes) if (!stubborn.includes(path)) item.props[path] = to;
      }),
    delete: (cloud, { ref }, step) =>
      cloud.call({ verb: 'delete', type, id: step.id }, () => {
        const item = cloud.byRef(ref);
        if (!item) throw new ToyError('not-found', `${ref} does not exist`);
        const user = cloud.alive().find((one) => refsIn(one.props).includes(ref));
        if (user) throw new ToyError('in-use', `${ref} has a dependent object: ${user.ref}`);
        item.status = 'deleting';
        item.goneAt = cloud.clock.now() + goneMs;
      }),
  };
}

/** A context over a toy cloud that keeps every event. */
export function toyContext(
  cloud: ToyCloud,
  more: Partial<EngineContext<ToyCloud>> = {},
): EngineContext<ToyCloud> & { events: EngineEvent[] } {
  const events: EngineEvent[] = [];
  return {
    cloud,
    scope: { stack: 'chat/test/local', hash: '01234567', version: '1.2.0' },
    clock: cloud.clock,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    events,
    classify: (error) => (error instanceof ToyError ? error.as : 'fatal'),
    explain: (error) =>
      new ChatopsError(error instanceof Error ? error.message : String(error), {
        code: 'toy',
        exit: ExitCode.failed,
        cause: error,
      }),
    allowReplace: new Set(),
    allowDelete: new Set(),
    random: cloud.random,
    ...more,
  };
}

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function refsIn(props: ToyProps): string[] {
  return Object.values(props).filter((value): value is string => /^[A-Z]\w+-\d+$/.test(String(value)));
}
