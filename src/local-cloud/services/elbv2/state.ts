import { randomBytes } from 'node:crypto';
import type { Listener, LoadBalancer, Tag, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { store } from '../../cloud.ts';

/** A record of the SDK's shape in which the named members are always there. */
type Stored<Shape, Members extends keyof Shape> = Shape & { [M in Members]-?: NonNullable<Shape[M]> };

export type StoredLoadBalancer = Stored<
  Omit<LoadBalancer, 'State'>,
  'LoadBalancerArn' | 'LoadBalancerName' | 'Scheme' | 'VpcId' | 'SecurityGroups' | 'AvailabilityZones'
> & {
  /** When it turns from provisioning to active, in milliseconds since 1970. */
  activeAt: number;
  attributes: Record<string, string>;
  /** By subnet id. */
  networkInterfaceIds: Record<string, string>;
  tags: Tag[];
};

export interface StoredTarget {
  /** The private address. */
  id: string;
  port: number;
  availabilityZone?: string;
  /** Deregistered: it keeps its open connections until they are gone or the deregistration delay is over. */
  draining: boolean;
  /** Where it really listens; looked up when it was registered. */
  local?: { host: string; port: number };
}

export type StoredTargetGroup = Stored<
  Omit<TargetGroup, 'LoadBalancerArns'>,
  | 'TargetGroupArn'
  | 'TargetGroupName'
  | 'Port'
  | 'VpcId'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
> & {
  attributes: Record<string, string>;
  /** By `<address>:<port>`. */
  targets: Map<string, StoredTarget>;
  tags: Tag[];
};

export type StoredListener = Stored<
  Listener,
  'ListenerArn' | 'LoadBalancerArn' | 'Port' | 'Protocol' | 'DefaultActions'
> & { tags: Tag[] };

/** All of Elastic Load Balancing in one region, by ARN. */
export interface Elbv2State {
  loadBalancers: Map<string, StoredLoadBalancer>;
  targetGroups: Map<string, StoredTargetGroup>;
  listeners: Map<string, StoredListener>;
}

/** ELBv2's name in `cloud.states`; the part after `@` is the region. */
export const stateName = 'elbv2';

/** ELBv2's state in the region of a call. */
export const elbv2State = store<Elbv2State>(stateName, () => ({
  loadBalancers: new Map(),
  targetGroups: new Map(),
  listeners: new Map(),
}));

/** The last part of an ARN: 16 hex digits. */
export function newId(): string {
  return randomBytes(8).toString('hex');
}
