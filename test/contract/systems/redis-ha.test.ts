import { ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { DescribeCacheClustersCommand, DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listenersOf } from './listeners.ts';
import { startSystem, type System } from './system-rig.ts';

let system: System;
let picture: Awaited<ReturnType<System['picture']>>;
beforeAll(async () => {
  system = await startSystem('redis-ha');
  await system.up();
  picture = await system.picture();
}, 60_000);
afterAll(() => system.close());

it('has tasks in public subnets and Redis in isolated ones, over two zones', () => {
  expect(picture.subnets).toMatchObject({
    'subnet-public-a': ['vpc', expect.any(String), 'eu-west-1a', true],
    'subnet-public-b': ['vpc', expect.any(String), 'eu-west-1b', true],
    'subnet-isolated-a': ['vpc', expect.any(String), 'eu-west-1a', false],
    'subnet-isolated-b': ['vpc', expect.any(String), 'eu-west-1b', false],
  });
  expect(picture.services).toMatchObject([
    { network: { subnets: ['subnet-public-a', 'subnet-public-b'], assignPublicIp: 'ENABLED' } },
  ]);
  expect(picture.cacheSubnetGroups).toMatchObject([{ subnets: ['subnet-isolated-a', 'subnet-isolated-b'] }]);
  expect(picture.securityGroups).toMatchObject({
    'security-group-redis': { ingress: ['tcp 6379-6379 security-group-tasks'] },
  });
});

it('has a Redis with a replica that takes over, in the other zone, encrypted, with a password', async () => {
  expect(picture.replicationGroups).toMatchObject([
    {
      nodes: 2,
      engine: 'redis',
      nodeType: 'cache.t4g.small',
      failover: 'enabled',
      multiAz: 'enabled',
      atRest: true,
      inTransit: true,
      minorUpgrades: true,
    },
  ]);
  const { elasticache } = system.cloud;
  const { ReplicationGroups } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
  expect(ReplicationGroups![0]).toMatchObject({ AuthTokenEnabled: true });
  const { CacheClusters } = await elasticache.send(new DescribeCacheClustersCommand({}));
  expect(CacheClusters!.map((one) => one.PreferredAvailabilityZone!).toSorted()).toEqual([
    'eu-west-1a',
    'eu-west-1b',
  ]);
});

it('gives the tasks REDIS_URL: the endpoint of the primary, with the password, as a secret', async () => {
  const { ReplicationGroups } = await system.cloud.elasticache.send(new DescribeReplicationGroupsCommand({}));
  const { Address } = ReplicationGroups![0]!.NodeGroups![0]!.PrimaryEndpoint!;
  const parameter = '/chatops/redis-ha/default/eu-west-1/redis-url';
  const stored = picture.parameters.find(({ name }) => name === parameter);
  expect(stored!.type).toBe('SecureString');
  const url = new URL(stored!.value!);
  expect(url).toMatchObject({ protocol: 'rediss:', hostname: Address, port: '6379' });
  expect(url.password.length).toBeGreaterThanOrEqual(16);
  const [container] = picture.taskDefinitions[0]!.containers;
  expect(container!.secrets).toEqual([
    { name: 'REDIS_URL', valueFrom: `arn:aws:ssm:eu-west-1:000000000000:parameter${parameter}` },
  ]);
  expect(JSON.stringify(container!.environment)).not.toContain(url.password);
});

it('is checked with a query by the load balancer, and from inside the container', async () => {
  expect(picture.targetGroups).toMatchObject([{ healthCheck: ['/?q=1', '200', 10, 5, 2, 2] }]);
  const { services } = await system.cloud.ecs.send(
    new DescribeServicesCommand({ cluster: system.names.cluster, services: [system.names.service] }),
  );
  const [{ taskDefinition: arn } = {}] = services!;
  const { taskDefinition } = await system.cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: arn }),
  );
  expect(taskDefinition!.containerDefinitions).toMatchObject([
    {
      portMappings: [{ containerPort: 80 }],
      healthCheck: {
        command: ['CMD', 'node', 'check.js'],
        interval: 10,
        timeout: 5,
        retries: 2,
        startPeriod: 10,
      },
      logConfiguration: { logDriver: 'awslogs' },
    },
  ]);
});

it('starts its four tasks one after the other', async () => {
  const { services } = await system.cloud.ecs.send(
    new DescribeServicesCommand({ cluster: system.names.cluster, services: [system.names.service] }),
  );
  const [{ events = [], runningCount } = {}] = services!;
  expect(runningCount).toBe(4);
  const starts = events
    .filter(({ message }) => message!.includes('has started'))
    .map(({ message, createdAt }) => [/has started (\d+) tasks/.exec(message!)![1], createdAt!.getTime()])
    .toReversed();
  expect(starts.map(([tasks]) => tasks)).toEqual(['1', '1', '1', '1']);
  const gaps = starts.slice(1).map(([, at], index) => Number(at) - Number(starts[index]![1]));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
});

it('is reached over HTTPS alone, and writes access logs', async () => {
  const { CertificateSummaryList } = await system.cloud.acm.send(
    new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
  );
  expect(CertificateSummaryList).toMatchObject([{ DomainName: 'app.example.com', Status: 'ISSUED' }]);
  const [{ CertificateArn } = {}] = CertificateSummaryList!;
  const { cloud, names } = system;
  expect(await listenersOf(cloud)).toEqual([
    'HTTP 80: redirect to HTTPS 443, HTTP_301',
    `HTTPS 443: forward, ${CertificateArn}`,
  ]);
  const { LoadBalancers } = await cloud.elbv2.send(new DescribeLoadBalancersCommand({}));
  const { Attributes } = await cloud.elbv2.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn }),
  );
  expect(Attributes).toEqual(
    expect.arrayContaining([
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: names.accessLogBucket(cloud.account) },
    ]),
  );
});

it('is found unchanged, and taken away whole', async () => {
  expect((await system.planned()).changes).toBe(false);
  await system.down();
  const left = await system.picture();
  expect([left.vpcs, left.loadBalancers, left.services, left.replicationGroups, left.roles].flat()).toEqual(
    [],
  );
  expect(left.parameters).toEqual([]);
});
