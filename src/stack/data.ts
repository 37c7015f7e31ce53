import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode } from '../engine/resource.ts';
import { securityGroup } from '../resources/ec2/security-group.ts';
import { familyOf } from '../resources/elasticache/engine-version.ts';
import { cacheParameterGroup } from '../resources/elasticache/parameter-group.ts';
import { replicationGroup } from '../resources/elasticache/replication-group.ts';
import { replicationGroupAccess } from '../resources/elasticache/replication-group-access.ts';
import type { AuthToken } from '../resources/elasticache/replication-group-shape.ts';
import { serverlessCache } from '../resources/elasticache/serverless-cache.ts';
import { cacheSubnetGroup } from '../resources/elasticache/subnet-group.ts';
import { generatedParameter } from '../resources/ssm/generated-parameter.ts';
import { parameter, type ParameterAttrs } from '../resources/ssm/parameter.ts';
import type { Edge } from './edge.ts';
import type { Placeholders } from './environment.ts';
import type { StackInput } from './input.ts';
import type { Network } from './network.ts';
import type { NodeOf } from './node-of.ts';
import { edgesTo, subnetIdsOf } from './subnets.ts';

/** Redis, and the parameter that tells the tasks where it is and how to get in. */
export interface Data {
  /** Everything that there is to it. */
  nodes: AnyNode<Cloud>[];
  /** Undefined where it is not the stack's own. */
  redis?: NodeOf<typeof replicationGroup> | NodeOf<typeof serverlessCache>;
  /** The same, where it is a replication group. */
  group?: NodeOf<typeof replicationGroup>;
  /** `rediss://:<token>@<host>:<port>`; undefined where there is no Redis. */
  url?: NodeOf<typeof parameter>;
  token?: NodeOf<typeof generatedParameter>;
}

/** Redis in one of its forms: nodes of the stack's own, serverless, an existing one, or none. */
export function dataOf(input: StackInput, network: Network, edge: Edge): Data {
  const { config, names } = input;
  if (config.redis.mode === 'off') return { nodes: [] };
  if (config.redis.mode === 'serverless') return serverlessOf(input, network, edge);
  if (config.redis.url === undefined) return replicationGroupOf(input, network, edge);
  const value = config.redis.url;
  const url = resource({
    id: 'parameter-redis-url',
    kind: parameter,
    needs: {},
    props: () => ({
      name: redisUrlParameter(names.parameterPath),
      type: 'SecureString' as const,
      value,
    }),
  });
  return { nodes: [url], url };
}

/** Redis in the isolated subnets, open to the tasks alone, and the parameter that tells them its address. */
function replicationGroupOf(input: StackInput, network: Network, edge: Edge): Data {
  const { config, identity, names } = input;
  const { redis } = config;
  const family = familyOf(redis.engine, redis.version);
  const { isolatedSubnets, isolatedRoutes } = network;

  const group = redisGroupOf(input, network, edge);
  const subnetGroup = resource({
    id: 'cache-subnet-group',
    kind: cacheSubnetGroup,
    needs: edgesTo(isolatedSubnets),
    props: (needs) => ({
      name: names.cacheSubnetGroup,
      description: `${identity.stack}: isolated subnets`,
      subnetIds: subnetIdsOf(isolatedSubnets, needs),
    }),
  });
  const parameterGroup = resource({
    id: 'cache-parameter-group',
    kind: cacheParameterGroup,
    needs: {},
    props: () => ({
      name: names.cacheParameterGroup(family, redis.cluster !== undefined),
      family,
      description: `${identity.stack}: ${family}`,
      // The default policy evicts exactly the keys that expire, and messages are such keys.
      parameters: { 'maxmemory-policy': 'noeviction', ...(redis.cluster && { 'cluster-enabled': 'yes' }) },
    }),
  });
  const token = redis.authToken
    ? resource({
        id: 'parameter-redis-auth-token',
        kind: generatedParameter,
        needs: {},
        props: () => ({
          name: `${names.parameterPath}/redis-auth-token`,
          rotation: String(redis.authTokenRotation),
        }),
      })
    : undefined;
  const replication = resource({
    id: 'replication-group',
    kind: replicationGroup,
    needs: { group, subnetGroup, parameterGroup, isolatedRoutes, ...edgesTo(token ? [token] : []) },
    seconds: 420,
    props: (needs) => ({
      replicationGroupId: names.replicationGroup,
      engine: redis.engine,
      engineVersion: redis.version,
      nodeType: redis.nodeType,
      shards: redis.cluster?.shards ?? 1,
      clusterMode: redis.cluster === undefined ? ('disabled' as const) : ('enabled' as const),
      replicas: redis.replicas,
      multiAz: redis.multiAz,
      durability: redis.durability,
      port: redis.port,
      parameterGroup: needs.parameterGroup.name,
      subnetGroup: needs.subnetGroup.name,
      securityGroupIds: [needs.group.groupId],
      atRestEncryption: redis.encryption.atRest,
      transitEncryption: redis.encryption.inTransit,
      authToken: tokenOf(token, needs),
      autoMinorVersionUpgrade: redis.autoMinorVersionUpgrade,
      snapshotRetention: redis.snapshotRetention,
      maintenanceWindow: redis.maintenanceWindow,
    }),
  });
  const url = resource({
    id: 'parameter-redis-url',
    kind: parameter,
    needs: { redis: replication, ...edgesTo(token ? [token] : []) },
    props: (needs) => {
      const password = tokenOf(token, needs)?.value;
      return {
        name: redisUrlParameter(names.parameterPath),
        type: 'SecureString' as const,
        value: `${redis.encryption.inTransit ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${password}@`}${needs.redis.host}:${needs.redis.port}`,
      };
    },
  });
  return {
    nodes: [group, subnetGroup, parameterGroup, replication, url, ...(token ? [token] : [])],
    redis: replication,
    group: replication,
    url,
    ...(token === undefined ? {} : { token }),
  };
}

/** A serverless cache in the isolated subnets; its connections are encrypted, and its port is ElastiCache's. */
function serverlessOf(input: StackInput, network: Network, edge: Edge): Data {
  const { config, names } = input;
  const { redis } = config;
  const { isolatedSubnets, isolatedRoutes } = network;
  const group = redisGroupOf(input, network, edge);
  const cache = resource({
    id: 'serverless-cache',
    kind: serverlessCache,
    needs: { group, isolatedRoutes, ...edgesTo(isolatedSubnets) },
    seconds: 55,
    props: (needs) => ({
      name: names.replicationGroup,
      engine: redis.engine,
      majorVersion: redis.version.split('.')[0]!,
      subnetIds: subnetIdsOf(isolatedSubnets, needs),
      securityGroupIds: [needs.group.groupId],
      snapshotRetention: redis.snapshotRetention,
    }),
  });
  const url = resource({
    id: 'parameter-redis-url',
    kind: parameter,
    needs: { redis: cache },
    props: (needs) => ({
      name: redisUrlParameter(names.parameterPath),
      type: 'SecureString' as const,
      value: `rediss://${needs.redis.host}:${needs.redis.port}`,
    }),
  });
  return { nodes: [group, cache, url], redis: cache, url };
}

/** Open to the tasks alone. */
function redisGroupOf({ config, identity, names }: StackInput, { vpc }: Network, edge: Edge) {
  const { port } = config.redis;
  return resource({
    id: 'security-group-redis',
    kind: securityGroup,
    needs: { vpc, tasksGroup: edge.tasksGroup },
    props: (needs) => ({
      name: names.securityGroup('redis'),
      description: `${identity.stack}: Redis, open to the tasks`,
      vpcId: needs.vpc.vpcId,
      ingress: [{ protocol: 'tcp', fromPort: port, toPort: port, peer: needs.tasksGroup.groupId }],
      egress: [],
    }),
  });
}

/** What is left to do once the tasks have moved to a new auth token, or to encrypted connections: to refuse what was before. */
export function redisAccessOf({ config }: StackInput, { group, token }: Data, service: AnyNode<Cloud>) {
  if (group === undefined) return [];
  const access = resource({
    id: 'redis-access',
    kind: replicationGroupAccess,
    needs: { redis: group, service, ...edgesTo(token ? [token] : []) },
    props: (needs) => ({
      replicationGroupId: needs.redis.replicationGroupId,
      transitEncryption: config.redis.encryption.inTransit,
      authToken: tokenOf(token, needs),
    }),
  });
  return [access];
}

/** What the tasks are told of Redis. */
export interface RedisInTask {
  environment: Record<string, string>;
  /** ARNs of parameters. */
  secrets: Record<string, string>;
  /** What `${redis.…}` stands for in `service.env`; the config is refused where that would show a password. */
  placeholders: Pick<Placeholders, `redis.${string}` & keyof Placeholders>;
}

/** What the tasks are told of Redis, out of the attributes of what their definition needs: all of `redis` and `url`. */
export function redisInTask(
  { redis: wanted }: StackInput['config'],
  { redis, group, url }: Data,
  needs: object,
): RedisInTask {
  const attrs = needs as Record<string, { host: string; port: number } & ParameterAttrs>;
  const scheme = wanted.encryption.inTransit ? 'rediss' : 'redis';
  const given = wanted.url === undefined ? undefined : new URL(wanted.url);
  const [host, port] =
    redis === undefined
      ? [given?.hostname ?? '', given?.port || '6379']
      : [attrs[redis.id]!.host, String(attrs[redis.id]!.port)];
  const parameterAttrs = url && attrs[url.id]!;
  // A serverless cache always speaks the protocol of clusters.
  const cluster = redis !== undefined && (wanted.cluster !== undefined || wanted.mode === 'serverless');
  return {
    environment: {
      // A task reads its secrets when it starts: another value calls for other tasks.
      ...(parameterAttrs && { REDIS_URL_VERSION: String(parameterAttrs.version) }),
      ...(cluster && { REDIS_CLUSTER: 'true' }),
      // With `sync` ElastiCache itself answers only once a write cannot be lost any more.
      ...(group !== undefined &&
        wanted.replicas > 0 &&
        wanted.durability !== 'sync' && { WAIT_REPLICAS: '1' }),
    },
    secrets: parameterAttrs ? { REDIS_URL: parameterAttrs.arn } : {},
    placeholders: {
      'redis.host': host,
      'redis.port': port,
      'redis.url': given === undefined ? `${scheme}://${host}:${port}` : given.href,
      'redis.cluster': String(cluster),
    },
  };
}

/** The auth token among the attributes of what a node needs. */
function tokenOf(token: Data['token'], needs: object): AuthToken | undefined {
  if (token === undefined) return undefined;
  const { value, since } = (needs as Record<string, ParameterAttrs>)[token.id]!;
  return { value, since };
}

/** Name of the parameter that holds the address of Redis. */
export function redisUrlParameter(path: string): string {
  return `${path}/redis-url`;
}
