import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { cloudWatch, findMetric, invalidValue } from './state.ts';
import type { CloudWatchState } from './state.ts';
import { byPeriod, statistics } from './statistic.ts';

const maxQueries = 500;
const maxPoints = 100_800;

/** Statistics of metrics; expressions and percentiles, which this cloud does not work out, are refused. */
export const GetMetricData: Operation<GetMetricDataCommandInput, GetMetricDataCommandOutput> = (
  input,
  call,
) => {
  const queries = input.MetricDataQueries!;
  const [from, to] = [input.StartTime!.getTime(), input.EndTime!.getTime()];
  if (from >= to) {
    throw validation('The parameter StartTime must be less than the parameter EndTime.');
  }
  checkQueries(queries);
  const size = input.MaxDatapoints ?? maxPoints;
  if (size < 1 || size > maxPoints) {
    throw validation(`The parameter MaxDatapoints must be between 1 and ${maxPoints}.`);
  }
  const results = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .map((query) => resultOf(cloudWatch(call), query, from, to));
  if (input.ScanBy === 'TimestampAscending') {
    for (const { Timestamps, Values } of results) {
      Timestamps?.reverse();
      Values?.reverse();
    }
  }
  return paged(results, offsetOf(input.NextToken), size);
};

function checkQueries(queries: MetricDataQuery[]): void {
  if (queries.length < 1 || queries.length > maxQueries) {
    throw validation(
      `The collection MetricDataQueries must have between 1 and ${maxQueries} members, not ${queries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id: id = '', Expression, MetricStat } of queries) {
    if (!/^[a-z]\w*$/.test(id)) throw validation(`Invalid metrics list: the id ${id} is not a valid one.`);
    if (ids.has(id)) throw validation(`Invalid metrics list: the id ${id} is not unique.`);
    ids.add(id);
    if (Expression !== undefined) {
      throw validation(`Error in expression '${id}': the local cloud does not work out expressions.`);
    }
    if (MetricStat === undefined) throw validation(`The parameter MetricStat of ${id} is required.`);
    const period = MetricStat.Period!;
    if (![1, 5, 10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
      throw invalidValue(
        `The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60, not ${period}.`,
      );
    }
  }
}

function resultOf(
  state: CloudWatchState,
  { Id, Label, MetricStat }: MetricDataQuery,
  from: number,
  to: number,
): MetricDataResult {
  const { Metric, Period, Stat, Unit } = MetricStat!;
  const statistic = statistics[Stat!];
  if (statistic === undefined) throw validation(`The value ${Stat} for parameter Stat is not supported.`);
  const name = {
    namespace: Metric!.Namespace ?? '',
    name: Metric!.MetricName ?? '',
    dimensions: Metric!.Dimensions ?? [],
  };
  const metric = findMetric(state, name);
  const rightUnit = Unit === undefined || Unit === metric?.unit;
  const points = metric === undefined || !rightUnit ? [] : byPeriod(metric.points, Period!, from, to);
  return {
    Id,
    Label: Label ?? name.name,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(statistic),
    StatusCode: 'Complete',
  };
}

/** `size` points of all results together, after the first `offset`. */
function paged(results: MetricDataResult[], offset: number, size: number): GetMetricDataAnswer {
  let before = 0;
  const shown = results.map((result) => {
    const [first, last] = [offset - before, offset + size - before].map((at) => Math.max(0, at));
    const length = result.Values!.length;
    before += length;
    return {
      ...result,
      Timestamps: result.Timestamps!.slice(first, last),
      Values: result.Values!.slice(first, last),
      StatusCode: last! < length ? ('PartialData' as const) : ('Complete' as const),
    };
  });
  const more = before > offset + size;
  return { MetricDataResults: shown, Messages: [], ...(more && { NextToken: String(offset + size) }) };
}

type GetMetricDataAnswer = Omit<GetMetricDataCommandOutput, '$metadata'>;

function offsetOf(token: string | undefined): number {
  if (token !== undefined && !/^\d+$/.test(token))
    throw new AwsError('InvalidNextToken', 'Invalid NextToken');
  return Number(token ?? 0);
}

function validation(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
