import { connect } from '../../../src/aws/clients.ts';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import type { Outcome } from '../../../src/engine/outcome.ts';
import { plan } from '../../../src/engine/plan.ts';
import type { Plan } from '../../../src/engine/plan.ts';
import type { AnyNode } from '../../../src/engine/resource.ts';
import type { LatencyProfile } from '../../../src/local-cloud/clock.ts';
import type { LocalCloud } from '../../../src/local-cloud/cloud.ts';
import { kinds } from '../../../src/resources/index.ts';
import type { ImageSource } from '../../../src/stack/input.ts';
import { reachInProcess } from '../../helpers/in-process.ts';
import type { Attempt, Intercept } from '../../helpers/in-process.ts';
import { EarlierVersions } from '../../helpers/late-visibility.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';
import { SimulatedClock } from '../../helpers/simulated-clock.ts';
import { smallImage } from '../resources/small-image.ts';
import { engineContext, stackOf } from '../resources/stack-rig.ts';
import { adoptTasks, inTransit } from './adopt-tasks.ts';

/** The image of every stack here, and what of it was pushed, which a restored cloud has too. */
const image: ImageSource = { build: await smallImage('server') };
const blobs = new Map<string, Buffer>();

/** All of a cloud's state at one moment. */
export interface Snapshot {
  /** Where that cloud answers: part of the names of images. */
  endpoint: string;
  states: Map<string, unknown>;
}

export interface SafetyOptions {
  profile?: LatencyProfile;
  /** Where the cloud goes on from; default: an empty account. */
  from?: Snapshot;
  /** How long each attempt takes, in simulated milliseconds; default: no time. */
  callTakes?: number;
  /** Readings see the cloud as it was up to so many milliseconds ago; default: as it is. */
  late?: { upTo: number; random: () => number };
}

export type SafetyRig = Awaited<ReturnType<typeof startSafety>>;

/** A cloud in simulated time, and `up` and `down` on it as the commands run them. */
export async function startSafety({ profile, from, late, callTakes = 0 }: SafetyOptions = {}) {
  const clock = new SimulatedClock(profile);
  const local = await startLocalCloud({ clock, dataPlane: quietDataPlane(blobs) });
  const cloud: Cloud = await connect({
    region: 'local',
    endpoint: local.endpoint,
    credentials: local.credentials,
    clock,
  });
  let intercept: Intercept = (_, perform) => perform();
  reachInProcess(cloud, local.cloud, {
    async intercept(attempt, perform) {
      if (callTakes > 0) await clock.sleep(callTakes);
      return clock.hold(() => intercept(attempt, perform));
    },
    ...(late && { seen: seenLate(local.cloud, late) }),
  });
  if (from !== undefined) {
    local.cloud.states = movedTo(from, local.endpoint);
    await adoptTasks(local.cloud);
  }

  // Images are pushed over real connections, for which simulated time has to wait.
  const { fetch } = globalThis;
  globalThis.fetch = (...request) => clock.hold(() => fetch(...request));

  const nodesOf = (settings: object) => stackOf(cloud, image, settings);
  const contextOf = (
    change: Partial<EngineContext<Cloud>>,
    settings: { tags?: Record<string, string> } = {},
  ) => ({
    ...engineContext(cloud),
    clock,
    extraTags: settings.tags ?? {},
    ...change,
  });

  return {
    cloud,
    local,
    clock,
    /** Changes what becomes of calls from now on. */
    intercept(next: Intercept) {
      intercept = next;
    },
    nodesOf,
    planOf: (nodes: AnyNode<Cloud>[]) => plan(contextOf({}), nodes, kinds),
    applyPlan: async (planned: Plan<Cloud>) => done(await apply(contextOf({}), planned)),
    async plan(settings: object, change: Partial<EngineContext<Cloud>> = {}) {
      return plan(contextOf(change, settings), await nodesOf(settings), kinds);
    },
    /** Throws the run's error. */
    async up(settings: object, change: Partial<EngineContext<Cloud>> = {}): Promise<Outcome> {
      const context = contextOf(change, settings);
      return done(await apply(context, await plan(context, await nodesOf(settings), kinds)));
    },
    async down(settings: object, change: Partial<EngineContext<Cloud>> = {}): Promise<Outcome> {
      return done(await destroy(contextOf(change), await nodesOf(settings), kinds));
    },
    /** Waits until no task is on its way from one status to another. */
    async snapshot(): Promise<Snapshot> {
      while (inTransit(local.cloud)) await new Promise((resolve) => setImmediate(resolve));
      return { endpoint: local.endpoint, states: structuredClone(local.cloud.states) };
    },
    async close() {
      globalThis.fetch = fetch;
      await local.close();
      clock.stop();
    },
  };
}

/** Runs `use` on a cloud of its own. */
export async function withSafety<T>(options: SafetyOptions, use: (rig: SafetyRig) => Promise<T>): Promise<T> {
  const rig = await startSafety(options);
  try {
    return await use(rig);
  } finally {
    await rig.close();
  }
}

/** Answers readings from earlier versions of the state. */
function seenLate(cloud: LocalCloud, { upTo, random }: { upTo: number; random: () => number }) {
  const earlier = new EarlierVersions(cloud, upTo);
  return ({ operation, write }: Attempt): LocalCloud => {
    if (write) earlier.keep();
    // The key that tokens are made with is no resource.
    return write || operation === 'GetAuthorizationToken' ? cloud : earlier.ago(upTo * random());
  };
}

/** A copy in which images are named after another address of the registry. */
function movedTo({ endpoint, states }: Snapshot, to: string): Map<string, unknown> {
  const [old, now] = [new URL(endpoint).host, new URL(to).host];
  const move = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(old, now);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (value instanceof Map)
      return new Map([...(value as Map<unknown, unknown>)].map(([key, item]) => [key, move(item)]));
    if (value instanceof Set) return new Set([...(value as Set<unknown>)].map(move));
    if (Array.isArray(value)) return value.map(move);
    for (const [key, item] of Object.entries(value)) (value as Record<string, unknown>)[key] = move(item);
    return value;
  };
  return move(structuredClone(states)) as Map<string, unknown>;
}

function done(outcome: Outcome): Outcome {
  if (outcome.error) throw outcome.error;
  return outcome;
}
