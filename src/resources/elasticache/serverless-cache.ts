import {
  CreateServerlessCacheCommand,
  DeleteServerlessCacheCommand,
  ModifyServerlessCacheCommand,
  paginateDescribeServerlessCaches,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Change, ResourceKind } from '../../engine/resource.ts';
import { compare, compareFields, compareSet, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { cacheReady } from './cache-ready.ts';
import { retag, tagsOf } from './tags.ts';

interface ServerlessCacheProps {
  /** Lower case. */
  name: string;
  engine: string;
  /** Such as `8`; AWS installs the versions below it by itself. */
  majorVersion: string;
  /** Two or three, in zones of their own. */
  subnetIds: string[];
  securityGroupIds: string[];
  /** Days that daily snapshots are kept; 0 is none. */
  snapshotRetention: number;
}

interface ServerlessCacheAttrs extends ServerlessCacheProps {
  arn: string;
  description: string;
  /** `creating`, `available`, `modifying`, `deleting`, `create-failed`. */
  status: string;
  host: string | undefined;
  port: number | undefined;
}

/** A cache that ElastiCache sizes by itself; connections are always encrypted (`aws elasticache describe-serverless-caches`). */
export const serverlessCache: ResourceKind<Cloud, ServerlessCacheProps, ServerlessCacheAttrs> = {
  type: 'AWS::ElastiCache::ServerlessCache',
  stateful: true,
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeServerlessCaches({ client: cloud.elasticache }, {});
    const caches = await collect(pages, (page) => page.ServerlessCaches);
    const candidates = caches.filter(({ ServerlessCacheName }) => carriesHash(scope, ServerlessCacheName));
    return owned(
      scope,
      await Promise.all(
        candidates.map(async (cache) => ({
          tags: await tagsOf(cloud, cache.ARN!),
          ref: cache.ServerlessCacheName!,
          attrs: {
            name: cache.ServerlessCacheName!,
            arn: cache.ARN!,
            description: cache.Description ?? '',
            status: cache.Status!.toLowerCase(),
            engine: cache.Engine!,
            majorVersion: cache.MajorEngineVersion!,
            subnetIds: cache.SubnetIds ?? [],
            securityGroupIds: cache.SecurityGroupIds ?? [],
            snapshotRetention: cache.SnapshotRetentionLimit ?? 0,
            host: cache.Endpoint?.Address,
            port: cache.Endpoint?.Port,
          },
        })),
      ),
    );
  },

  diff: (desired, current) =>
    current.status === 'deleting'
      ? []
      : [
          ...compareFields(desired, current, { name: 'replace', snapshotRetention: 'update' }),
          ...engineChanges(desired, current),
          ...compareSet('subnetIds', current.subnetIds, desired.subnetIds, 'replace'),
          ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
        ],

  ready: (current) => cacheReady('serverless cache', current.name, current),

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `serverless cache ${props.name}`,
      taken: ['ServerlessCacheAlreadyExistsFault'],
      find: () => serverlessCache.find(cloud, step.scope),
      create: () =>
        cloud.elasticache.send(
          new CreateServerlessCacheCommand({
            ServerlessCacheName: props.name,
            Description: `${step.scope.stack} ${step.id} ${step.scope.version}`,
            Engine: props.engine,
            MajorEngineVersion: props.majorVersion,
            SubnetIds: props.subnetIds,
            SecurityGroupIds: props.securityGroupIds,
            SnapshotRetentionLimit: props.snapshotRetention,
            Tags: tagList(step.tags),
          }),
        ),
    });
  },

  async update(cloud, props, _current, changes, step) {
    step.note(`changing ${changes.map(({ path }) => path).join(', ')}`);
    await cloud.elasticache.send(
      new ModifyServerlessCacheCommand({
        ServerlessCacheName: props.name,
        ...(touches(changes, 'snapshotRetention') ? { SnapshotRetentionLimit: props.snapshotRetention } : {}),
        ...(touches(changes, 'securityGroupIds') ? { SecurityGroupIds: props.securityGroupIds } : {}),
        ...(touches(changes, 'engine', 'majorVersion')
          ? { Engine: props.engine, MajorEngineVersion: props.majorVersion }
          : {}),
      }),
    );
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name, status }) {
    if (status === 'deleting') return;
    await unless(
      cloud.elasticache.send(new DeleteServerlessCacheCommand({ ServerlessCacheName: name })),
      'ServerlessCacheNotFoundFault',
    );
  },
};

/** Redis can become Valkey in place; there is no way back, and none to an older version. */
function engineChanges(desired: ServerlessCacheProps, current: ServerlessCacheAttrs): Change[] {
  if (desired.engine !== current.engine) {
    const action = desired.engine === 'valkey' ? 'update' : 'replace';
    return compare('engine', current.engine, desired.engine, action);
  }
  const older = Number(desired.majorVersion) < Number(current.majorVersion);
  return compare('majorVersion', current.majorVersion, desired.majorVersion, older ? 'replace' : 'update');
}
