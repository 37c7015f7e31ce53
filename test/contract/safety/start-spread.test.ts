import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { names } from '../resources/rig.ts';
import { withSafety } from './safety-rig.ts';

const spread = { service: { count: 4, startSpread: 30 } };

/** Seconds from each start of a task to the next one. */
async function gaps({ ecs }: Cloud): Promise<number[]> {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: names.cluster }));
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: names.cluster, tasks: taskArns }));
  const starts = tasks!.map(({ createdAt }) => createdAt!.getTime() / 1000).toSorted((a, b) => a - b);
  return starts.slice(1).map((at, index) => at - starts[index]!);
}

/** What the service says of starts, oldest first: `has started 1 tasks`. */
async function starts({ ecs }: Cloud): Promise<string[]> {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
  );
  return services![0]!
    .events!.flatMap(({ message }) => /has started \d+ tasks/.exec(message!) ?? [])
    .toReversed();
}

it('the tasks of a new service start apart, and so do those that are added', async () => {
  await withSafety({}, async (rig) => {
    await rig.up(spread);
    expect((await gaps(rig.cloud)).every((gap) => gap >= 30)).toBe(true);
    expect(await gaps(rig.cloud)).toHaveLength(3);
    await rig.up({ service: { ...spread.service, count: 6 } });
    const after = await gaps(rig.cloud);
    expect(after).toHaveLength(5);
    expect(after.at(-1)).toBeGreaterThanOrEqual(30);
    expect(await starts(rig.cloud)).toEqual(Array(6).fill('has started 1 tasks'));
  });
});

it('a deployment starts one task at a time, never with fewer than wanted', async () => {
  await withSafety({}, async (rig) => {
    await rig.up(spread);
    await rig.up({ service: { ...spread.service, env: { A: 'b' } } });
    expect(await starts(rig.cloud)).toEqual(Array(8).fill('has started 1 tasks'));
  });
});

it('without it, ECS starts all at once', async () => {
  await withSafety({}, async (rig) => {
    await rig.up({ service: { count: 4 } });
    expect(await starts(rig.cloud)).toEqual(['has started 4 tasks']);
  });
});
