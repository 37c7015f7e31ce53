import { expect, it } from 'vitest';
import { identify, namesOf } from '../../../src/config/names.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { graphOf, needsOf } from '../../../src/engine/graph.ts';
import { placeholders, unknown } from '../../../src/engine/unknown.ts';
import { buildStack } from '../../../src/stack/build.ts';

function stackIn(region: string, settings: object = {}, partition = 'aws') {
  const config = configSchema.parse({ region, ...settings });
  const identity = identify(config.app, 'default', region);
  const nodes = buildStack({
    config,
    identity,
    names: namesOf(identity),
    zones: ['a', 'b', 'c'].slice(0, config.network.zones).map((letter) => `${region}${letter}`),
    cloud: { account: '123456789012', partition, region },
    image: { reference: 'nginx:1.27' },
  });
  return {
    nodes,
    /** What a node wants while nothing stands yet. */
    props: (id: string) => {
      const node = nodes.find((one) => one.id === id)!;
      const needs = needsOf(node).map(([edge]) => [edge, placeholders()]);
      return node.props(Object.fromEntries(needs)) as Record<string, unknown>;
    },
  };
}

it('has exactly the resources of the default stack', () => {
  const ids = stackIn('eu-west-3').nodes.map(({ id }) => id);
  expect(ids.toSorted()).toEqual([
    'cache-parameter-group',
    'cache-subnet-group',
    'cluster',
    'internet-gateway',
    'listener-http',
    'load-balancer',
    'log-group',
    'parameter-redis-url',
    'redis-access',
    'replication-group',
    'repository',
    'role-execution',
    'role-task',
    'route-table-isolated',
    'route-table-public',
    'security-group-load-balancer',
    'security-group-redis',
    'security-group-tasks',
    'service',
    'subnet-isolated-a',
    'subnet-isolated-b',
    'subnet-public-a',
    'subnet-public-b',
    'target-group',
    'task-definition',
    'vpc',
  ]);
});

it('begins with the chain that leads to Redis, which takes longest', () => {
  const { order } = graphOf(stackIn('eu-west-3').nodes);
  expect(order.indexOf('replication-group')).toBeLessThan(order.indexOf('load-balancer'));
});

it('can be planned while nothing stands, and says what it does not know yet', () => {
  const { nodes, props } = stackIn('eu-west-3');
  for (const { id } of nodes) expect(props(id)).toBeTypeOf('object');
  expect(props('target-group')['name']).toBe(unknown);
  expect(props('parameter-redis-url')['value']).toBe(`rediss://${unknown}:${unknown}`);
});

it('listens on 80 on AWS, on a free port on this machine, and where the config says', () => {
  const portOf = (stack: ReturnType<typeof stackIn>) => {
    const [rule] = stack.props('security-group-load-balancer')['ingress'] as Record<string, unknown>[];
    return [stack.props('listener-http')['port'], rule?.['fromPort'], rule?.['toPort']];
  };
  expect(portOf(stackIn('eu-west-3'))).toEqual([80, 80, 80]);
  expect(portOf(stackIn('local'))).toEqual(['auto', 8080, 8180]);
  expect(portOf(stackIn('local', { loadBalancer: { port: 8443 } }))).toEqual([8443, 8443, 8443]);
});

it('names the parameter of its own account and partition in the policy', () => {
  const { inlinePolicies, managedPolicies } = stackIn('cn-north-1', {}, 'aws-cn').props('role-execution');
  expect(JSON.stringify(inlinePolicies)).toContain(
    '"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/chatops/chat/default/cn-north-1/redis-url"',
  );
  expect(managedPolicies).toEqual([
    'arn:aws-cn:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
  ]);
});

it('gives each engine the parameters that go with it', () => {
  const redis = stackIn('eu-west-3', { redis: { engine: 'redis', version: '6.2' } });
  expect(redis.props('cache-parameter-group')).toMatchObject({
    name: expect.stringMatching(/-redis6-x$/),
    family: 'redis6.x',
    parameters: { 'maxmemory-policy': 'noeviction' },
  });
  expect(redis.props('replication-group')).toMatchObject({ engine: 'redis', engineVersion: '6.2' });
});

it('fails over by itself, over zones, wherever there is a replica', () => {
  const group = (redis: object) => stackIn('eu-west-3', { redis }).props('replication-group');
  expect(group({})).toMatchObject({ replicas: 0, multiAz: false });
  expect(group({ replicas: 2 })).toMatchObject({ replicas: 2, multiAz: true });
  expect(group({ replicas: 1, multiAz: false })).toMatchObject({ replicas: 1, multiAz: false });
  expect(() => group({ multiAz: true })).toThrow('needs at least one replica');
});

it('encrypts on AWS, and where it is asked to; a token is in the secret alone', () => {
  const transit = (stack: ReturnType<typeof stackIn>) =>
    stack.props('replication-group')['transitEncryption'];
  expect([transit(stackIn('eu-west-3')), transit(stackIn('local'))]).toEqual([true, false]);
  const secured = stackIn('eu-west-3', { redis: { authToken: true } });
  expect(secured.props('parameter-redis-url')['value']).toBe(`rediss://:${unknown}@${unknown}:${unknown}`);
  expect(secured.props('parameter-redis-auth-token')).toEqual({
    name: '/chatops/chat/default/eu-west-3/redis-auth-token',
    rotation: '1',
  });
  for (const refused of [
    { redis: { authToken: true, encryption: { inTransit: false } } },
    { region: 'local', redis: { authToken: true } },
    { redis: { authToken: true }, service: { env: { CACHE: '${redis.url}' } } },
  ]) {
    expect(() => stackIn('eu-west-3', refused)).toThrow(/needs encrypted connections|has a password here/);
  }
});

it('uses an existing Redis, or none', () => {
  const cacheIds = (redis: object) =>
    stackIn('eu-west-3', { redis })
      .nodes.map(({ id }) => id)
      .filter((id) => /cache|redis|replication/.test(id));
  expect(cacheIds({ url: 'redis://10.0.0.1' })).toEqual(['parameter-redis-url']);
  expect(cacheIds({ mode: 'off' })).toEqual([]);
  const container = (settings: object) =>
    stackIn('eu-west-3', settings).props('task-definition')['container'] as Record<string, object>;
  expect(container({ redis: { mode: 'off' } })['secrets']).toEqual({});
  const env = { HOST: '${redis.host}:${redis.port}' };
  expect(container({ redis: { url: 'redis://10.0.0.1' }, service: { env } })['environment']).toMatchObject({
    HOST: '10.0.0.1:6379',
  });
  expect(() => container({ redis: { mode: 'off' }, service: { env } })).toThrow('there is no Redis');
  expect(() => container({ redis: { mode: 'off', url: 'redis://10.0.0.1' } })).toThrow('together');
  expect(() => container({ redis: { url: 'http://10.0.0.1' } })).toThrow('must be like redis://');
});

it('has a serverless cache in place of a group, and nothing that it cannot have', () => {
  const { props } = stackIn('local', { redis: { mode: 'serverless' } });
  expect(props('serverless-cache')).toMatchObject({ engine: 'valkey', majorVersion: '8' });
  expect(props('parameter-redis-url')['value']).toBe(`rediss://${unknown}:${unknown}`);
  expect(props('task-definition')['container']).toMatchObject({ environment: { REDIS_CLUSTER: 'true' } });
  for (const more of [{ authToken: true }, { encryption: { inTransit: false } }, { port: 7000 }]) {
    expect(() => stackIn('eu-west-3', { redis: { mode: 'serverless', ...more } })).toThrow('serverless');
  }
});

it('says what a durable Redis lacks', () => {
  expect(() => stackIn('eu-west-3', { redis: { durability: 'sync', version: '9.0' } })).toThrow(
    /sync.*needs a redis.nodeType of r6g–r8g, m6g–m8g, c7gn or c8gn, redis.cluster, redis.replicas with redis.multiAz"/,
  );
  const durable = {
    durability: 'sync',
    version: '9.0',
    nodeType: 'cache.r7g.large',
    cluster: { shards: 2 },
    replicas: 1,
  };
  // Even on this machine, where connections are not encrypted by default.
  expect(stackIn('local', { redis: durable }).props('replication-group')).toMatchObject({
    durability: 'sync',
    transitEncryption: true,
  });
  for (const [without, lacking] of [
    [{ encryption: { atRest: false } }, 'redis.encryption.atRest'],
    [{ encryption: { inTransit: false } }, 'redis.encryption.inTransit'],
    [{ version: '8.2' }, 'redis.version 9.0'],
  ] as const) {
    expect(() => stackIn('eu-west-3', { redis: { ...durable, ...without } })).toThrow(lacking);
  }
});

it('has a cluster of shards, and tells the tasks of it and of the replicas', () => {
  const { props } = stackIn('eu-west-3', {
    redis: { cluster: { shards: 3 }, replicas: 1 },
    service: { env: { CLUSTERED: '${redis.cluster}' } },
  });
  expect(props('replication-group')).toMatchObject({ clusterMode: 'enabled', shards: 3, replicas: 1 });
  expect(props('cache-parameter-group')).toMatchObject({
    name: expect.stringMatching(/-valkey8-cluster$/),
    parameters: { 'maxmemory-policy': 'noeviction', 'cluster-enabled': 'yes' },
  });
  const environment = (settings: object) =>
    (stackIn('eu-west-3', settings).props('task-definition')['container'] as { environment: object })
      .environment;
  expect(props('task-definition')['container']).toMatchObject({
    environment: { REDIS_CLUSTER: 'true', WAIT_REPLICAS: '1', CLUSTERED: 'true' },
  });
  expect(environment({})).not.toHaveProperty('REDIS_CLUSTER');
  expect(environment({})).not.toHaveProperty('WAIT_REPLICAS');
  expect(environment({ redis: { replicas: 2 } })).toMatchObject({ WAIT_REPLICAS: '1' });
  const own = { redis: { replicas: 2 }, service: { env: { WAIT_REPLICAS: '2' } } };
  expect(environment(own)).toMatchObject({ WAIT_REPLICAS: '2' });
  for (const [redis, problem] of [
    [{ cluster: { shards: 200 }, replicas: 2 }, 'at most 500'],
    [{ cluster: { shards: 2 }, mode: 'serverless' }, 'needs nodes of its own'],
    [{ cluster: { shards: 2 }, url: 'redis://10.0.0.1' }, 'needs nodes of its own'],
  ] as const) {
    expect(() => stackIn('eu-west-3', { redis })).toThrow(problem);
  }
});

it('takes the read-only root file system away where ECS Exec has to write', () => {
  const container = (settings: object) =>
    stackIn('eu-west-3', { service: settings }).props('task-definition')['container'];
  expect(container({})).toMatchObject({ readonlyRootFilesystem: true, image: 'nginx:1.27' });
  expect(container({ exec: true })).toMatchObject({ readonlyRootFilesystem: false });
});

it("gives REDIS_URL as a secret, or the user's own value of it: ECS refuses both", () => {
  const container = (env: object) =>
    stackIn('eu-west-3', { service: { env } }).props('task-definition')['container'];
  expect(container({})).toMatchObject({ secrets: { REDIS_URL: unknown } });
  expect(container({ REDIS_URL: 'redis://other:6379' })).toMatchObject({
    environment: { REDIS_URL: 'redis://other:6379' },
    secrets: {},
  });
});

const alarmsIn = (settings: object) =>
  stackIn('eu-west-3', settings)
    .nodes.map(({ id }) => id)
    .filter((id) => id.startsWith('alarm-'))
    .map((id) => id.slice('alarm-'.length));

it('alarms follow what there is to watch', () => {
  const always = [
    'no-healthy-target',
    'unhealthy-target',
    'target-5xx',
    'load-balancer-5xx',
    'target-connection-errors',
    'cpu',
    'memory',
  ];
  const monitoring = { alarms: true };
  const node = ['redis-memory', 'redis-cpu', 'redis-evictions'];
  expect(alarmsIn({})).toEqual([]);
  expect(alarmsIn({ monitoring })).toEqual([...always, ...node]);
  expect(alarmsIn({ monitoring, redis: { mode: 'off' } })).toEqual(always);
  expect(alarmsIn({ monitoring, redis: { replicas: 1 } })).toEqual([
    ...always,
    ...node,
    'redis-replication-lag',
  ]);
  expect(alarmsIn({ monitoring, redis: { mode: 'serverless' } })).toEqual([
    ...always,
    'redis-evictions',
    'redis-throttled',
  ]);
  expect(alarmsIn({ monitoring: { alarms: true, containerInsights: 'on' } })).toContain('missing-tasks');
});

it('an alarm on Redis watches all nodes, and tells the topic of the config', () => {
  const notify = 'arn:aws:sns:eu-west-3:123456789012:on-call';
  const { props } = stackIn('eu-west-3', { monitoring: { alarms: { notify } }, redis: { replicas: 1 } });
  const { metrics, expression, notify: told } = props('alarm-redis-memory');
  expect({ expression, told }).toEqual({ expression: 'MAX(METRICS())', told: [notify] });
  expect(metrics).toMatchObject(
    [1, 2].map((index) => ({
      dimensions: { CacheClusterId: expect.stringMatching(new RegExp(`^chat-[0-9a-f]{8}-00${index}$`)) },
    })),
  );
});

it('a cluster of more than ten nodes has more than one alarm of a sort', () => {
  const settings = { monitoring: { alarms: true }, redis: { replicas: 1, cluster: { shards: 6 } } };
  const { props } = stackIn('eu-west-3', settings);
  const [first, second] = ['alarm-redis-cpu', 'alarm-redis-cpu-2'].map((id) => JSON.stringify(props(id)));
  expect(first).toMatch(/-0001-001.*-0005-002/);
  expect(second).toMatch(/-0006-001.*-0006-002/);
});

it('the widgets of a dashboard fit the grid and do not lie upon each other', () => {
  const { props } = stackIn('eu-west-3', { monitoring: { dashboard: true } });
  const { widgets } = props('dashboard')['body'] as {
    widgets: { x: number; y: number; width: number; height: number }[];
  };
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, at) => `${x + (at % width)} ${y + Math.floor(at / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  expect(JSON.stringify(widgets)).toContain('SOURCE');
});

it('access logs go into a bucket of the stack, or into an existing one that stays as it is', () => {
  const own = stackIn('eu-west-3', { loadBalancer: { accessLogs: { prefix: 'a/b', retention: 7 } } });
  const { name, expiry, policy } = own.props('access-log-bucket');
  expect(name).toMatch(/^chat-[0-9a-f]{8}-logs-[0-9a-f]{6}$/);
  expect(expiry).toBe(7);
  expect(JSON.stringify(policy)).toContain(`arn:aws:s3:::${String(name)}/a/b/AWSLogs/123456789012/*`);
  expect(own.props('load-balancer')['attributes']).toMatchObject({
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': name,
    'access_logs.s3.prefix': 'a/b',
  });
  const given = stackIn('eu-west-3', { loadBalancer: { accessLogs: { bucket: 'central-logs' } } });
  expect(given.nodes.some(({ id }) => id === 'access-log-bucket')).toBe(false);
  expect(given.props('load-balancer')['attributes']).toMatchObject({
    'access_logs.s3.bucket': 'central-logs',
  });
});

it.each([
  [{ monitoring: { alarms: { notify: 'arn:aws:sns:us-east-1:123456789012:t' } } }, /topic of the region/],
  [{ monitoring: { alarms: { notify: 'on-call' } } }, /ARN of an SNS topic/],
  [{ loadBalancer: { accessLogs: { bucket: 'central-logs', retention: 7 } } }, /rules of its own/],
  [{ loadBalancer: { accessLogs: { prefix: 'AWSLogs/x' } } }, /without a slash at either end/],
])('refuses %j', (settings, message) => {
  expect(() => stackIn('eu-west-3', settings)).toThrow(message);
});
