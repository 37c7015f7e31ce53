import { resource } from '../engine/resource.ts';
import { securityGroup } from '../resources/ec2/security-group.ts';
import { familyOf } from '../resources/elasticache/engine-version.ts';
import { cacheParameterGroup } from '../resources/elasticache/parameter-group.ts';
import { replicationGroup } from '../resources/elasticache/replication-group.ts';
import { cacheSubnetGroup } from '../resources/elasticache/subnet-group.ts';
import { parameter } from '../resources/ssm/parameter.ts';
import type { Edge } from './edge.ts';
import type { StackInput } from './input.ts';
import type { Network } from './network.ts';
import { edgesTo, subnetIdsOf } from './subnets.ts';

/** Redis in the isolated subnets, open to the tasks alone, and the parameter that tells them its address. */
export function dataOf({ config, identity, names }: StackInput, network: Network, edge: Edge) {
  const { redis } = config;
  const family = familyOf(redis.engine, redis.version);
  const { vpc, isolatedSubnets, isolatedRoutes } = network;

  const group = resource({
    id: 'security-group-redis',
    kind: securityGroup,
    needs: { vpc, tasksGroup: edge.tasksGroup },
    props: (needs) => ({
      name: names.securityGroup('redis'),
      description: `${identity.stack}: Redis, open to the tasks`,
      vpcId: needs.vpc.vpcId,
      ingress: [
        { protocol: 'tcp', fromPort: redis.port, toPort: redis.port, peer: needs.tasksGroup.groupId },
      ],
      egress: [],
    }),
  });
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
      name: names.cacheParameterGroup(family),
      family,
      description: `${identity.stack}: ${family}`,
      // The default policy evicts exactly the keys that expire, and messages are such keys.
      parameters: { 'maxmemory-policy': 'noeviction' },
    }),
  });
  const replication = resource({
    id: 'replication-group',
    kind: replicationGroup,
    needs: { group, subnetGroup, parameterGroup, isolatedRoutes },
    seconds: 420,
    props: (needs) => ({
      replicationGroupId: names.replicationGroup,
      engine: redis.engine,
      engineVersion: redis.version,
      nodeType: redis.nodeType,
      replicas: redis.replicas,
      multiAz: redis.multiAz,
      port: redis.port,
      parameterGroup: needs.parameterGroup.name,
      subnetGroup: needs.subnetGroup.name,
      securityGroupIds: [needs.group.groupId],
      atRestEncryption: false,
      transitEncryption: false,
      autoMinorVersionUpgrade: redis.autoMinorVersionUpgrade,
      snapshotRetention: redis.snapshotRetention,
      maintenanceWindow: redis.maintenanceWindow,
    }),
  });
  const url = resource({
    id: 'parameter-redis-url',
    kind: parameter,
    needs: { redis: replication },
    props: (needs) => ({
      name: redisUrlParameter(names.parameterPath),
      type: 'SecureString' as const,
      value: `redis://${needs.redis.host}:${needs.redis.port}`,
    }),
  });
  return { group, subnetGroup, parameterGroup, redis: replication, url };
}

export type Data = ReturnType<typeof dataOf>;

/** Name of the parameter that holds the address of Redis. */
export function redisUrlParameter(path: string): string {
  return `${path}/redis-url`;
}
