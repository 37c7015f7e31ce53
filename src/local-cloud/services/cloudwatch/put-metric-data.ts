import type {
  MetricDatum,
  PutMetricDataCommandInput,
  PutMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../operation.ts';
import { cloudWatch, combined, invalidValue, record, single } from './state.ts';
import type { StatisticSet } from './state.ts';

export const PutMetricData: Operation<PutMetricDataCommandInput, PutMetricDataCommandOutput> = (
  input,
  call,
) => {
  const namespace = input.Namespace!;
  if (namespace.startsWith('AWS/')) {
    throw invalidValue('The value AWS/ for parameter Namespace is invalid: it is reserved for AWS services.');
  }
  const now = call.now.getTime();
  const data = (input.MetricData ?? []).map((datum) => ({ datum, values: valuesOf(datum, now) }));
  for (const { datum, values } of data) {
    const name = { namespace, name: datum.MetricName!, dimensions: datum.Dimensions ?? [], unit: datum.Unit };
    record(cloudWatch(call), name, values, now);
  }
  return {};
};

function valuesOf(datum: MetricDatum, now: number): StatisticSet {
  const resolutionMs = (datum.StorageResolution === 1 ? 1 : 60) * 1000;
  const at = Math.floor((datum.Timestamp?.getTime() ?? now) / resolutionMs) * resolutionMs;
  const { StatisticValues: set, Values: values, Counts: counts, Value: value } = datum;
  if (set !== undefined) {
    return {
      at,
      count: set.SampleCount!,
      sum: set.Sum!,
      minimum: set.Minimum!,
      maximum: set.Maximum!,
    };
  }
  const each = (values ?? (value === undefined ? [] : [value])).map((one, index) => {
    const count = counts?.[index] ?? 1;
    return { ...single(at, one), count, sum: one * count };
  });
  const [first, ...others] = each;
  if (first === undefined) {
    throw invalidValue(`The parameter MetricData.member.1.Value is required for ${datum.MetricName}.`);
  }
  return others.reduce(combined, first);
}
