import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { kinds } from '../../../src/resources/index.ts';
import { scope } from '../resources/rig.ts';
import { startSafety } from './safety-rig.ts';
import type { SafetyRig } from './safety-rig.ts';

let rig: SafetyRig;
beforeAll(async () => {
  rig = await startSafety();
});
afterAll(() => rig.close());

/** `plan` of one version of chatops. */
async function planned(version: string, settings: object) {
  const { actions, changes } = await rig.plan(settings, { scope: { ...scope, version } });
  const todo = actions
    .filter(({ action }) => action !== 'none')
    .map(({ id, action, changes: all }) => [`${action} ${id}`, ...all.map(({ path }) => path)].join(' '));
  return { changes, todo };
}

/** `up` of one version of chatops; which steps wrote. */
async function up(version: string, settings: object): Promise<string[]> {
  const events: EngineEvent[] = [];
  await rig.up(settings, { scope: { ...scope, version }, emit: (event) => events.push(event) });
  expect(await planned(version, settings)).toEqual({ changes: false, todo: [] });
  return events.flatMap((event) => (event.type === 'step.started' ? [`${event.action} ${event.id}`] : []));
}

/** Which versions the tags of everything name. */
async function versions(): Promise<Set<string | undefined>> {
  const found = await Promise.all(kinds.map((kind) => kind.find(rig.cloud, scope)));
  return new Set(found.flat().flatMap(({ version, tags }) => (tags === undefined ? [] : [version])));
}

const base = { redis: { mode: 'off' } };
const withDashboard = { ...base, monitoring: { dashboard: true } };

it('what a newer version wrote to, an older one prunes nothing of', async () => {
  await up('1.2.0', withDashboard);
  expect(await versions()).toEqual(new Set(['1.2.0']));

  // A version alone is no change, and one that has nothing to write is not the last that wrote.
  expect((await planned('1.10.0', withDashboard)).changes).toBe(false);
  expect(await up('1.10.0', withDashboard)).toEqual([]);
  expect(await versions()).toEqual(new Set(['1.2.0']));

  // The dashboard is as 1.2.0 made it, and yet 1.2.0 cannot know what the stack is to have now.
  const changed = { ...withDashboard, loadBalancer: { idleTimeout: 120 } };
  expect((await planned('1.10.0', changed)).todo).toEqual([
    expect.stringMatching(/^update load-balancer attributes\.\S+$/),
  ]);
  expect(await up('1.10.0', changed)).toEqual(
    expect.arrayContaining(['update load-balancer', 'update vpc', 'update dashboard']),
  );
  expect(await versions()).toEqual(new Set(['1.10.0']));

  const without = { ...changed, monitoring: {} };
  await expect(up('1.2.0', without)).rejects.toMatchObject({
    code: 'plan.newer-version',
    message: 'dashboard may still be wanted: chatops 1.10.0 wrote to the stack, this is 1.2.0',
    hint: expect.stringContaining('install chatops 1.10.0 or later'),
  });

  // It may change what it knows, and takes no mark away: neither where it updates, nor where it makes a new version.
  const more = { ...changed, loadBalancer: { idleTimeout: 60 }, service: { env: { MORE: '1' } } };
  expect(await up('1.2.0', more)).toEqual(
    expect.arrayContaining(['update load-balancer', 'update task-definition']),
  );
  expect(await versions()).toEqual(new Set(['1.10.0']));

  expect(await up('1.10.0', { ...more, monitoring: {} })).toEqual(['delete dashboard']);
});
