import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSystem, type System } from './system-rig.ts';

let system: System;
let picture: Awaited<ReturnType<System['picture']>>;
beforeAll(async () => {
  system = await startSystem('pipeline', {
    parameters: ['/orders/database/user', '/orders/database/password'],
  });
  await system.up();
  picture = await system.picture();
}, 60_000);
afterAll(() => system.close());

it('has network, cluster, load balancer, repository and roles, and no Redis', () => {
  expect(picture.vpcs).toMatchObject([{ id: 'vpc', cidr: '10.0.0.0/16' }]);
  expect(picture.clusters).toHaveLength(1);
  expect(picture.loadBalancers).toMatchObject([
    {
      subnets: ['subnet-public-a', 'subnet-public-b'],
      scheme: 'internet-facing',
      listeners: [{ port: 80, protocol: 'HTTP' }],
    },
  ]);
  expect(picture.repositories).toMatchObject([{ name: system.names.repository, tagMutability: 'IMMUTABLE' }]);
  expect(picture.roles).toHaveLength(2);
  expect(picture.replicationGroups).toEqual([]);
  expect(picture.services).toMatchObject([{ counts: [2, 2], circuitBreaker: [true, true] }]);
});

it('tells the tasks of their database in the clear, but for what is secret', () => {
  const [container] = picture.taskDefinitions[0]!.containers;
  expect(container!.environment).toEqual([
    { name: 'PORT', value: '8080' },
    { name: 'DATABASE_HOST', value: 'orders.cluster-abcdefghijkl.eu-central-1.rds.amazonaws.com' },
    { name: 'DATABASE_PORT', value: '5432' },
    { name: 'DATABASE_NAME', value: 'orders' },
  ]);
  const of = (which: string) => `arn:aws:ssm:eu-central-1:000000000000:parameter/orders/database/${which}`;
  expect(container!.secrets).toEqual([
    { name: 'DATABASE_USER', valueFrom: of('user') },
    { name: 'DATABASE_PASSWORD', valueFrom: of('password') },
  ]);
  expect(picture.roles.find(({ name }) => name?.endsWith('-execution'))).toMatchObject({
    inline: {
      secrets: {
        Statement: [{ Action: 'ssm:GetParameters', Resource: [of('password'), of('user')] }],
      },
    },
  });
});

it('keeps the CPU of its tasks at 60 %', async () => {
  const { applicationAutoScaling } = system.cloud;
  const service = { ServiceNamespace: 'ecs' as const };
  const targets = await applicationAutoScaling.send(new DescribeScalableTargetsCommand(service));
  expect(targets.ScalableTargets).toMatchObject([
    {
      ResourceId: `service/${system.names.cluster}/${system.names.service}`,
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 2,
      MaxCapacity: 8,
    },
  ]);
  const policies = await applicationAutoScaling.send(new DescribeScalingPoliciesCommand(service));
  expect(policies.ScalingPolicies).toMatchObject([
    {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    },
  ]);
});

it('is found unchanged, and taken away without what is not its own', async () => {
  expect((await system.planned()).changes).toBe(false);
  await system.down();
  const left = await system.picture();
  expect([left.vpcs, left.loadBalancers, left.services, left.repositories, left.roles].flat()).toEqual([]);
  expect(left.parameters.map(({ name }) => name!).toSorted()).toEqual([
    '/orders/database/password',
    '/orders/database/user',
  ]);
});
