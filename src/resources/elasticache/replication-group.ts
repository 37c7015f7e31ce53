import {
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  paginateDescribeCacheClusters,
  paginateDescribeReplicationGroups,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Found, ResourceKind, Scope } from '../../engine/resource.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { cacheReady } from './cache-ready.ts';
import { accessTag } from './replication-group-access.ts';
import { replicationGroupChanges } from './replication-group-changes.ts';
import { attrsOf } from './replication-group-shape.ts';
import type { ReplicationGroupAttrs, ReplicationGroupProps } from './replication-group-shape.ts';
import { changeable, updateReplicationGroup } from './replication-group-update.ts';
import { retag, tagsOf } from './tags.ts';

/** A Redis or Valkey node and its replicas, or a cluster of such shards, behind one endpoint (`aws elasticache describe-replication-groups`, `describe-cache-clusters`). */
export const replicationGroup: ResourceKind<Cloud, ReplicationGroupProps, ReplicationGroupAttrs> = {
  type: 'AWS::ElastiCache::ReplicationGroup',
  stateful: true,
  secrets: ['authToken'],
  idempotent: true,

  async find(cloud, scope) {
    const [groups, clusters] = await Promise.all([
      collect(
        paginateDescribeReplicationGroups({ client: cloud.elasticache }, {}),
        (page) => page.ReplicationGroups,
      ),
      collect(paginateDescribeCacheClusters({ client: cloud.elasticache }, {}), (page) => page.CacheClusters),
    ]);
    const candidates = groups.filter((group) => carriesHash(scope, group.ReplicationGroupId));
    const found = await Promise.all(
      candidates.map(async (group) => {
        const member = clusters.find((cluster) => cluster.ReplicationGroupId === group.ReplicationGroupId);
        return ownedGroup(scope, group, await tagsOf(cloud, group.ARN!), attrsOf(group, member));
      }),
    );
    return found.flat();
  },

  diff: replicationGroupChanges,

  ready: (current) => cacheReady('replication group', current.replicationGroupId, current),

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `replication group ${props.replicationGroupId}`,
      taken: ['ReplicationGroupAlreadyExistsFault'],
      find: () => replicationGroup.find(cloud, step.scope),
      create: () =>
        cloud.elasticache.send(
          new CreateReplicationGroupCommand({
            ...changeable(props),
            ReplicationGroupDescription: descriptionOf(step.scope, step.id),
            Port: props.port,
            CacheSubnetGroupName: props.subnetGroup,
            ...nodesOf(props),
            AtRestEncryptionEnabled: props.atRestEncryption,
            TransitEncryptionEnabled: props.transitEncryption,
            AuthToken: props.authToken?.value,
            Tags: tagList({ ...step.tags, [accessTag]: props.authToken?.since ?? 'none' }),
          }),
        ),
    });
  },

  update: updateReplicationGroup,

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { replicationGroupId, status }) {
    if (status === 'deleting') return;
    await unless(
      cloud.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: replicationGroupId })),
      'ReplicationGroupNotFoundFault',
    );
  },
};

/**
 * While a group is being made, changed or deleted, its tags cannot be read. It still is ours when its
 * description, which is set when it is created, says the same as the tags.
 */
function ownedGroup(
  scope: Scope,
  group: ReplicationGroup,
  tags: Awaited<ReturnType<typeof tagsOf>>,
  attrs: ReplicationGroupAttrs,
): Found<ReplicationGroupAttrs>[] {
  const ref = group.ReplicationGroupId!;
  if (tags !== undefined) return owned(scope, [{ tags, ref, attrs }]);
  const [stack, id, version] = (group.Description ?? '').split(' ');
  return stack === scope.stack && id !== undefined ? [{ id, ref, version, attrs }] : [];
}

function nodesOf({ clusterMode, shards, replicas }: ReplicationGroupProps) {
  if (clusterMode === 'disabled') return { NumCacheClusters: 1 + replicas };
  return { ClusterMode: 'enabled' as const, NumNodeGroups: shards, ReplicasPerNodeGroup: replicas };
}

function descriptionOf(scope: Scope, id: string): string {
  return `${scope.stack} ${id} ${scope.version}`;
}
