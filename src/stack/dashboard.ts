import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode } from '../engine/resource.ts';
import { dashboard, type Widget } from '../resources/cloudwatch/dashboard.ts';
import type { Data } from './data.ts';
import type { Edge } from './edge.ts';
import type { StackInput } from './input.ts';
import { balancerDimensions, redisNodeIds, serviceDimensions } from './metric-dimensions.ts';
import type { Observability } from './observability.ts';

/** One line of a graph: namespace, metric, its dimensions, and how it is drawn. */
type Line = [
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
  options: { stat: 'Average' | 'Maximum' | 'Sum'; label?: string },
];

type Graph = [title: string, lines: Line[]];

/** The dashboard of a stack, where the config wants one: what the people get, what it takes, and what went wrong. */
export function dashboardsOf(
  input: StackInput,
  { balancer, targets, alternate }: Edge,
  data: Data,
  { logs }: Observability,
): AnyNode<Cloud>[] {
  const { config, identity, names, cloud } = input;
  if (!config.monitoring.dashboard) return [];
  const node = resource({
    id: 'dashboard',
    kind: dashboard,
    needs: { balancer, targets, other: alternate ?? targets, logs },
    props: (needs) => {
      const graphs = [
        ...trafficGraphs(needs.balancer.arn, [needs.targets.arn, ...(alternate ? [needs.other.arn] : [])]),
        ...taskGraphs(input),
        ...redisGraphs(input, data),
      ];
      return {
        name: names.dashboard,
        body: {
          widgets: [
            ...graphs.map((graph, index) => graphWidget(graph, index, cloud.region)),
            errorWidget(needs.logs.name, Math.ceil(graphs.length / perRow), cloud.region, identity.stack),
          ],
        },
      };
    },
  });
  return [node];
}

/** Widgets in a row, and the size of each on a grid that is 24 wide. */
const perRow = 3;
const [width, height] = [24 / perRow, 6];

function trafficGraphs(balancerArn: string, targetGroupArns: string[]): Graph[] {
  const whole = balancerDimensions(balancerArn);
  const groups = targetGroupArns.map((arn) => balancerDimensions(balancerArn, arn));
  const all = (name: string, stat: 'Sum' | 'Average' = 'Sum'): Line => [balancing, name, whole, { stat }];
  const own = (name: string, stat: 'Sum' | 'Average' | 'Maximum') =>
    groups.map((group): Line => [balancing, name, group, { stat }]);
  return [
    ['Connections', [all('ActiveConnectionCount')]],
    ['New connections', [all('NewConnectionCount'), all('RejectedConnectionCount')]],
    ['Requests', [all('RequestCount')]],
    [
      '5xx',
      [
        ...own('HTTPCode_Target_5XX_Count', 'Sum'),
        all('HTTPCode_ELB_5XX_Count'),
        ...own('TargetConnectionErrorCount', 'Sum'),
      ],
    ],
    ['Targets', [...own('HealthyHostCount', 'Maximum'), ...own('UnHealthyHostCount', 'Maximum')]],
  ];
}

const balancing = 'AWS/ApplicationELB';

function taskGraphs({ names }: StackInput): Graph[] {
  const dimensions = serviceDimensions(names);
  const lines = (name: string): Line[] => [
    ['AWS/ECS', name, dimensions, { stat: 'Average', label: 'average' }],
    ['AWS/ECS', name, dimensions, { stat: 'Maximum', label: 'busiest task' }],
  ];
  return [
    ['CPU of the tasks, %', lines('CPUUtilization')],
    ['Memory of the tasks, %', lines('MemoryUtilization')],
  ];
}

function redisGraphs({ config, names }: StackInput, { redis }: Data): Graph[] {
  if (redis === undefined) return [];
  const isServerless = config.redis.mode === 'serverless';
  const nodes = isServerless ? [names.replicationGroup] : redisNodeIds(config, names);
  const dimension = isServerless ? 'clusterId' : 'CacheClusterId';
  const lines = (name: string, stat: 'Average' | 'Maximum' | 'Sum') =>
    nodes.map((id): Line => ['AWS/ElastiCache', name, { [dimension]: id }, { stat, label: id }]);
  if (isServerless) {
    return [
      ['Redis: processing units', lines('ElastiCacheProcessingUnits', 'Sum')],
      ['Redis: bytes used', lines('BytesUsedForCache', 'Maximum')],
      ['Redis: throttled commands', lines('ThrottledCmds', 'Sum')],
    ];
  }
  return [
    ['Redis: CPU of its thread, %', lines('EngineCPUUtilization', 'Average')],
    ['Redis: memory, %', lines('DatabaseMemoryUsagePercentage', 'Maximum')],
    ['Redis: connections', lines('CurrConnections', 'Maximum')],
    ...(nodes.length > 1
      ? [['Redis: replication lag, s', lines('ReplicationLag', 'Maximum')] satisfies Graph]
      : []),
  ];
}

function graphWidget([title, lines]: Graph, index: number, region: string): Widget {
  return {
    type: 'metric',
    x: (index % perRow) * width,
    y: Math.floor(index / perRow) * height,
    width,
    height,
    properties: {
      title,
      region,
      view: 'timeSeries',
      stacked: false,
      period: 60,
      metrics: lines.map(([namespace, name, dimensions, options]) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        options,
      ]),
    },
  };
}

/** CloudWatch Logs Insights over the tasks' output. */
function errorWidget(logGroup: string, row: number, region: string, stack: string): Widget {
  return {
    type: 'log',
    x: 0,
    y: row * height,
    width: 24,
    height,
    properties: {
      title: `Errors of ${stack}`,
      region,
      view: 'table',
      query: `SOURCE '${logGroup}' | fields @timestamp, @message, @logStream | filter @message like /(?i)error|exception|fatal/ | sort @timestamp desc | limit 100`,
    },
  };
}
