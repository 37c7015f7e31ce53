import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/aws/clients.ts';
import type { Cloud } from '../../../src/aws/cloud.ts';
import type { Call } from '../../../src/aws/operations.ts';
import { apply } from '../../../src/engine/apply.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { kinds } from '../../../src/resources/index.ts';
import { readStack, stacksOf } from '../../../src/stack/facts.ts';
import type { ImageSource } from '../../../src/stack/input.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { pictureOf } from './picture.ts';
import { scope } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, inWords, planOf, stackOf } from './stack-rig.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let cloud: Cloud;
let image: ImageSource;
let digest: string;
let picture: Awaited<ReturnType<typeof pictureOf>>;
const calls: Call[] = [];

beforeAll(async () => {
  local = await startLocalCloud();
  cloud = await connect({
    region: 'local',
    endpoint: local.endpoint,
    credentials: local.credentials,
    onCall: (call) => calls.push(call),
  });
  const build = await smallImage('chat');
  digest = build.digest;
  image = { build };
  await up({});
  picture = await pictureOf(cloud);
});
afterAll(() => local.close());

const planned = (settings: object) => planOf({ cloud, image }, settings, inWords.actionAndPaths);

const up = (settings: object) => bringTo({ cloud, image }, settings);

const tagsOf = (id: string) => ({
  'chatops:stack': 'chat/default/local',
  'chatops:id': id,
  'chatops:version': '1.2.3',
  Name: expect.stringContaining(id),
});

const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
    },
  ],
};

describe('the default stack is what the design asks for', () => {
  it('network', () => {
    expect(picture.vpcs).toEqual([
      { id: 'vpc', cidr: '10.0.0.0/16', dnsSupport: true, dnsHostnames: true, tags: tagsOf('vpc') },
    ]);
    expect(picture.internetGateways).toEqual([{ id: 'internet-gateway', vpc: 'vpc' }]);
    expect(picture.subnets).toEqual({
      'subnet-public-a': ['vpc', '10.0.0.0/20', 'locala', true],
      'subnet-public-b': ['vpc', '10.0.16.0/20', 'localb', true],
      'subnet-isolated-a': ['vpc', '10.0.128.0/20', 'locala', false],
      'subnet-isolated-b': ['vpc', '10.0.144.0/20', 'localb', false],
    });
    expect(picture.routeTables).toEqual({
      'route-table-public': {
        routes: ['0.0.0.0/0 → internet-gateway', '10.0.0.0/16 → local'],
        subnets: ['subnet-public-a', 'subnet-public-b'],
      },
      'route-table-isolated': {
        routes: ['10.0.0.0/16 → local'],
        subnets: ['subnet-isolated-a', 'subnet-isolated-b'],
      },
    });
  });

  it('security groups: the world reaches the load balancer, which reaches the tasks, which reach Redis', () => {
    expect(picture.securityGroups).toEqual({
      'security-group-load-balancer': {
        name: 'chat-ee38952c-load-balancer',
        ingress: ['tcp 8080-8180 0.0.0.0/0'],
        egress: ['all 0.0.0.0/0'],
      },
      'security-group-tasks': {
        name: 'chat-ee38952c-tasks',
        ingress: ['tcp 0-65535 security-group-load-balancer'],
        egress: ['all 0.0.0.0/0'],
      },
      'security-group-redis': {
        name: 'chat-ee38952c-redis',
        ingress: ['tcp 6379-6379 security-group-tasks'],
        egress: [],
      },
    });
  });

  it('Redis', () => {
    expect(picture.replicationGroups).toEqual([
      {
        name: 'chat-ee38952c',
        status: 'available',
        nodes: 1,
        nodeType: 'cache.t4g.micro',
        engine: 'valkey',
        majorVersion: '8',
        port: 6379,
        parameterGroup: 'chat-ee38952c-valkey8',
        subnetGroup: 'chat-ee38952c',
        securityGroups: ['security-group-redis'],
        atRest: true,
        inTransit: false,
        failover: 'disabled',
        multiAz: 'disabled',
        snapshots: 0,
        minorUpgrades: true,
      },
    ]);
    expect(picture.cacheSubnetGroups).toEqual([
      { name: 'chat-ee38952c', subnets: ['subnet-isolated-a', 'subnet-isolated-b'] },
    ]);
    expect(picture.cacheParameterGroups).toEqual([
      { name: 'chat-ee38952c-valkey8', family: 'valkey8', parameters: ['maxmemory-policy=noeviction'] },
    ]);
    expect(picture.parameters).toEqual([
      {
        name: '/chatops/chat/default/local/redis-url',
        type: 'SecureString',
        value: expect.stringMatching(/^redis:\/\/[\w.-]+:6379$/),
      },
    ]);
  });

  it('load balancer', () => {
    const targets = expect.stringMatching(/^chat-ee38952c-[0-9a-f]{6}$/);
    expect(picture.loadBalancers).toEqual([
      {
        name: 'chat-ee38952c',
        type: 'application',
        scheme: 'internet-facing',
        subnets: ['subnet-public-a', 'subnet-public-b'],
        securityGroups: ['security-group-load-balancer'],
        idleTimeout: '300',
        deletionProtection: 'false',
        listeners: [{ port: 8080, protocol: 'HTTP', action: 'forward', targets }],
      },
    ]);
    expect(picture.targetGroups).toEqual([
      {
        name: targets,
        vpc: 'vpc',
        targetType: 'ip',
        protocol: 'HTTP',
        port: 80,
        healthCheck: ['/livez', '200', 10, 5, 2, 2],
        stickiness: 'true',
        stickinessType: 'lb_cookie',
        cookieSeconds: '86400',
        deregistrationDelay: '60',
        algorithm: 'least_outstanding_requests',
      },
    ]);
  });

  it('roles', () => {
    expect(picture.roles).toEqual(
      expect.arrayContaining([
        {
          name: 'chat-ee38952c-execution',
          path: '/chatops/ee38952c/',
          trust,
          managed: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
          inline: {
            secrets: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'ssm:GetParameters',
                  Resource: 'arn:aws:ssm:local:000000000000:parameter/chatops/chat/default/local/redis-url',
                },
              ],
            },
          },
          tags: tagsOf('role-execution'),
        },
        {
          name: 'chat-ee38952c-task',
          path: '/chatops/ee38952c/',
          trust,
          managed: [],
          inline: {
            'target-health': {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'elasticloadbalancing:DescribeTargetHealth', Resource: '*' },
              ],
            },
          },
          tags: tagsOf('role-task'),
        },
      ]),
    );
    expect(picture.roles).toHaveLength(2);
  });

  it('repository and log group', () => {
    expect(picture.repositories).toEqual([
      {
        name: 'chatops/chat-ee38952c',
        tagMutability: 'IMMUTABLE',
        scanOnPush: true,
        lifecycle: [
          {
            tagStatus: 'untagged',
            countType: 'sinceImagePushed',
            countUnit: 'days',
            countNumber: 7,
            type: 'expire',
          },
          { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 50, type: 'expire' },
        ],
        tags: tagsOf('repository'),
      },
    ]);
    expect(picture.logGroups).toEqual([
      { name: '/chatops/chat/default/local', retention: 30, tags: tagsOf('log-group') },
    ]);
  });

  it('cluster, task definition and service', () => {
    expect(picture.clusters).toEqual([
      { name: 'chat-ee38952c', settings: [{ name: 'containerInsights', value: 'disabled' }] },
    ]);
    expect(picture.taskDefinitions).toEqual([
      {
        family: 'chat-ee38952c',
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
        requires: ['FARGATE'],
        roles: [
          'arn:aws:iam::000000000000:role/chatops/ee38952c/chat-ee38952c-execution',
          'arn:aws:iam::000000000000:role/chatops/ee38952c/chat-ee38952c-task',
        ],
        containers: [
          {
            name: 'app',
            image: expect.stringMatching(new RegExp(`/chatops/chat-ee38952c@${digest}$`)),
            essential: true,
            ports: ['tcp 3000'],
            environment: [
              { name: 'PORT', value: '3000' },
              {
                name: 'CHATOPS_TARGET_GROUP_ARN',
                value: expect.stringMatching(/:targetgroup\/chat-ee38952c-/),
              },
              { name: 'REDIS_URL_VERSION', value: '1' },
            ],
            secrets: [
              {
                name: 'REDIS_URL',
                valueFrom: 'arn:aws:ssm:local:000000000000:parameter/chatops/chat/default/local/redis-url',
              },
            ],
            logs: {
              'awslogs-group': '/chatops/chat/default/local',
              'awslogs-region': 'local',
              'awslogs-stream-prefix': 'app',
            },
            init: true,
            readonly: true,
            user: null,
            stopTimeout: 30,
          },
        ],
      },
    ]);
    expect(picture.services).toEqual([
      {
        name: 'chat-ee38952c',
        launchType: 'FARGATE',
        counts: [2, 2],
        network: {
          subnets: ['subnet-public-a', 'subnet-public-b'],
          securityGroups: ['security-group-tasks'],
          assignPublicIp: 'ENABLED',
        },
        container: [['app', 3000]],
        percent: [100, 200],
        circuitBreaker: [true, true],
        gracePeriod: 60,
        exec: false,
        propagateTags: 'SERVICE',
      },
    ]);
  });
});

describe('the same config again', () => {
  it('plans nothing, and neither plan nor apply writes anything', async () => {
    calls.length = 0;
    const { whole, todo } = await planned({});
    expect(todo).toEqual([]);
    expect(whole.changes).toBe(false);
    await apply(engineContext(cloud), whole);
    expect(calls.length).toBeGreaterThan(20);
    expect(calls.filter(({ write }) => write)).toEqual([]);
  });

  it('commands can ask where it answers and what it runs', async () => {
    const facts = await readStack(cloud, scope);
    expect(facts).toEqual({
      exists: true,
      endpoint: { url: 'http://localhost:8080', host: 'localhost', serverName: 'localhost' },
      image: expect.stringMatching(new RegExp(`@${digest}$`)),
      works: true,
      cluster: 'chat-ee38952c',
      service: 'chat-ee38952c',
      desiredCount: 2,
    });
    expect(await stacksOf(cloud, 'chat')).toEqual(['chat/default/local']);
    expect(await stacksOf(cloud, 'cha')).toEqual([]);
  });

  it('with the running image in place of the built one, plans nothing either', async () => {
    const facts = await readStack(cloud, scope);
    const built = image;
    image = { reference: facts.image! };
    expect((await planned({})).todo).toEqual([]);
    image = built;
  });
});

describe('a change of the config', () => {
  const changed = {
    loadBalancer: { idleTimeout: 120, allowFrom: ['192.0.2.7/24', '192.0.2.9/24'] },
    service: { cpu: 512, memory: 1024, count: 3, exec: true, env: { CACHE: '${redis.host}:${redis.port}' } },
    monitoring: { containerInsights: 'on' },
  };

  it('is in the plan before, and only that is updated', async () => {
    expect((await planned(changed)).todo.toSorted()).toEqual([
      'update cluster: containerInsights',
      'update load-balancer: attributes.idle_timeout.timeout_seconds',
      'update role-task: inlinePolicies.exec',
      'update security-group-load-balancer: ingress',
      'update service: taskDefinition, exec, desiredCount',
      'update task-definition: cpu, memory, container.readonlyRootFilesystem, container.environment.CACHE',
    ]);
    await up(changed);
    const after = await pictureOf(cloud);
    expect(after.loadBalancers[0]?.idleTimeout).toBe('120');
    expect(after.securityGroups).toMatchObject({
      'security-group-load-balancer': { ingress: ['tcp 8080-8180 192.0.2.0/24'] },
    });
    expect(after.services[0]?.counts).toEqual([3, 3]);
    expect(after.roles.find(({ name }) => name === 'chat-ee38952c-task')?.inline).toMatchObject({
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
    });
    const newest = after.taskDefinitions.at(-1);
    expect(newest).toMatchObject({ cpu: '512', memory: '1024' });
    expect(newest?.containers[0]?.environment).toContainEqual({
      name: 'CACHE',
      value: expect.stringMatching(/^[\w.-]+:6379$/),
    });
    expect((await planned(changed)).todo).toEqual([]);
  });

  it('of the port leaves the target group, in which tasks of both ports can be', async () => {
    await up({});
    const changed = { service: { port: 5000 } };
    const { whole } = await planned(changed);
    const ids = whole.actions.filter(({ action }) => action !== 'none').map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['service', 'task-definition']);
    await up(changed);
    const after = await pictureOf(cloud);
    expect(after.targetGroups).toEqual(picture.targetGroups);
    expect(after.services[0]?.container).toEqual([['app', 5000]]);
    await up({});
  });

  it('of the zones adds subnets, and takes them away again', async () => {
    await up({ network: { zones: 3 } });
    const three = await pictureOf(cloud);
    expect(three.subnets).toMatchObject({
      'subnet-public-c': ['vpc', '10.0.32.0/20', 'localc', true],
      'subnet-isolated-c': ['vpc', '10.0.160.0/20', 'localc', false],
    });
    expect(three.loadBalancers[0]?.subnets).toHaveLength(3);
    await up({});
    const two = await pictureOf(cloud);
    expect(Object.keys(two.subnets).toSorted()).toEqual(Object.keys(picture.subnets).toSorted());
    expect(two.routeTables).toEqual(picture.routeTables);
  });
});

it('a stack in a network that is taken away and made anew is refused without permission', async () => {
  const { whole } = await planned({ network: { cidr: '10.1.0.0/16' } });
  expect(whole.refusals.map(({ message }) => message)).toContainEqual(expect.stringContaining('vpc'));
});

it('after destroy, no listing call finds anything', async () => {
  const { outcome, error } = await destroy(engineContext(cloud), await stackOf(cloud, image), kinds);
  expect(error).toBeUndefined();
  expect(outcome).toBe('done');
  const left = await pictureOf(cloud);
  expect(Object.values(left).map((each) => Object.keys(each).length)).toEqual(
    Object.values(left).map(() => 0),
  );
  expect(await readStack(cloud, scope)).toMatchObject({ exists: false, endpoint: undefined });
  expect(await stacksOf(cloud, 'chat')).toEqual([]);
});
