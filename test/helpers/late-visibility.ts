import type { LocalCloud } from '../../src/local-cloud/cloud.ts';

/** What is never seen late: it is no resource. */
const always = ['faults', 'call-count', 'ecr-authorization'];

/** Earlier versions of a cloud's state, to answer from as services do that have not heard of the latest writes yet. */
export class EarlierVersions {
  readonly #cloud: LocalCloud;
  readonly #reach: number;
  #versions: { until: number; states: Map<string, unknown> }[] = [];

  /** `reach`: how old a version can be asked for, in milliseconds. */
  constructor(cloud: LocalCloud, reach: number) {
    this.#cloud = cloud;
    this.#reach = reach;
  }

  /** Keeps the state as it is now: to be called before each write. */
  keep(): void {
    const now = this.#cloud.clock.now();
    this.#versions = this.#versions.filter(({ until }) => until >= now - this.#reach);
    this.#versions.push({ until: now, states: structuredClone(this.#cloud.states) });
  }

  /** The cloud as it was so many milliseconds ago; what is done to it stays without effect. */
  ago(ms: number): LocalCloud {
    const { clock, states } = this.#cloud;
    const version = this.#versions.find(({ until }) => until > clock.now() - ms);
    if (version === undefined) return this.#cloud;
    const copies = new Copies(version.states);
    for (const key of always) if (states.has(key)) copies.set(key, states.get(key));
    return { ...this.#cloud, states: copies };
  }
}

/** States of which each is copied when it is first asked for: a reading asks for one or two of them. */
class Copies extends Map<string, unknown> {
  readonly #originals: Map<string, unknown>;

  constructor(originals: Map<string, unknown>) {
    super();
    this.#originals = originals;
  }

  override get(key: string): unknown {
    if (!this.has(key) && this.#originals.has(key)) this.set(key, structuredClone(this.#originals.get(key)));
    return super.get(key);
  }
}
