import {
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type MetricType,
  type RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudClock } from '../../../src/local-cloud/clock.ts';
import { startScaling } from '../../../src/local-cloud/services/application-autoscaling/scaler.ts';
import { cloudWatch, record, single } from '../../../src/local-cloud/services/cloudwatch/state.ts';
import { ecsStack, isSteady } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

const about = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/main/app',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let stack: Awaited<ReturnType<typeof ecsStack>>;
let clock: ReturnType<typeof jumpingClock>;
let endScaling: () => void;

beforeEach(async () => {
  clock = jumpingClock();
  cloud = await startLocalCloud({ clock });
  // What a client signs carries the time.
  for (const client of [cloud.applicationAutoScaling as unknown as typeof cloud.ecs, cloud.ecs]) {
    client.middlewareStack.add(
      (next) => (args) => {
        client.config.systemClockOffset = clock.now() - Date.now();
        return next(args);
      },
      { step: 'initialize' },
    );
  }
  stack = await ecsStack(cloud);
  await stack.service();
  await stack.until(isSteady);
  endScaling = startScaling(cloud.cloud);
});
afterEach(async () => {
  endScaling();
  await cloud.close();
});

const send: (typeof cloud)['applicationAutoScaling']['send'] = ((command: never) =>
  cloud.applicationAutoScaling.send(command)) as never;

function register(change: Partial<RegisterScalableTargetCommandInput> = {}) {
  return send(new RegisterScalableTargetCommand({ ...about, MinCapacity: 2, MaxCapacity: 6, ...change }));
}

function track(PolicyName: string, metric: MetricType, TargetValue = 50) {
  return send(
    new PutScalingPolicyCommand({
      ...about,
      PolicyName,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue,
        PredefinedMetricSpecification: { PredefinedMetricType: metric },
        ScaleOutCooldown: 60,
        ScaleInCooldown: 300,
      },
    }),
  );
}

function schedule(ScheduledActionName: string, Schedule: string, MinCapacity?: number, Timezone?: string) {
  return send(
    new PutScheduledActionCommand({
      ...about,
      ScheduledActionName,
      Schedule,
      Timezone,
      ScalableTargetAction: { MinCapacity },
    }),
  );
}

async function targetNow() {
  const { ScalableTargets } = await send(new DescribeScalableTargetsCommand(about));
  return ScalableTargets![0];
}

async function activities() {
  const { ScalingActivities } = await send(new DescribeScalingActivitiesCommand(about));
  return ScalingActivities!.map(({ Description, Cause, StatusCode }) => [
    Description,
    Cause!.replace(/-[0-9a-f-]{36}/, ''),
    StatusCode,
  ]);
}

/** Minutes in which the service uses so much of its CPU, in percent. */
async function use(minutes: number, percent: number, metric = 'CPUUtilization') {
  const dimensions = [
    { Name: 'ClusterName', Value: 'main' },
    { Name: 'ServiceName', Value: 'app' },
  ];
  for (let minute = 0; minute < minutes; minute += 1) {
    const at = clock.now() + 1;
    record(
      cloudWatch(cloud.call()),
      { namespace: 'AWS/ECS', name: metric, dimensions },
      single(at, percent),
      at,
    );
    await clock.jump(60_000);
  }
}

const desired = async () => (await stack.describe()).desiredCount;

describe('a scalable target', () => {
  it('is registered, shown, changed, tagged and deregistered with all that belongs to it', async () => {
    const { ScalableTargetARN: ResourceARN } = await register({ Tags: { team: 'chat' } });
    await track('cpu', 'ECSServiceAverageCPUUtilization');
    await schedule('morning', 'cron(0 8 ? * * *)', 4);
    expect(await targetNow()).toMatchObject({
      ...about,
      MinCapacity: 2,
      MaxCapacity: 6,
      ScalableTargetARN: ResourceARN,
      RoleARN: expect.stringContaining('AWSServiceRoleForApplicationAutoScaling_ECSService'),
      SuspendedState: { DynamicScalingInSuspended: false },
    });
    await register({
      MinCapacity: undefined,
      MaxCapacity: 9,
      SuspendedState: { ScheduledScalingSuspended: true },
    });
    expect(await targetNow()).toMatchObject({
      MinCapacity: 2,
      MaxCapacity: 9,
      SuspendedState: { DynamicScalingInSuspended: false, ScheduledScalingSuspended: true },
    });
    await send(new TagResourceCommand({ ResourceARN, Tags: { owner: 'me' } }));
    await send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
    expect((await send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual({ owner: 'me' });

    await send(new DeregisterScalableTargetCommand(about));
    expect(await targetNow()).toBeUndefined();
    const { ScalingPolicies } = await send(new DescribeScalingPoliciesCommand(about));
    const { ScheduledActions } = await send(new DescribeScheduledActionsCommand(about));
    expect([ScalingPolicies, ScheduledActions]).toEqual([[], []]);
    await expect(send(new ListTagsForResourceCommand({ ResourceARN }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['without limits', { MinCapacity: undefined, MaxCapacity: undefined }, /MinCapacity/],
    ['with limits the wrong way round', { MinCapacity: 7 }, /Maximum capacity cannot be less than minimum/],
    [
      'for a service that is not there',
      { ResourceId: 'service/main/none' },
      /ECS service doesn't exist: service\/main\/none/,
    ],
    ['for something else', { ResourceId: 'table/main' }, /Unsupported service namespace/],
  ])('is refused %s', async (_, change, message) => {
    await expect(register(change)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it('takes tags only when it is new', async () => {
    await register();
    await expect(register({ Tags: { a: 'b' } })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('must be there for everything else', async () => {
    const missing = {
      name: 'ObjectNotFoundException',
      message: expect.stringContaining('No scalable target registered for service namespace: ecs'),
    };
    await expect(track('cpu', 'ECSServiceAverageCPUUtilization')).rejects.toMatchObject(missing);
    await expect(schedule('daily', 'rate(1 day)', 4)).rejects.toMatchObject(missing);
    await expect(send(new DeregisterScalableTargetCommand(about))).rejects.toMatchObject(missing);
    await register();
    for (const gone of [
      send(new DeleteScalingPolicyCommand({ ...about, PolicyName: 'none' })),
      send(new DeleteScheduledActionCommand({ ...about, ScheduledActionName: 'none' })),
    ]) {
      await expect(gone).rejects.toMatchObject({ name: 'ObjectNotFoundException' });
    }
  });

  it('has one policy per metric, with two alarms each', async () => {
    await register();
    const { Alarms } = await track('cpu', 'ECSServiceAverageCPUUtilization');
    expect(Alarms!.map(({ AlarmName }) => AlarmName!.replace(/-[0-9a-f-]{36}$/, ''))).toEqual([
      'TargetTracking-service/main/app-AlarmHigh',
      'TargetTracking-service/main/app-AlarmLow',
    ]);
    await expect(track('again', 'ECSServiceAverageCPUUtilization')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    });
    await track('cpu', 'ECSServiceAverageCPUUtilization', 70);
    await track('memory', 'ECSServiceAverageMemoryUtilization');
    const { ScalingPolicies } = await send(new DescribeScalingPoliciesCommand(about));
    expect(
      Object.fromEntries(
        ScalingPolicies!.map((each) => [
          each.PolicyName,
          each.TargetTrackingScalingPolicyConfiguration!.TargetValue,
        ]),
      ),
    ).toEqual({ cpu: 70, memory: 50 });
  });

  it('refuses a schedule that is none', async () => {
    await register();
    for (const [expression, zone] of [['cron(0 8 * * * *)'], ['rate(1 day)', 'Mars/Base']] as const) {
      await expect(schedule('daily', expression, 4, zone)).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });
});

describe('the scaler', () => {
  it('scales out after three busy minutes, in after fifteen idle ones, and says why', async () => {
    await register();
    await track('cpu', 'ECSServiceAverageCPUUtilization');
    await use(2, 90);
    expect(await desired()).toBe(2);
    await use(1, 90);
    expect(await desired()).toBe(4);
    await stack.until(isSteady);
    await use(14, 10);
    expect(await desired()).toBe(4);
    await use(1, 10);
    expect(await desired()).toBe(2);
    await stack.until(isSteady);
    await clock.jump(5_000);
    expect(await activities()).toEqual([
      [
        'Setting desired count to 2.',
        'monitor alarm TargetTracking-service/main/app-AlarmLow in state ALARM triggered policy cpu',
        'Successful',
      ],
      [
        'Setting desired count to 4.',
        'monitor alarm TargetTracking-service/main/app-AlarmHigh in state ALARM triggered policy cpu',
        'Successful',
      ],
    ]);
    const events = (await stack.describe()).events!.map(({ message }) => message);
    expect(events).toContainEqual(
      expect.stringMatching(
        /^Message: Successfully set desired count to 4. Change successfully fulfilled by ecs. Cause: monitor alarm .* triggered policy cpu$/,
      ),
    );
  });

  it('scales in no second time until the cooldown is over', async () => {
    await register({ MinCapacity: 1 });
    await cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', desiredCount: 4 }));
    await stack.until(isSteady);
    await track('cpu', 'ECSServiceAverageCPUUtilization');
    await use(15, 30);
    expect(await desired()).toBe(3);
    await stack.until(isSteady);
    await use(4, 20);
    expect(await desired()).toBe(3);
    await use(1, 20);
    expect(await desired()).toBe(2);
  });

  it('takes nothing away while any metric is missing, and nothing at all while suspended', async () => {
    await register({ MinCapacity: 1 });
    await track('cpu', 'ECSServiceAverageCPUUtilization');
    await track('memory', 'ECSServiceAverageMemoryUtilization');
    await use(16, 1);
    expect(await desired()).toBe(2);
    await register({ SuspendedState: { DynamicScalingOutSuspended: true } });
    await use(4, 90, 'MemoryUtilization');
    expect(await desired()).toBe(2);
  });

  it('brings a service between new limits, also those of a schedule, by the clock of its time zone', async () => {
    clock.set(Date.parse('2027-07-01T05:58:00Z'));
    await register({ MinCapacity: 3 });
    await clock.jump(5_000);
    expect(await desired()).toBe(3);
    await stack.until(isSteady);
    await schedule('morning', 'cron(0 8 ? * * *)', 5, 'Europe/Paris');
    await clock.jump(60_000);
    expect(await targetNow()).toMatchObject({ MinCapacity: 3, MaxCapacity: 6 });
    await clock.jump(60_000);
    expect(await targetNow()).toMatchObject({ MinCapacity: 5, MaxCapacity: 6 });
    expect(await desired()).toBe(5);
    await stack.until(isSteady);
    await clock.jump(5_000);
    expect(await activities()).toEqual([
      ['Setting desired count to 5.', 'minimum capacity was set to 5', 'Successful'],
      ['Setting min capacity to 5', 'scheduled action name morning was triggered', 'Successful'],
      ['Setting desired count to 3.', 'minimum capacity was set to 3', 'Successful'],
    ]);
  });
});

/** Real time until it jumps; appointments that a jump passes are kept in their order. */
function jumpingClock(): CloudClock & { jump(ms: number): Promise<void>; set(at: number): void } {
  // The first minute has just begun.
  let now = Math.ceil(Date.now() / 60_000) * 60_000;
  const waiting = new Set<{ at: number; run: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    latency: () => 0,
    pace: 1,
    after(ms, run) {
      const timer = { at: now + ms, run };
      waiting.add(timer);
      return () => waiting.delete(timer);
    },
    set: (at) => void (now = at),
    async jump(ms) {
      const end = now + ms;
      for (;;) {
        const [first] = [...waiting].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (first === undefined) break;
        waiting.delete(first);
        now = Math.max(now, first.at);
        first.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
