import {
  DescribeClustersCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import { plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import { pictureOf } from './picture.ts';
import { names, startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, inWords, planOf, stackOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
});
afterAll(() => rig.close());

const image = { build: await smallImage('spot') };

const planned = (service: object) => planOf({ cloud, image }, { service }, inWords.paths);

async function up(service: object) {
  await bringTo({ cloud, image }, { service });
  return (await pictureOf(cloud)).services[0]!;
}

/** Where the tasks run. */
async function places() {
  const { cluster } = names;
  const { taskArns: tasks } = await cloud.ecs.send(new ListTasksCommand({ cluster }));
  const answer = await cloud.ecs.send(new DescribeTasksCommand({ cluster, tasks }));
  return answer.tasks!.map(({ capacityProviderName }) => capacityProviderName ?? '').toSorted();
}

const onSpot = [
  { capacityProvider: 'FARGATE', base: 1, weight: 0 },
  { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 },
];

it('tasks beyond the first move to Spot, and back', async () => {
  expect(await up({ count: 3 })).toMatchObject({ launchType: 'FARGATE' });
  const spot = { count: 3, spot: true };
  expect((await planned(spot)).todo).toEqual(['cluster: spot', 'service: spot']);
  expect(await up(spot)).toMatchObject({ strategy: onSpot, counts: [3, 3] });
  expect(await places()).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
  await expect(
    cloud.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: names.cluster,
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      }),
    ),
  ).rejects.toMatchObject({ name: 'ResourceInUseException' });

  expect((await planned({ count: 3 })).todo).toEqual(['service: spot']);
  await up({ count: 3 });
  expect(await places()).toEqual(['FARGATE', 'FARGATE', 'FARGATE']);
});

it('a new stack can begin with Spot', async () => {
  const other = await startCloud();
  try {
    const context = engineContext(other.cloud);
    const nodes = await stackOf(other.cloud, image, { service: { spot: true } });
    expect(await apply(context, await plan(context, nodes, kinds))).toMatchObject({ outcome: 'done' });
    const { clusters } = await other.cloud.ecs.send(
      new DescribeClustersCommand({ clusters: [names.cluster] }),
    );
    expect(clusters?.[0]?.capacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
    expect((await pictureOf(other.cloud)).services[0]).toMatchObject({ strategy: onSpot, counts: [2, 2] });
  } finally {
    await other.close();
  }
});
