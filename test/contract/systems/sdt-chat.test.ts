import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf, startSystem, type System } from './system-rig.ts';

let system: System;
let picture: Awaited<ReturnType<System['picture']>>;
beforeAll(async () => {
  system = await startSystem('sdt-chat');
  await system.up();
  picture = await system.picture();
}, 60_000);
afterAll(() => system.close());

it('is written for its region and image', async () => {
  const { config, identity } = await configOf('sdt-chat');
  expect(identity.stack).toBe('sdt-chat/default/eu-west-1');
  expect(config.service.image).toBe('ghcr.io/example/sdt-chat:1.0.0');
});

it('has one node of Redis, whose address is in ELASTICACHE_ENDPOINT', () => {
  expect(picture.replicationGroups).toMatchObject([
    { nodes: 1, nodeType: 'cache.t2.micro', engine: 'redis', port: 6379, atRest: false, inTransit: false },
  ]);
  const [url] = picture.parameters;
  const [, host] = /^redis:\/\/([^:]+):6379$/.exec(url!.value!)!;
  expect(picture.taskDefinitions[0]!.containers[0]!.environment).toContainEqual({
    name: 'ELASTICACHE_ENDPOINT',
    value: host,
  });
});

it('has a load balancer that faces the internet and keeps a browser on its task for a day', () => {
  expect(picture.loadBalancers).toMatchObject([
    {
      type: 'application',
      scheme: 'internet-facing',
      deletionProtection: 'false',
      subnets: ['subnet-public-a', 'subnet-public-b'],
      listeners: [{ port: 80, protocol: 'HTTP', action: 'forward' }],
    },
  ]);
  expect(picture.targetGroups).toMatchObject([
    { targetType: 'ip', stickiness: 'true', stickinessType: 'lb_cookie', cookieSeconds: '86400' },
  ]);
  expect(picture.securityGroups).toMatchObject({
    'security-group-load-balancer': { ingress: ['tcp 80-80 0.0.0.0/0'] },
    'security-group-tasks': { ingress: ['tcp 0-65535 security-group-load-balancer'] },
    'security-group-redis': { ingress: ['tcp 6379-6379 security-group-tasks'] },
  });
});

it('has tasks of its size on Fargate', () => {
  expect(picture.taskDefinitions).toMatchObject([
    {
      cpu: '1024',
      memory: '2048',
      networkMode: 'awsvpc',
      requires: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      containers: [
        {
          ports: ['tcp 3000'],
          init: true,
          logs: {
            'awslogs-group': '/chatops/sdt-chat/default/eu-west-1',
            'awslogs-region': 'eu-west-1',
            'awslogs-stream-prefix': 'app',
          },
        },
      ],
    },
  ]);
});

it('runs two of them in public subnets, at least one and at most four during a deployment', () => {
  expect(picture.services).toMatchObject([
    {
      launchType: 'FARGATE',
      counts: [2, 2],
      percent: [50, 200],
      exec: true,
      container: [['app', 3000]],
      network: {
        subnets: ['subnet-public-a', 'subnet-public-b'],
        securityGroups: ['security-group-tasks'],
        assignPublicIp: 'ENABLED',
      },
    },
  ]);
});

it('has a task role with the channels of ECS Exec, and an execution role', () => {
  const [execution, task] = ['execution', 'task'].map((which) =>
    picture.roles.find(({ name }) => name?.endsWith(`-${which}`)),
  );
  expect(execution).toMatchObject({
    managed: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
  });
  expect(task).toMatchObject({
    managed: [],
    inline: {
      exec: {
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'ssmmessages:CreateControlChannel',
              'ssmmessages:CreateDataChannel',
              'ssmmessages:OpenControlChannel',
              'ssmmessages:OpenDataChannel',
            ],
            Resource: '*',
          },
        ],
      },
    },
  });
});

it('is found unchanged, and taken away whole', async () => {
  expect((await system.planned()).changes).toBe(false);
  await system.down();
  const left = await system.picture();
  expect([left.vpcs, left.loadBalancers, left.services, left.replicationGroups, left.roles].flat()).toEqual(
    [],
  );
});
