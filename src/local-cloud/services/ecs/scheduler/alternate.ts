import type { StoredService } from '../state.ts';

/** Whether each deployment of a service starts beside the one before it, in the other one of two target groups. */
export function isBlueGreen({ deploymentConfiguration, loadBalancers }: StoredService): boolean {
  const [balancer] = loadBalancers;
  return (
    deploymentConfiguration.strategy === 'BLUE_GREEN' &&
    balancer?.advancedConfiguration?.alternateTargetGroupArn !== undefined
  );
}

/** The target group of the next deployment: the one that has no production traffic, the first one for a service without any. Undefined where the service has no choice. */
export function nextTargetGroup(service: StoredService): string | undefined {
  if (!isBlueGreen(service)) return undefined;
  const [balancer] = service.loadBalancers;
  const first = balancer?.targetGroupArn;
  if (service.deployments.length === 0) return first;
  const production = service.productionTargetGroupArn ?? first;
  return production === first ? balancer?.advancedConfiguration?.alternateTargetGroupArn : first;
}
