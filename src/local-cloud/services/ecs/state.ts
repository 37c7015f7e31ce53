import { randomBytes } from 'node:crypto';
import type {
  Cluster,
  Deployment,
  Service,
  ServiceDeployment,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import type { Call } from '../../operation.ts';

/** A record of the SDK's shape in which the named members are always there. */
type Stored<Shape, Members extends keyof Shape> = Shape & { [M in Members]-?: NonNullable<Shape[M]> };

export type StoredCluster = Stored<Cluster, 'clusterArn' | 'clusterName' | 'status' | 'settings' | 'tags'>;

export type StoredTaskDefinition = Stored<
  TaskDefinition,
  'taskDefinitionArn' | 'family' | 'revision' | 'status' | 'containerDefinitions'
> & { tags: Tag[] };

export type StoredDeployment = Stored<
  Deployment,
  'id' | 'status' | 'taskDefinition' | 'rolloutState' | 'failedTasks' | 'createdAt' | 'updatedAt'
> & {
  revisionArn: string;
  /** Of its own where the service has two and each deployment takes the other one. */
  targetGroupArn?: string;
  /** It once was the whole of the service: what a failed one can be rolled back to. */
  completed: boolean;
};

export type StoredServiceDeployment = Stored<
  ServiceDeployment,
  'serviceDeploymentArn' | 'status' | 'createdAt'
> & {
  /** The deployment whose rollout it tells of. */
  deploymentId: string;
  /** When the bake time is over, in milliseconds since 1970. */
  bakedAt?: number;
};

/** What a service revision fixes: which task definition ran, for DescribeServiceRevisions. */
interface StoredRevision {
  arn: string;
  taskDefinition: string;
  targetGroupArn?: string;
  createdAt: Date;
}

export type StoredService = Stored<
  Omit<Service, 'deployments'>,
  | 'serviceArn'
  | 'serviceName'
  | 'clusterArn'
  | 'status'
  | 'desiredCount'
  | 'taskDefinition'
  | 'loadBalancers'
  | 'deploymentConfiguration'
  | 'events'
  | 'tags'
  | 'createdAt'
> & {
  /** Newest first; the first is the primary one. */
  deployments: StoredDeployment[];
  /** Newest first. */
  serviceDeployments: StoredServiceDeployment[];
  revisions: StoredRevision[];
  /** Whether the last look found it steady, so that the event is written once. */
  steady: boolean;
  /** The target group that has the production traffic, once a deployment has chosen between two. */
  productionTargetGroupArn?: string;
  /** Failures in a row, and when (milliseconds since 1970) the next task may start. */
  backOff: { failures: number; until: number };
};

export type StoredTask = Stored<
  Task,
  'taskArn' | 'clusterArn' | 'taskDefinitionArn' | 'lastStatus' | 'desiredStatus' | 'containers' | 'createdAt'
> & {
  taskId: string;
  serviceArn?: string;
  deploymentId?: string;
  subnetId: string;
  networkInterfaceId?: string;
  privateIp?: string;
  /** Where on this machine the container port is. */
  local?: { host: string; port: number };
  targets: { targetGroupArn: string; port: number }[];
  /** It was reported as unhealthy: the event is written once per task. */
  reported: boolean;
  /** It has once been healthy. */
  wasHealthy: boolean;
};

/** All of ECS in one region. */
export interface EcsState {
  /** By name. */
  clusters: Map<string, StoredCluster>;
  /** By `family:revision`. */
  taskDefinitions: Map<string, StoredTaskDefinition>;
  /** The last revision given, by family: a number is never given twice. */
  revisions: Map<string, number>;
  /** By ARN; INACTIVE ones stay until the name is used again. */
  services: Map<string, StoredService>;
  /** By ARN; stopped ones stay for an hour. */
  tasks: Map<string, StoredTask>;
}

/** Where ECS lives: what the scheduler, which acts without being called, knows of a call. */
export type Place = Pick<Call, 'region' | 'account'> & { cloud: LocalCloud };

/** ECS's state in the region of a call. */
export const ecsState: (place: Place) => EcsState = store<EcsState>('ecs', () => ({
  clusters: new Map(),
  taskDefinitions: new Map(),
  revisions: new Map(),
  services: new Map(),
  tasks: new Map(),
}));

/** A record without some of its members: what is shown of it. */
export function without<Stored extends object, Member extends keyof Stored>(
  record: Stored,
  ...members: Member[]
): Omit<Stored, Member> {
  const copy = { ...record };
  for (const member of members) delete copy[member];
  return copy;
}

/** `arn:aws:ecs:<region>:<account>:<path>`. */
export function arn({ region, account }: Place, path: string): string {
  return `arn:aws:ecs:${region}:${account}:${path}`;
}

/** 32 hex digits, as the ids of tasks and containers. */
export function newTaskId(): string {
  return randomBytes(16).toString('hex');
}

/** 19 decimal digits, as the ids of deployments (`ecs-svc/…`) and revisions. */
export function newNumber(): string {
  return String(1_000_000_000_000_000_000n + (randomBytes(8).readBigUInt64BE() % 9_000_000_000_000_000_000n));
}
