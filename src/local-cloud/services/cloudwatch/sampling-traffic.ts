import type { Place } from '../ecs/state.ts';
import { targetGroupsOf } from '../elbv2/action.ts';
import { elbv2State } from '../elbv2/state.ts';
import type { StoredListener } from '../elbv2/state.ts';
import { cloudWatch, record, single } from './state.ts';

/**
 * Records what goes through the load balancers of a region as Elastic Load Balancing would: `AWS/ApplicationELB`
 * ActiveConnectionCount and RequestCount by LoadBalancer, HealthyHostCount and UnHealthyHostCount by TargetGroup too. `counted` has the requests of each listener at the last
 * look; a load balancer process that was started again counts from zero.
 */
export function sampleTraffic(place: Place, counted: Map<string, number>): void {
  const { balancer } = place.cloud.dataPlane;
  const { loadBalancers, listeners } = elbv2State(place);
  for (const { LoadBalancerArn } of loadBalancers.values()) {
    const own = [...listeners.values()].filter((listener) => listener.LoadBalancerArn === LoadBalancerArn);
    const traffic = own.map(({ ListenerArn }) => ({ ListenerArn, seen: balancer.traffic?.(ListenerArn) }));
    if (traffic.every(({ seen }) => seen === undefined)) continue;
    let connections = 0;
    let requests = 0;
    for (const { ListenerArn, seen } of traffic) {
      if (seen === undefined) continue;
      const before = counted.get(ListenerArn) ?? 0;
      counted.set(ListenerArn, seen.requests);
      connections += seen.connections;
      requests += seen.requests >= before ? seen.requests - before : seen.requests;
    }
    // Its statistic is the sum over a period, so there must be one sample in each of the finest periods that are asked for.
    if (isStartOf(finestPeriodMs, place)) add(place, LoadBalancerArn, 'ActiveConnectionCount', connections);
    add(place, LoadBalancerArn, 'RequestCount', requests);
    for (const group of groupsOf(own)) sampleTargets(place, LoadBalancerArn, group);
  }
}

/** HealthyHostCount and UnHealthyHostCount by target group: draining and new targets are neither. */
function sampleTargets(place: Place, balancerArn: string, groupArn: string): void {
  const group = elbv2State(place).targetGroups.get(groupArn);
  if (group === undefined) return;
  const { balancer } = place.cloud.dataPlane;
  const states = [...group.targets]
    .filter(([, { draining }]) => !draining)
    .map(([id]) => balancer.health(groupArn, id)?.state);
  const count = (state: string) => states.filter((each) => each === state).length;
  add(place, balancerArn, 'HealthyHostCount', count('healthy'), groupArn);
  add(place, balancerArn, 'UnHealthyHostCount', count('unhealthy'), groupArn);
}

function groupsOf(listeners: StoredListener[]): Set<string> {
  const actions = listeners.flatMap(({ DefaultActions }) => DefaultActions);
  return new Set(actions.flatMap(targetGroupsOf).map(({ arn }) => arn));
}

const finestPeriodMs = 10_000;

function isStartOf(periodMs: number, { cloud }: Place): boolean {
  return Math.floor(cloud.clock.now() / 1000) % (periodMs / 1000) === 0;
}

function add(place: Place, arn: string, name: string, value: number, groupArn?: string): void {
  const now = place.cloud.clock.now();
  const dimensions = [
    { Name: 'LoadBalancer', Value: arn.split(':loadbalancer/')[1]! },
    ...(groupArn === undefined ? [] : [{ Name: 'TargetGroup', Value: groupArn.split(':').at(-1)! }]),
  ];
  const metric = { namespace: 'AWS/ApplicationELB', name, dimensions, unit: 'Count' as const };
  record(cloudWatch(place), metric, single(Math.floor(now / 1000) * 1000, value), now);
}
