import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { alarm, type AlarmProps } from '../../../src/resources/cloudwatch/alarm.ts';
import { dashboard } from '../../../src/resources/cloudwatch/dashboard.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const topic = 'arn:aws:sns:local:000000000000:alarms';
const node = (index: number) => ({
  namespace: 'AWS/ElastiCache',
  name: 'EngineCPUUtilization',
  dimensions: { CacheClusterId: `chat-00${index}` },
});
const cpu: AlarmProps = {
  name: names.alarm('redis-cpu'),
  description: 'Redis is busy',
  metrics: [node(1)],
  expression: undefined,
  statistic: 'Average',
  period: 60,
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 80,
  evaluationPeriods: 5,
  datapointsToAlarm: 5,
  missingData: 'notBreaching',
  notify: [],
};

it('an alarm watches one metric or the worst of several, and tells a topic', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, alarm, 'alarm-redis-cpu');
  const { arn } = await life.create(cpu);
  expect(arn).toBe(`arn:aws:cloudwatch:local:${cloud.account}:alarm:chatops/chat/default/local/redis-cpu`);
  expect(await life.changes({ ...cpu, name: 'other' })).toEqual(['replace name']);
  expect(await life.changes({ ...cpu, threshold: 90, notify: [topic] })).toEqual([
    'update threshold',
    'update notify',
    'update notifyOver',
  ]);
  await life.update({ ...cpu, threshold: 90, notify: [topic] });
  await life.update({ ...cpu, metrics: [node(1), node(2)], expression: 'MAX(METRICS())' });
  await life.update(cpu);
  await life.delete();
});

it('who hears that an alarm is over, or has no data, changed by hand, is brought back', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, alarm, 'alarm-redis-cpu');
  await life.create({ ...cpu, notify: [topic] });
  const { MetricAlarms } = await cloud.cloudwatch.send(new DescribeAlarmsCommand({}));
  const { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period, ...rest } = MetricAlarms![0]!;
  const { EvaluationPeriods, Threshold, ComparisonOperator, AlarmActions } = rest;
  const same = { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period, EvaluationPeriods };
  await cloud.cloudwatch.send(
    new PutMetricAlarmCommand({
      ...same,
      Threshold,
      ComparisonOperator,
      AlarmActions,
      AlarmDescription: cpu.description,
      DatapointsToAlarm: cpu.datapointsToAlarm,
      TreatMissingData: cpu.missingData,
      OKActions: [],
      InsufficientDataActions: [topic],
    }),
  );
  expect(await life.changes({ ...cpu, notify: [topic] })).toEqual([
    'update notifyOver',
    'update notifyNoData',
  ]);
  await life.update({ ...cpu, notify: [topic] });
  await life.delete();
});

it('tags of an alarm and of a dashboard change in place, and outlive an update', async () => {
  const { cloud } = rig;
  const body = { widgets: [] };
  await alarm.create(cloud, cpu, stepOf('alarm-redis-cpu'));
  await dashboard.create(cloud, { name: names.dashboard, body }, stepOf('dashboard'));
  const tagsNow = async () =>
    (await Promise.all([alarm.find(cloud, scope), dashboard.find(cloud, scope)]))
      .flat()
      .map(({ tags }) => tags);
  const [one] = await alarm.find(cloud, scope);
  const [two] = await dashboard.find(cloud, scope);
  const step = stepOf('any');
  await alarm.tag!(cloud, one!.attrs, { set: { team: 'chat', stage: 'test' }, remove: [] }, step);
  await dashboard.tag!(cloud, two!.attrs, { set: { team: 'chat', stage: 'test' }, remove: [] }, step);
  expect(await tagsNow()).toEqual([1, 2].map(() => ({ team: 'chat', stage: 'test' })));
  await alarm.update(cloud, { ...cpu, threshold: 70 }, one!.attrs, [], step);
  await alarm.tag!(cloud, one!.attrs, { set: {}, remove: ['stage'] }, step);
  await dashboard.tag!(cloud, two!.attrs, { set: {}, remove: ['stage'] }, step);
  expect(await tagsNow()).toEqual([1, 2].map(() => ({ team: 'chat' })));
});

it('an alarm of that name that is not ours is refused and stays as it is', async () => {
  const { cloud } = rig;
  await cloud.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: cpu.name,
      Namespace: 'mine',
      MetricName: 'thing',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await expect(alarm.create(cloud, cpu, stepOf('alarm-redis-cpu'))).rejects.toEqual(foreign);
  expect(await alarm.find(cloud, scope)).toEqual([]);
});

it('alarms of a stack whose name begins like ours are not ours', async () => {
  const { cloud } = rig;
  const other = { ...scope, stack: `${scope.stack}-2` };
  await alarm.create(cloud, { ...cpu, name: `chatops/${other.stack}/cpu` }, stepOf('alarm-cpu', other));
  expect(await alarm.find(cloud, scope)).toEqual([]);
});

const widget = (title: string) => ({
  type: 'metric' as const,
  x: 0,
  y: 0,
  width: 8,
  height: 6,
  properties: { title, region: 'local', metrics: [['AWS/ECS', 'CPUUtilization']] },
});

it('a dashboard is compared by what it says, not by how it is written', async () => {
  const { cloud } = rig;
  const props = { name: names.dashboard, body: { widgets: [widget('CPU'), widget('Memory')] } };
  const life = lifeOf(cloud, dashboard, 'dashboard');
  const { arn } = await life.create(props);
  // Of no region: all regions of an account share them.
  expect(arn).toBe(`arn:aws:cloudwatch::${cloud.account}:dashboard/${names.dashboard}`);
  const { DashboardBody } = await cloud.cloudwatch.send(
    new GetDashboardCommand({ DashboardName: props.name }),
  );
  const { widgets } = JSON.parse(DashboardBody!) as typeof props.body;
  const backwards = widgets.map((each) => Object.fromEntries(Object.entries(each).toReversed()));
  await cloud.cloudwatch.send(
    new PutDashboardCommand({
      DashboardName: props.name,
      DashboardBody: JSON.stringify({ widgets: backwards }, null, 4),
    }),
  );
  expect(await life.changes(props)).toEqual([]);
  expect(await life.changes({ ...props, body: { widgets: [widget('CPU'), widget('Disk')] } })).toEqual([
    'update widgets.2 Disk',
    'update widgets.2 Memory',
  ]);
  await life.update({ ...props, body: { widgets: [widget('Disk')] } });
  await life.delete();
});

it('a dashboard of that name that is not ours is refused', async () => {
  const { cloud } = rig;
  await cloud.cloudwatch.send(
    new PutDashboardCommand({ DashboardName: names.dashboard, DashboardBody: '{"widgets":[]}' }),
  );
  const props = { name: names.dashboard, body: { widgets: [] } };
  await expect(dashboard.create(cloud, props, stepOf('dashboard'))).rejects.toEqual(foreign);
  expect(await dashboard.find(cloud, scope)).toEqual([]);
});
