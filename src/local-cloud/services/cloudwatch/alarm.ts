import type {
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  PutMetricAlarmCommandInput,
  PutMetricAlarmCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { checkAlarm } from './alarm-checks.ts';
import { evaluate } from './alarm-state.ts';
import { cloudWatch } from './state.ts';
import { tagMap } from './tags.ts';

/** Creates or overwrites an alarm; the state of one that is overwritten stays, and so do its tags. */
export const PutMetricAlarm: Operation<PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput> = (
  { Tags, ...input },
  call,
) => {
  checkAlarm(input);
  const { alarms } = cloudWatch(call);
  const name = input.AlarmName!;
  const before = alarms.get(name);
  alarms.set(name, {
    ...input,
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${call.region}:${call.account}:alarm:${name}`,
    ActionsEnabled: input.ActionsEnabled ?? true,
    AlarmActions: input.AlarmActions ?? [],
    OKActions: input.OKActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    Dimensions: input.Dimensions ?? [],
    AlarmConfigurationUpdatedTimestamp: call.now,
    StateValue: before?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: before?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? call.now,
    tags: before?.tags ?? tagMap(Tags),
  });
  return {};
};

export const DescribeAlarms: Operation<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput> = (
  input,
  call,
) => {
  const { AlarmNames, AlarmNamePrefix = '', AlarmTypes, StateValue, ActionPrefix = '' } = input;
  if (AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
    throw new AwsError(
      'ValidationError',
      'AlarmNames and AlarmNamePrefix cannot be specified at the same time.',
    );
  }
  const state = cloudWatch(call);
  const wanted = [...state.alarms.values()]
    .filter(({ AlarmName }) => AlarmNames?.includes(AlarmName) ?? AlarmName.startsWith(AlarmNamePrefix))
    .filter(
      ({ AlarmActions }) => ActionPrefix === '' || AlarmActions.some((arn) => arn.startsWith(ActionPrefix)),
    );
  for (const alarm of wanted) evaluate(state, alarm, call.now);
  const { items, next } = page(
    wanted.filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue),
    {
      key: ({ AlarmName }) => AlarmName,
      size: input.MaxRecords ?? 50,
      token: input.NextToken,
      invalid: () => new AwsError('InvalidNextToken', 'Invalid NextToken'),
    },
  );
  const listsMetricAlarms = AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm');
  return {
    MetricAlarms: listsMetricAlarms ? items : [],
    CompositeAlarms: [],
    NextToken: next,
  };
};

/** All or none: a name that nothing has is refused. */
export const DeleteAlarms: Operation<DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput> = (input, call) => {
  const { alarms } = cloudWatch(call);
  const names = input.AlarmNames!;
  if (names.length > 100) {
    throw new AwsError('ValidationError', 'The collection AlarmNames must not have a size greater than 100.');
  }
  const unknown = names.find((name) => !alarms.has(name));
  if (unknown !== undefined) throw new AwsError('ResourceNotFound', `Alarm ${unknown} does not exist`, 404);
  for (const name of names) alarms.delete(name);
  return {};
};
