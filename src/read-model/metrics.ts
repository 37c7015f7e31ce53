import { paginateGetMetricData, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { classify } from '../aws/errors.ts';
import type { PartReader, Reading } from './part-reader.ts';
import type { MetricsPart, Series } from './snapshot.ts';

const rangeMs = 15 * 60_000;
/** How long a listing of the tasks that have metrics is good while one has none, and while all have. */
const listAgainMs = { incomplete: 10_000, complete: 300_000 };
/** The most that GetMetricData takes. */
const mostQueries = 500;

/** One metric that is asked for, and the place that its series has. */
interface Wanted {
  namespace: string;
  name: string;
  dimensions: Dimension[];
  stat: 'Average' | 'Sum';
}

type Places = 'cpu' | 'memory' | 'connections' | 'requests' | `${'cpu' | 'memory'} ${string}`;

/** aws cloudwatch list-metrics (which tasks have metrics), aws cloudwatch get-metric-data */
export function metricsReader(): PartReader<MetricsPart> {
  let listed: { at: number; tasks: Map<string, Dimension[]> } | undefined;
  // ECS records a point a minute; where there are finer ones, ten seconds show what a deployment does.
  let periods = [10, 60];

  async function tasksWithMetrics(reading: Reading): Promise<Map<string, Dimension[]>> {
    const isComplete = (reading.known.tasks ?? []).every(({ id }) => listed?.tasks.has(id));
    const goodForMs = listAgainMs[isComplete ? 'complete' : 'incomplete'];
    const isFresh = listed !== undefined && listed.at > reading.now - goodForMs;
    if (!isFresh) listed = { at: reading.now, tasks: await listTasks(reading) };
    return listed!.tasks;
  }

  return {
    needs: ['service', 'tasks', 'loadBalancer'],
    // Half of what it takes for a new point to come: each metric asked for costs money on AWS.
    pause: ({ period }) => (period * 1000) / 2,
    async read(reading) {
      const wanted = wantedOf(reading, await tasksWithMetrics(reading));
      const found = await readSeries(reading, wanted, periods);
      if (found.series.size > 0) periods = [found.period, ...periods.filter((each) => each !== found.period)];
      return metricsPart(found, wanted);
    },
  };
}

/** Which tasks CloudWatch has metrics of, with the dimensions that they go by there. */
async function listTasks({ cloud, names, signal: abortSignal }: Reading): Promise<Map<string, Dimension[]>> {
  const pages = paginateListMetrics(
    { client: cloud.cloudwatch },
    {
      Namespace: 'ECS/ContainerInsights',
      MetricName: 'TaskCpuUtilization',
      Dimensions: [{ Name: 'ClusterName', Value: names.cluster }, { Name: 'TaskId' }],
      RecentlyActive: 'PT3H',
    },
    { abortSignal },
  );
  const tasks = new Map<string, Dimension[]>();
  for await (const { Metrics = [] } of pages) {
    for (const { Dimensions = [] } of Metrics) {
      const id = Dimensions.find(({ Name }) => Name === 'TaskId')?.Value;
      const isTask = !Dimensions.some(({ Name }) => Name === 'ContainerName');
      if (id !== undefined && isTask) tasks.set(id, Dimensions);
    }
  }
  return tasks;
}

function wantedOf({ names, known }: Reading, withMetrics: Map<string, Dimension[]>): Map<Places, Wanted> {
  const wanted = new Map<Places, Wanted>();
  const service = [
    { Name: 'ClusterName', Value: names.cluster },
    { Name: 'ServiceName', Value: names.service },
  ];
  const ecs = (name: string): Wanted => ({
    namespace: 'AWS/ECS',
    name,
    dimensions: service,
    stat: 'Average',
  });
  wanted.set('cpu', ecs('CPUUtilization'));
  wanted.set('memory', ecs('MemoryUtilization'));
  if (known.loadBalancer !== undefined) {
    const dimensions = [{ Name: 'LoadBalancer', Value: known.loadBalancer.dimension }];
    const elb = (name: string): Wanted => ({
      namespace: 'AWS/ApplicationELB',
      name,
      dimensions,
      stat: 'Sum',
    });
    wanted.set('connections', elb('ActiveConnectionCount'));
    wanted.set('requests', elb('RequestCount'));
  }
  for (const { id, status } of known.tasks ?? []) {
    const dimensions = withMetrics.get(id);
    if (dimensions === undefined || status === 'STOPPED') continue;
    if (wanted.size > mostQueries - 2) break;
    const insights = (name: string): Wanted => ({
      namespace: 'ECS/ContainerInsights',
      name,
      dimensions,
      stat: 'Average',
    });
    wanted.set(`cpu ${id}`, insights('TaskCpuUtilization'));
    wanted.set(`memory ${id}`, insights('TaskMemoryUtilization'));
  }
  return wanted;
}

interface Found {
  period: number;
  series: Map<Places, Series>;
}

/** With the first period that gives anything. AWS documents periods below a minute for some metrics only, and may refuse them. */
async function readSeries(
  reading: Reading,
  wanted: Map<Places, Wanted>,
  [period, ...others]: number[],
): Promise<Found> {
  try {
    const found = await readPeriod(reading, wanted, period!);
    if (found.series.size > 0 || others.length === 0) return found;
  } catch (error) {
    if (classify(error) !== 'fatal' || reading.signal.aborted || others.length === 0) throw error;
  }
  return readSeries(reading, wanted, others);
}

async function readPeriod(reading: Reading, wanted: Map<Places, Wanted>, period: number): Promise<Found> {
  const places = [...wanted.keys()];
  const queries = [...wanted.values()].map(
    ({ namespace, name, dimensions, stat }, index): MetricDataQuery => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions },
        Period: period,
        Stat: stat,
      },
    }),
  );
  const pages = paginateGetMetricData(
    { client: reading.cloud.cloudwatch },
    {
      MetricDataQueries: queries,
      StartTime: new Date(reading.now - rangeMs),
      EndTime: new Date(reading.now),
      ScanBy: 'TimestampAscending',
    },
    { abortSignal: reading.signal },
  );
  const series = new Map<Places, Series>();
  for await (const { MetricDataResults = [] } of pages) {
    for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
      const place = places[Number(Id.slice(1))]!;
      const points = Timestamps.map((at, index) => ({ at: at.getTime(), value: rounded(Values[index]!) }));
      if (points.length > 0) series.set(place, [...(series.get(place) ?? []), ...points]);
    }
  }
  return { period, series };
}

function metricsPart({ period, series }: Found, wanted: Map<Places, Wanted>): MetricsPart {
  const at = (place: Places) => series.get(place) ?? [];
  const ids = [...wanted.keys()].filter((place) => place.startsWith('cpu ')).map((place) => place.slice(4));
  return {
    period,
    cpu: at('cpu'),
    memory: at('memory'),
    connections: at('connections'),
    requests: at('requests'),
    tasks: Object.fromEntries(ids.map((id) => [id, { cpu: at(`cpu ${id}`), memory: at(`memory ${id}`) }])),
  };
}

/** What is less than a hundredth is noise, and would be news at every reading. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
