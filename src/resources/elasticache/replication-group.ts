import {
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  ModifyReplicationGroupCommand,
  paginateDescribeCacheClusters,
  paginateDescribeReplicationGroups,
  type CacheCluster,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import type { Change, Found, ResourceKind, Scope } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, compareFields, compareSet } from '../shared/compare.ts';
import { createNamed, unless } from '../shared/errors.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { isOlder, satisfies } from './engine-version.ts';
import { retag, tagsOf } from './tags.ts';

interface ReplicationGroupProps {
  /** Lower case. */
  replicationGroupId: string;
  engine: string;
  engineVersion: string;
  nodeType: string;
  port: number;
  parameterGroup: string;
  subnetGroup: string;
  securityGroupIds: string[];
  atRestEncryption: boolean;
  transitEncryption: boolean;
  autoMinorVersionUpgrade: boolean;
  /** Days that daily snapshots are kept; 0 is none. */
  snapshotRetention: number;
  /** `sun:03:00-sun:04:00`; where it has no value, AWS chooses one and keeps it. */
  maintenanceWindow: string | undefined;
}

/** Without a value is what ElastiCache does not tell yet, while the group is being made. */
interface ReplicationGroupAttrs extends Partial<ReplicationGroupProps> {
  replicationGroupId: string;
  arn: string;
  /** `creating`, `available`, `modifying`, `snapshotting`, `deleting`, `create-failed`. */
  status: string;
  /** The primary endpoint: it follows a fail-over. */
  host: string | undefined;
}

/** One Redis or Valkey node with its own endpoint (`aws elasticache describe-replication-groups`, `describe-cache-clusters`). */
export const replicationGroup: ResourceKind<Cloud, ReplicationGroupProps, ReplicationGroupAttrs> = {
  type: 'AWS::ElastiCache::ReplicationGroup',
  stateful: true,
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

  diff(desired, current) {
    // It cannot be changed any more; the next one is made when it is gone.
    if (current.status === 'deleting') return [];
    const changes = [
      ...compareFields(
        desired,
        { ...current, port: sharesItsAddress(current) ? undefined : current.port },
        {
          replicationGroupId: 'replace',
          nodeType: 'update',
          port: 'replace',
          parameterGroup: 'update',
          subnetGroup: 'replace',
          atRestEncryption: 'replace',
          transitEncryption: 'replace',
          autoMinorVersionUpgrade: 'update',
          snapshotRetention: 'update',
          maintenanceWindow: 'update',
        },
      ),
      ...engineChanges(desired, current),
      ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
    ];
    return changes.filter(({ from, to }) => from !== undefined && to !== undefined);
  },

  ready({ status, host, replicationGroupId }) {
    if (status === 'create-failed') {
      throw new ChatopsError(`replication group ${replicationGroupId} could not be created`, {
        code: 'replication-group.create-failed',
        exit: ExitCode.failed,
        hint: 'Look at its events (`aws elasticache describe-events`), run `chatops down`, and try again.',
      });
    }
    if (status !== 'available') return status;
    return host !== undefined || 'waiting for the primary endpoint';
  },

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
            NumCacheClusters: 1,
            AutomaticFailoverEnabled: false,
            MultiAZEnabled: false,
            AtRestEncryptionEnabled: props.atRestEncryption,
            TransitEncryptionEnabled: props.transitEncryption,
            Tags: tagList(step.tags),
          }),
        ),
    });
  },

  async update(cloud, props, current, changes, step) {
    const version = changes.some(({ path }) => path === 'engine' || path === 'engineVersion');
    const { Engine, EngineVersion, ...others } = changeable(props);
    step.note(`changing ${changes.map(({ path }) => path).join(', ')}`);
    await cloud.elasticache.send(
      new ModifyReplicationGroupCommand({
        ...others,
        // Naming the version that it asked for once would undo the minor versions that AWS installed since.
        ...(version ? { Engine, EngineVersion } : {}),
        ApplyImmediately: true,
      }),
    );
  },

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

/** A local cloud on a machine without loopback aliases gives its nodes 127.0.0.1 and a port of their own. */
function sharesItsAddress({ host }: ReplicationGroupAttrs): boolean {
  return host === '127.0.0.1';
}

function descriptionOf(scope: Scope, id: string): string {
  return `${scope.stack} ${id} ${scope.version}`;
}

function attrsOf(group: ReplicationGroup, member: CacheCluster | undefined): ReplicationGroupAttrs {
  const endpoint = group.NodeGroups?.[0]?.PrimaryEndpoint;
  return {
    replicationGroupId: group.ReplicationGroupId!,
    arn: group.ARN!,
    status: group.Status!,
    host: endpoint?.Address,
    port: endpoint?.Port,
    engine: member?.Engine,
    engineVersion: member?.EngineVersion,
    nodeType: group.CacheNodeType,
    parameterGroup: member?.CacheParameterGroup?.CacheParameterGroupName,
    subnetGroup: member?.CacheSubnetGroupName,
    securityGroupIds: member?.SecurityGroups?.map((one) => one.SecurityGroupId!),
    atRestEncryption: group.AtRestEncryptionEnabled,
    transitEncryption: group.TransitEncryptionEnabled,
    autoMinorVersionUpgrade: group.AutoMinorVersionUpgrade ?? member?.AutoMinorVersionUpgrade,
    snapshotRetention: group.SnapshotRetentionLimit,
    maintenanceWindow: member?.PreferredMaintenanceWindow,
  };
}

/** Redis can become Valkey in place; there is no way back, and none to an older version. */
function engineChanges(desired: ReplicationGroupProps, current: ReplicationGroupAttrs): Change[] {
  if (current.engine === undefined || current.engineVersion === undefined) return [];
  if (desired.engine !== current.engine) {
    const action = desired.engine === 'valkey' ? 'update' : 'replace';
    return compare('engine', current.engine, desired.engine, action);
  }
  const { engineVersion: from } = current;
  const { engineVersion: to, autoMinorVersionUpgrade } = desired;
  if (satisfies(to, from, autoMinorVersionUpgrade)) return [];
  return compare('engineVersion', from, to, isOlder(to, from) ? 'replace' : 'update');
}

function changeable(props: ReplicationGroupProps) {
  return {
    ReplicationGroupId: props.replicationGroupId,
    Engine: props.engine,
    EngineVersion: props.engineVersion,
    CacheNodeType: props.nodeType,
    CacheParameterGroupName: props.parameterGroup,
    SecurityGroupIds: props.securityGroupIds,
    AutoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: props.snapshotRetention,
    PreferredMaintenanceWindow: props.maintenanceWindow,
  };
}
