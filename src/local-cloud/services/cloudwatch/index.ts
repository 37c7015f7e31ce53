import type { Operations } from '../../operation.ts';
import { GetMetricData } from './get-metric-data.ts';
import { ListMetrics } from './list-metrics.ts';
import { PutMetricData } from './put-metric-data.ts';

export const operations: Operations = { GetMetricData, ListMetrics, PutMetricData };
