/**
 * A running stack at one moment, as plain data: what `status` prints, what `--json` gives to programs, what a
 * dashboard draws. Each part comes from a call of its own and fails on its own.
 */
export interface Snapshot {
  stack: string;
  region: string;
  /** Milliseconds since 1970. */
  at: number;
  verdict: Verdict;
  endpoint: Part<{ url: string | undefined; loadBalancer: string; state: string }>;
  service: Part<ServicePart>;
  tasks: Part<TaskPart[]>;
  targets: Part<TargetPart[]>;
  redis: Part<RedisPart>;
}

/** What was read, or why it could not be. */
export type Part<T> = { value: T; error?: undefined } | { value?: undefined; error: string };

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
  image: string | undefined;
  deployments: {
    id: string;
    status: string;
    rollout: string;
    reason: string;
    desired: number;
    running: number;
    failed: number;
  }[];
  /** Youngest first. */
  events: { at: number; message: string }[];
}

export interface TaskPart {
  id: string;
  status: string;
  zone: string;
  privateIp: string | undefined;
  taskDefinition: string;
  /** First twelve hex digits of the image's digest. */
  image: string;
  startedAt: number | undefined;
}

export interface TargetPart {
  id: string;
  port: number;
  zone: string | undefined;
  state: string;
  reason: string | undefined;
}

export interface RedisPart {
  id: string;
  status: string;
  engine: string;
  endpoint: string | undefined;
  nodes: number;
}
