import type {
  DimensionFilter,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { cloudWatch, keptMs } from './state.ts';
import type { MetricState } from './state.ts';

/** Metrics with a value within the last hours: those that are listed, with or without `RecentlyActive`, which asks for the last three. */
export const ListMetrics: Operation<ListMetricsCommandInput, ListMetricsCommandOutput> = (input, call) => {
  const { Namespace: namespace, MetricName: name, Dimensions: filters = [] } = input;
  const oldest = call.now.getTime() - keptMs;
  const found = [...cloudWatch(call).metrics.values()].filter(
    (metric) =>
      (namespace === undefined || metric.namespace === namespace) &&
      (name === undefined || metric.name === name) &&
      filters.every((filter) => has(metric, filter)) &&
      (metric.points.at(-1)?.at ?? 0) >= oldest,
  );
  const { items, next } = page(found, {
    key: (metric) => JSON.stringify([metric.namespace, metric.name, metric.dimensions]),
    size: 500,
    token: input.NextToken,
    invalid: () => new AwsError('InvalidNextToken', 'Invalid NextToken'),
  });
  return {
    Metrics: items.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: metric.dimensions,
    })),
    NextToken: next,
  };
};

function has({ dimensions }: MetricState, { Name, Value }: DimensionFilter): boolean {
  return dimensions.some((each) => each.Name === Name && (Value === undefined || each.Value === Value));
}
