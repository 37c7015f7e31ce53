import { ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeScalingPoliciesCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listenersOf } from './listeners.ts';
import { startSystem, type System } from './system-rig.ts';

let system: System;
let picture: Awaited<ReturnType<System['picture']>>;
beforeAll(async () => {
  system = await startSystem('front');
  await system.up();
  picture = await system.picture();
}, 60_000);
afterAll(() => system.close());

it('has its tasks in private subnets, and the load balancer in public ones', () => {
  expect(picture.services).toMatchObject([
    {
      counts: [2, 2],
      circuitBreaker: [true, true],
      container: [['app', 80]],
      network: {
        subnets: ['subnet-private-a', 'subnet-private-b'],
        securityGroups: ['security-group-tasks'],
        assignPublicIp: 'DISABLED',
      },
    },
  ]);
  expect(picture.loadBalancers).toMatchObject([{ subnets: ['subnet-public-a', 'subnet-public-b'] }]);
  expect(Object.values(picture.natGateways)).toEqual([['available', 'subnet-public-a', expect.any(String)]]);
  expect(picture.subnets).toMatchObject({
    'subnet-private-a': ['vpc', expect.any(String), 'eu-west-3a', false],
    'subnet-private-b': ['vpc', expect.any(String), 'eu-west-3b', false],
  });
});

it('opens the load balancer to the world, and the tasks to the load balancer', () => {
  expect(picture.securityGroups).toMatchObject({
    'security-group-load-balancer': { ingress: ['tcp 80-80 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0'] },
    'security-group-tasks': { ingress: ['tcp 0-65535 security-group-load-balancer'] },
  });
});

it('asks each task for / every 30 s', () => {
  expect(picture.targetGroups).toMatchObject([
    { targetType: 'ip', protocol: 'HTTP', healthCheck: ['/', '200', 30, 5, 2, 2], stickiness: 'false' },
  ]);
});

it('has small tasks, whose code may do nothing on AWS', () => {
  expect(picture.taskDefinitions).toMatchObject([{ cpu: '256', memory: '512', networkMode: 'awsvpc' }]);
  expect(picture.taskDefinitions[0]!.containers[0]).toMatchObject({
    ports: ['tcp 80'],
    environment: [{ name: 'PORT', value: '80' }],
    secrets: [],
  });
  expect(picture.roles.find(({ name }) => name?.endsWith('-execution'))).toMatchObject({
    managed: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
    inline: {},
  });
  expect(picture.roles.find(({ name }) => name?.endsWith('-task'))).toMatchObject({
    managed: [],
    inline: {},
  });
});

it('keeps logs for 7 days, and is watched', async () => {
  expect(picture.logGroups).toMatchObject([{ name: '/chatops/front/default/eu-west-3', retention: 7 }]);
  expect(picture.clusters).toMatchObject([{ settings: [{ name: 'containerInsights', value: 'enabled' }] }]);
  const { DashboardEntries } = await system.cloud.cloudwatch.send(new ListDashboardsCommand({}));
  expect(DashboardEntries!.map(({ DashboardName }) => DashboardName)).toEqual([system.names.dashboard]);
  const { MetricAlarms } = await system.cloud.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 'chatops/front/default/eu-west-3/' }),
  );
  expect(MetricAlarms!.length).toBeGreaterThan(0);
});

it('grows with its CPU and with its memory', async () => {
  const { ScalingPolicies } = await system.cloud.applicationAutoScaling.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs' }),
  );
  const targets = ScalingPolicies!.map(({ TargetTrackingScalingPolicyConfiguration: tracking }) => [
    tracking!.PredefinedMetricSpecification!.PredefinedMetricType,
    tracking!.TargetValue,
  ]);
  expect(Object.fromEntries(targets)).toEqual({
    ECSServiceAverageCPUUtilization: 60,
    ECSServiceAverageMemoryUtilization: 75,
  });
});

it('is reached over HTTPS, with a certificate of its own', async () => {
  const { CertificateSummaryList } = await system.cloud.acm.send(
    new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
  );
  expect(CertificateSummaryList).toMatchObject([{ DomainName: 'front.example.com', Status: 'ISSUED' }]);
  const [{ CertificateArn } = {}] = CertificateSummaryList!;
  expect(await listenersOf(system.cloud)).toEqual([
    'HTTP 80: redirect to HTTPS 443, HTTP_301',
    `HTTPS 443: forward, ${CertificateArn}`,
  ]);
});

it('is found unchanged, and taken away whole', async () => {
  expect((await system.planned()).changes).toBe(false);
  await system.down();
  const left = await system.picture();
  expect([left.vpcs, left.loadBalancers, left.services, left.roles, left.logGroups].flat()).toEqual([]);
  const { CertificateSummaryList } = await system.cloud.acm.send(
    new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
  );
  expect(CertificateSummaryList).toEqual([]);
});
