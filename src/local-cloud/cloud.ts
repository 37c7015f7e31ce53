import type { CloudClock } from './clock.ts';
import type { DataPlane } from './runtime/data-plane.ts';

/** The whole local cloud: state as plain data per service and region, a clock, and the data plane that makes it real. */
export interface LocalCloud {
  account: string;
  clock: CloudClock;
  dataPlane: DataPlane;
  /** `http://127.0.0.1:<port>`: where the API and the registry answer. */
  endpoint: string;
  /** The folder that everything on disk is under (`.chatops/local`). */
  folder: string;
  /** State by `<service>` (account-wide) or `<service>@<region>`; only {@link store} reads it. */
  states: Map<string, unknown>;
}

/** Where an operation finds its service's state: made empty on first use, one per region, or one per account (`global`). Plain data only (Maps, arrays, objects), so that a snapshot of the cloud is a structuredClone. */
export function store<State>(service: string, empty: () => State, scope: 'region' | 'global' = 'region') {
  return ({ cloud, region }: { cloud: LocalCloud; region: string }): State => {
    const key = scope === 'global' ? service : `${service}@${region}`;
    let state = cloud.states.get(key) as State | undefined;
    if (state === undefined) {
      state = empty();
      cloud.states.set(key, state);
    }
    return state;
  };
}
