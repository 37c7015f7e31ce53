import { expect, it } from 'vitest';
import type { Snapshot } from '../../../src/read-model/snapshot.ts';
import {
  deploying,
  deployment,
  down,
  dying,
  snapshot,
  target,
  throttled,
  throttling,
} from '../../helpers/snapshots.ts';

const steady = snapshot();
const service = steady.service.value!;
const balancer = steady.loadBalancer.value!;
const absent = (message: string) => ({ kind: 'absent' as const, message });
const withService = (change: object) => snapshot({ service: { value: { ...service, ...change }, age: 0 } });
const withTargets = (...value: ReturnType<typeof target>[]) => snapshot({ targets: { value, age: 0 } });

it.each<[string, Snapshot, Snapshot['verdict']['state'], RegExp]>([
  ['at rest', steady, 'healthy', /^2 of 2 tasks run, 2 targets are healthy$/],
  ['a deployment under way', deploying(), 'deploying', /^1 of 2 tasks run v2$/],
  [
    'a deployment that is taken back',
    withService({
      deployments: [
        deployment({
          rollout: 'IN_PROGRESS',
          reason: 'ECS deployment circuit breaker: rolling back to ecs-svc/1.',
        }),
      ],
    }),
    'deploying',
    /^rolling back: /,
  ],
  [
    'a deployment that failed',
    withService({
      deployments: [deployment({ rollout: 'FAILED', reason: 'tasks failed to start.', version: 'v9' })],
    }),
    'degraded',
    /^the deployment of v9 failed: tasks failed to start\.$/,
  ],
  ['a task that dies', dying(), 'degraded', /^1 of 2 tasks run$/],
  ['nothing that runs', down(), 'down', /^none of 2 tasks runs$/],
  [
    'nothing yet',
    withService({ running: 0, pending: 2 }),
    'down',
    /none of 2 tasks runs, 2 tasks are starting/,
  ],
  ['nothing wanted', withService({ running: 0, desired: 0 }), 'down', /set to 0 tasks/],
  [
    'no healthy target',
    withTargets(target(1, { state: 'unhealthy', reason: 'Target.Timeout' })),
    'down',
    /^no target is healthy \(Target\.Timeout\)$/,
  ],
  ['too few healthy targets', withTargets(target(1)), 'degraded', /^1 of 2 targets are healthy$/],
  [
    'an ill target more',
    withTargets(target(1), target(2), target(3, { state: 'unhealthy' })),
    'degraded',
    /10\.0\.0\.3 is unhealthy/,
  ],
  [
    'no listener',
    snapshot({ loadBalancer: { value: { ...balancer, url: undefined }, age: 0 } }),
    'down',
    /no listener/,
  ],
  [
    'a load balancer that is not there yet',
    snapshot({ loadBalancer: { value: { ...balancer, state: 'provisioning' }, age: 0 } }),
    'down',
    /load balancer is provisioning/,
  ],
  [
    'redis that changes',
    snapshot({ redis: { value: { ...steady.redis.value!, status: 'modifying' }, age: 0 } }),
    'degraded',
    /^redis is modifying$/,
  ],
  [
    'redis that is gone',
    snapshot({ redis: { error: absent('no such group') } }),
    'degraded',
    /no such group/,
  ],
  ['redis that was read a moment ago', throttled(), 'healthy', /2 of 2/],
  [
    'redis that was read long ago',
    snapshot({ redis: { ...steady.redis, age: 31_000, error: throttling } }),
    'degraded',
    /^redis could not be read: elasticache DescribeReplicationGroups: Throttling/,
  ],
  [
    'targets that were never read',
    snapshot({ targets: { error: throttling } }),
    'degraded',
    /^targets could not/,
  ],
  [
    'a service that was never read',
    snapshot({ service: { error: throttling } }),
    'degraded',
    /the service could not/,
  ],
  [
    'a service that is gone',
    snapshot({ service: { ...steady.service, error: absent('service chat does not exist') } }),
    'down',
    /does not exist/,
  ],
  ['metrics that cannot be read', snapshot({ metrics: { error: throttling } }), 'healthy', /2 of 2/],
])('%s', (_, { verdict }, state, because) => {
  expect(verdict.state).toBe(state);
  expect(verdict.because).toMatch(because);
});
