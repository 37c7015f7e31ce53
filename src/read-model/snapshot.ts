/**
 * A running stack at one moment, as plain data: what `status` prints, what `--json` gives to programs, what the
 * dashboard draws. Each part is read by calls of its own, has an age of its own, and fails on its own.
 */
export interface Snapshot {
  stack: string;
  region: string;
  /** Milliseconds since 1970. */
  at: number;
  verdict: Verdict;
  /** URL of the load balancer: of HTTPS where it has that. */
  endpoint: string | undefined;
  service: Part<ServicePart>;
  scaling: Part<ScalingPart>;
  tasks: Part<TaskPart[]>;
  targets: Part<TargetPart[]>;
  redis: Part<RedisPart>;
  loadBalancer: Part<LoadBalancerPart>;
  metrics: Part<MetricsPart>;
}

/** What was read last and when; `error` is there when the latest attempt failed, and the value is then the one before. */
export interface Part<T> {
  value?: T | undefined;
  /** Milliseconds since the value was read. */
  age?: number | undefined;
  error?: PartError | undefined;
}

export interface PartError {
  kind: 'absent' | 'throttled' | 'denied' | 'failed';
  /** One line that names the service and the operation. */
  message: string;
}

export interface Verdict {
  state: 'healthy' | 'deploying' | 'degraded' | 'down';
  /** Why, in a few words. */
  because: string;
}

export interface ServicePart {
  name: string;
  status: string;
  desired: number;
  running: number;
  pending: number;
  /** Newest first; the first is the primary one. */
  deployments: DeploymentPart[];
  /** Youngest first. */
  events: { at: number; message: string }[];
}

/** What Application Auto Scaling does with the number of tasks. */
export interface ScalingPart {
  /** Fewest and most tasks now: a scheduled action may have changed them. Undefined where nothing scales the service. */
  limits: { min: number; max: number } | undefined;
  /** `cpu` or `memory` (else the name of the policy), and the average in percent that it keeps. */
  targets: { metric: string; target: number | undefined }[];
  /** The youngest activity: what it did and why, in AWS's words. */
  lastActivity: { at: number; status: string; description: string; cause: string } | undefined;
}

export interface DeploymentPart {
  id: string;
  /** `PRIMARY`, `ACTIVE`, `INACTIVE`. */
  status: string;
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`. */
  rollout: string;
  reason: string;
  /** `<family>:<revision>` */
  taskDefinition: string;
  version: string;
  /** As the task definition names it. */
  image: string;
  desired: number;
  running: number;
  pending: number;
  failed: number;
  createdAt: number | undefined;
  updatedAt: number | undefined;
}

export interface TaskPart {
  id: string;
  /** ECS's last status: `PENDING`, `RUNNING`, `DEPROVISIONING`, … */
  status: string;
  /** Why it stops or stopped. */
  stoppedReason: string | undefined;
  /** Of the container health check: `HEALTHY`, `UNHEALTHY`, or `UNKNOWN` where there is none. */
  health: string;
  zone: string;
  privateIp: string | undefined;
  /** `<family>:<revision>` */
  taskDefinition: string;
  /** Tag of the image, else the first twelve hex digits of its digest. */
  version: string;
  /** `sha256:…` */
  digest: string | undefined;
  /** What it has reserved: 1024 units are one vCPU. */
  cpuUnits: number;
  memoryMiB: number;
  createdAt: number | undefined;
  startedAt: number | undefined;
  /** Its place in the target group, by its address. */
  target: { state: string; reason: string | undefined } | undefined;
  /** Percent of what it has reserved; undefined where CloudWatch has none. */
  cpu: number | undefined;
  memory: number | undefined;
}

export interface TargetPart {
  id: string;
  port: number;
  zone: string | undefined;
  /** `initial`, `healthy`, `unhealthy`, `unused`, `draining`. */
  state: string;
  reason: string | undefined;
}

export interface RedisPart {
  id: string;
  /** In ElastiCache's words; `none` where the stack has no Redis of its own. */
  status: string;
  engine: string;
  /** On this machine: what runs in its place, such as `redis 7.0.15`. */
  server?: string;
  endpoint: string | undefined;
  /** `shard` is there where there is a cluster, `role` where there is none: ElastiCache tells no more. */
  nodes: { id: string; shard?: string; role: string | undefined; zone: string | undefined }[];
}

export interface LoadBalancerPart {
  name: string;
  state: string;
  url: string | undefined;
  zones: string[];
  /** How CloudWatch names it: `app/<name>/<id>`. */
  dimension: string;
}

/** One metric over the last minutes, oldest first; `at` is the start of the period, in milliseconds since 1970. */
export type Series = { at: number; value: number }[];

export interface MetricsPart {
  /** Seconds that each point stands for. */
  period: number;
  /** Average over the service's tasks, in percent of what they have reserved (`AWS/ECS`). */
  cpu: Series;
  memory: Series;
  /** Open connections of the load balancer, from clients and to targets together (`AWS/ApplicationELB`). */
  connections: Series;
  /** Requests per period. */
  requests: Series;
  /** Per task id; empty where the cluster has no Container Insights with enhanced observability. */
  tasks: Record<string, { cpu: Series; memory: Series }>;
}

/** One line of a task's output. */
export interface LogLine {
  /** Milliseconds since 1970. */
  at: number;
  /** Task id. */
  task: string;
  message: string;
}

/** What following the logs tells: new lines, oldest first, or why there are none for now. */
export interface LogNews {
  lines: LogLine[];
  problem?: string | undefined;
}
