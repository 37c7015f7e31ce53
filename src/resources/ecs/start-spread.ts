import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import type { Step } from '../../engine/resource.ts';
import type { ServiceProps } from './describe-services.ts';
import { hasFailed } from './service-failure.ts';

/**
 * The deployment percentages with which ECS starts one task at a time, within the limits that are given: one more than
 * `count` where there may be more, else one less. ECS takes whole percents, so beyond 100 tasks one percent is several.
 * Pure.
 */
export function oneAtATime(
  count: number,
  { minimumHealthyPercent, maximumPercent }: Pick<ServiceProps, 'minimumHealthyPercent' | 'maximumPercent'>,
): Pick<ServiceProps, 'minimumHealthyPercent' | 'maximumPercent'> {
  if (count === 0) return { minimumHealthyPercent, maximumPercent };
  const oneMore = Math.ceil((100 * (count + 1)) / count);
  if (maximumPercent >= oneMore) return { minimumHealthyPercent: 100, maximumPercent: oneMore };
  const oneLess = Math.floor((100 * (count - 1)) / count);
  return { minimumHealthyPercent: Math.max(minimumHealthyPercent, oneLess), maximumPercent: 100 };
}

/**
 * Raises the desired count of a service from `from` to what is wanted, one by one, `startSpread` seconds apart
 * (`aws ecs update-service --desired-count`): ECS starts all that are missing at once. Ends early where ECS has given
 * the deployment up.
 */
export async function raiseCount(
  { ecs }: Cloud,
  { name, cluster, desiredCount, startSpread }: ServiceProps,
  from: number,
  step: Step,
): Promise<void> {
  for (let count = from + 1; count <= desiredCount; count += 1) {
    step.note(`task ${count} of ${desiredCount} starts ${startSpread} s after the one before`);
    await step.clock.sleep(startSpread * 1000, step.signal);
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    const [found] = services ?? [];
    if (hasFailed(found?.deployments?.find(({ status }) => status === 'PRIMARY'))) return;
    // Somebody else raises it, too: the scaler, or a person.
    if ((found?.desiredCount ?? 0) >= count) continue;
    await ecs.send(new UpdateServiceCommand({ cluster, service: name, desiredCount: count }));
  }
}

/** The desired count to begin with: all at once, or the next one. */
export function firstCount({ desiredCount, startSpread }: ServiceProps, running: number): number {
  return startSpread === 0 ? desiredCount : Math.min(desiredCount, running + 1);
}
