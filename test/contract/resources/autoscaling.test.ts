import {
  DeleteScheduledActionCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { countResources } from '../../../src/local-cloud/resources.ts';
import { kinds } from '../../../src/resources/index.ts';
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

const image = { build: await smallImage('scaling') };

const about = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${names.cluster}/${names.service}`,
} as const;

const planned = (service: object, extraTags: Record<string, string> = {}) =>
  planOf({ cloud, image, given: { extraTags } }, { service }, inWords.actionAndPaths);

const up = (service: object) => bringTo({ cloud, image }, { service });

async function desired() {
  const { services } = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
  );
  return services![0]!.desiredCount;
}

const setCount = (desiredCount: number) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: names.cluster, service: names.service, desiredCount }));

const limits = (MinCapacity: number, MaxCapacity: number) =>
  cloud.applicationAutoScaling.send(
    new RegisterScalableTargetCommand({ ...about, MinCapacity, MaxCapacity }),
  );

const schedule = [{ cron: '0 8 ? * MON-FRI *', timezone: 'Europe/Paris', min: 4, max: 8 }];
const scaled = { count: 1, autoscaling: { min: 2, max: 6, cpu: 60, memory: 70, schedule } };

it('a stack with autoscaling has its limits, its policies and its scheduled actions', async () => {
  await up(scaled);
  expect(await desired()).toBe(2);
  const { ScalableTargets } = await cloud.applicationAutoScaling.send(
    new DescribeScalableTargetsCommand(about),
  );
  expect(ScalableTargets).toMatchObject([{ ...about, MinCapacity: 2, MaxCapacity: 6 }]);
  const { ScalingPolicies } = await cloud.applicationAutoScaling.send(
    new DescribeScalingPoliciesCommand(about),
  );
  expect(ScalingPolicies!.map((policy) => policy.TargetTrackingScalingPolicyConfiguration)).toEqual(
    expect.arrayContaining([
      {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        ScaleOutCooldown: 60,
        ScaleInCooldown: 300,
        DisableScaleIn: false,
      },
      expect.objectContaining({
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
      }),
    ]),
  );
  const { ScheduledActions } = await cloud.applicationAutoScaling.send(
    new DescribeScheduledActionsCommand(about),
  );
  expect(ScheduledActions).toMatchObject([
    {
      ScheduledActionName: 'schedule-1',
      Schedule: 'cron(0 8 ? * MON-FRI *)',
      Timezone: 'Europe/Paris',
      ScalableTargetAction: { MinCapacity: 4, MaxCapacity: 8 },
    },
  ]);
});

it('what the scaler does is no drift: tasks within the limits, and limits that an action has set', async () => {
  await setCount(5);
  expect((await planned(scaled)).todo).toEqual([]);
  await limits(4, 8);
  await setCount(8);
  expect((await planned(scaled)).todo).toEqual([]);
});

it('what nobody asked for is: other limits, and tasks beyond all of them, which go to the nearest', async () => {
  await limits(3, 9);
  await setCount(9);
  expect((await planned(scaled)).todo).toEqual([
    'update scalable-target: min, max',
    'update service: desiredCount',
  ]);
  await up(scaled);
  expect(await desired()).toBe(8);
});

it('policies and scheduled actions are a whole set: what is wanted no more goes, also what somebody added', async () => {
  const other = {
    ...scaled.autoscaling,
    memory: undefined,
    cpu: 50,
    schedule: [{ ...schedule[0]!, max: undefined }],
  };
  await cloud.applicationAutoScaling.send(
    new PutScalingPolicyCommand({
      ...about,
      PolicyName: 'cpu',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 40,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    }),
  );
  const changed = { ...scaled, autoscaling: other };
  expect((await planned(changed)).todo).toContainEqual(
    'update scalable-target: policies.cpu, policies.memory, scheduledActions.schedule-1',
  );
  await up(changed);
  const { ScheduledActions } = await cloud.applicationAutoScaling.send(
    new DescribeScheduledActionsCommand(about),
  );
  expect(ScheduledActions![0]!.ScalableTargetAction).toEqual({ MinCapacity: 4 });
});

it('a scheduled action for one time that is over stays while AWS lists it, and is not made again', async () => {
  const over = { at: '2020-01-31T08:00:00', timezone: 'Europe/Paris', min: 4 };
  const later = { at: '2090-01-31T08:00:00', timezone: 'Europe/Paris', min: 5 };
  const service = { count: 1, autoscaling: { min: 2, max: 6, schedule: [over, later] } };
  const names = async () =>
    (await cloud.applicationAutoScaling.send(new DescribeScheduledActionsCommand(about)))
      .ScheduledActions!.map(({ ScheduledActionName }) => ScheduledActionName!)
      .toSorted();
  await cloud.applicationAutoScaling.send(
    new PutScheduledActionCommand({
      ...about,
      ScheduledActionName: 'schedule-1',
      Schedule: 'at(2020-01-31T08:00:00)',
      Timezone: 'Europe/Paris',
      ScalableTargetAction: { MinCapacity: 4 },
    }),
  );
  await up(service);
  expect(await names()).toEqual(['schedule-1', 'schedule-2']);
  await cloud.applicationAutoScaling.send(
    new DeleteScheduledActionCommand({ ...about, ScheduledActionName: 'schedule-1' }),
  );
  expect((await planned(service)).todo).toEqual([]);
  await up(scaled);
});

it('tags of the user’s own are on it', async () => {
  const { todo } = await planned(scaled, { team: 'chat' });
  expect(todo.find((one) => one.includes('scalable-target'))).toContain('tags.team');
});

it('without autoscaling the scaler goes, and count counts again', async () => {
  expect((await planned({ count: 1 })).todo).toEqual([
    'delete scalable-target: ',
    'update service: desiredCount',
  ]);
  await up({ count: 1 });
  expect(await desired()).toBe(1);
});

it('goes with the stack', async () => {
  await up(scaled);
  const nodes = await stackOf(cloud, image, { service: scaled });
  const { outcome } = await destroy(engineContext(cloud), nodes, kinds);
  expect(outcome).toBe('done');
  expect(await countResources(rig.local.cloud)).toEqual({});
});
