import {
  DescribeReplicationGroupsCommand,
  ModifyReplicationGroupCommand,
  paginateDescribeReplicationGroups,
  type ModifyReplicationGroupCommandInput,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Found, ResourceKind, Scope, Step } from '../../engine/resource.ts';
import { compare } from '../shared/compare.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { transitOf, type AuthToken } from './replication-group-shape.ts';
import { retag, tagsOf } from './tags.ts';

interface AccessProps {
  replicationGroupId: string;
  /** Whether connections that are not encrypted are refused; else encrypted ones are. */
  transitEncryption: boolean;
  /** The one that is taken, and no other. */
  authToken: AuthToken | undefined;
}

interface AccessAttrs {
  replicationGroupId: string;
  arn: string;
  status: string;
  transit: 'off' | 'preferred' | 'required';
  /** What {@link accessTag} says; undefined while it cannot be read. */
  token: string | undefined;
}

/** Carried by a replication group: since when the auth token is valid that alone opens it, or `none`. */
export const accessTag = 'chatops:access';

const id = 'redis-access';

/**
 * The end of a change of how tasks reach a replication group. While tasks move, it takes connections of both kinds
 * (`preferred`) and both auth tokens (`ROTATE`); once all have moved, only the new way is left (`required`, `SET`).
 * A part of the group with a life of its own: it is there while the group carries the tag.
 */
export const replicationGroupAccess: ResourceKind<Cloud, AccessProps, AccessAttrs> = {
  type: 'AWS::ElastiCache::ReplicationGroup/Access',
  idempotent: true,
  secrets: ['authToken'],

  async find(cloud, scope) {
    const pages = paginateDescribeReplicationGroups({ client: cloud.elasticache }, {});
    const groups = await collect(pages, (page) => page.ReplicationGroups);
    const candidates = groups.filter(
      ({ ReplicationGroupId, Status }) => carriesHash(scope, ReplicationGroupId) && Status !== 'deleting',
    );
    return (await Promise.all(candidates.map((group) => accessOf(cloud, scope, group)))).flat();
  },

  diff(desired, current) {
    const { transitEncryption, authToken } = desired;
    const token = authToken?.since ?? 'none';
    return [
      ...compare('replicationGroupId', current.replicationGroupId, desired.replicationGroupId, 'replace'),
      ...compare('transitEncryption', current.transit, transitEncryption ? 'required' : 'off'),
      ...(current.token === undefined ? [] : compare('authToken', current.token, token)),
    ];
  },

  ready: ({ status }) => status === 'available' || status,

  create: (cloud, props, step) => settle(cloud, props, undefined, step),
  update: (cloud, props, current, _changes, step) => settle(cloud, props, current, step),

  async delete(cloud, { arn }) {
    await unless(
      retag(cloud, arn, { set: {}, remove: [accessTag] }),
      'TagNotFoundFault',
      'ReplicationGroupNotFoundFault',
    );
  },
};

/** Whose group it is, says the description that it was created with, which can be read at any time. */
async function accessOf(cloud: Cloud, scope: Scope, group: ReplicationGroup): Promise<Found<AccessAttrs>[]> {
  const tags = await tagsOf(cloud, group.ARN!);
  const valueOf = (key: string) => tags?.find(({ Key }) => Key === key)?.Value;
  const [stack, , version] = (group.Description ?? '').split(' ');
  if (stack !== scope.stack || (tags !== undefined && valueOf(accessTag) === undefined)) return [];
  const attrs = {
    replicationGroupId: group.ReplicationGroupId!,
    arn: group.ARN!,
    status: group.Status!,
    transit: transitOf(group),
    token: valueOf(accessTag),
  };
  return [{ id, ref: attrs.replicationGroupId, version, attrs }];
}

/** Each step can be made again, should the one before have been interrupted. */
async function settle(
  cloud: Cloud,
  props: AccessProps,
  current: AccessAttrs | undefined,
  step: Step,
): Promise<void> {
  const { replicationGroupId, transitEncryption, authToken } = props;
  const modify = async (change: Partial<ModifyReplicationGroupCommandInput>) => {
    await cloud.elasticache.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: replicationGroupId,
        ...change,
        ApplyImmediately: true,
      }),
    );
    await untilAvailable(cloud, replicationGroupId, step);
  };
  const { arn, transit } = current ?? (await describe(cloud, replicationGroupId));
  if (transitEncryption && transit !== 'required') {
    step.note('refusing connections that are not encrypted');
    await modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' });
  }
  if (!transitEncryption && transit !== 'off') {
    step.note('refusing encrypted connections');
    await modify({ TransitEncryptionEnabled: false });
  }
  if (authToken !== undefined && current?.token !== authToken.since) {
    step.note('refusing the auth token from before');
    await modify({ AuthToken: authToken.value, AuthTokenUpdateStrategy: 'SET' });
  }
  await retag(cloud, arn, { set: { [accessTag]: authToken?.since ?? 'none' }, remove: [] });
}

/** Tags can be written only while the group is available. */
async function untilAvailable(cloud: Cloud, replicationGroupId: string, step: Step): Promise<void> {
  for (let seconds = 0.2; ; seconds = Math.min(5, seconds * 2)) {
    const { status } = await describe(cloud, replicationGroupId);
    if (status === 'available') return;
    step.note(status);
    await step.clock.sleep(seconds * 1000, step.signal);
  }
}

async function describe(cloud: Cloud, ReplicationGroupId: string): Promise<Omit<AccessAttrs, 'token'>> {
  const answer = await cloud.elasticache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
  const [group] = answer.ReplicationGroups!;
  return {
    replicationGroupId: ReplicationGroupId,
    arn: group!.ARN!,
    status: group!.Status!,
    transit: transitOf(group!),
  };
}
