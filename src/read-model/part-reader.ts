import type { Cloud } from '../aws/cloud.ts';
import type { Names } from '../config/names.ts';
import type {
  LoadBalancerPart,
  MetricsPart,
  RedisPart,
  ScalingPart,
  ServicePart,
  TargetPart,
  TaskPart,
} from './snapshot.ts';

/** A task as ECS alone describes it: the rest is joined from other parts. */
export type EcsTask = Omit<TaskPart, 'target' | 'cpu' | 'memory'>;

/** The service with what other parts need of it. */
export interface ReadService extends ServicePart {
  targetGroupArns: string[];
}

/** What each part is read as. */
export interface PartValues {
  service: ReadService;
  scaling: ScalingPart;
  tasks: EcsTask[];
  targets: TargetPart[];
  redis: RedisPart;
  loadBalancer: LoadBalancerPart;
  metrics: MetricsPart;
}

export type PartName = keyof PartValues;

/** What one reading may use: the stack's names, what the other parts last had, and a signal that ends it. */
export interface Reading {
  cloud: Cloud;
  names: Names;
  known: { [P in PartName]?: PartValues[P] | undefined };
  signal: AbortSignal;
  now: number;
}

/** How a part is read. */
export interface PartReader<T> {
  /** Parts that must have been tried before the first reading. */
  needs: PartName[];
  /** Milliseconds from the end of one reading to the next, after a reading that went well. */
  pause(value: T): number;
  read(reading: Reading): Promise<T>;
}

/** The thing that a part is about does not exist. */
export class Absent extends Error {
  override readonly name = 'Absent';
}
