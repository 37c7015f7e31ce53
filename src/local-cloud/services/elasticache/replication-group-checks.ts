import type {
  CreateReplicationGroupMessage,
  ModifyReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { mustFindParameterGroup } from './cache-parameter-group.ts';
import type { EngineVersion } from './engine-version.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import type { StoredParameterGroup, StoredReplicationGroup, StoredSubnetGroup } from './state.ts';

/** Throws InvalidParameterValue for what is no node type. */
export function nodeTypeOf(type: string | undefined): string {
  if (type !== undefined && /^cache\.[a-z0-9-]+\.[a-z0-9]+$/.test(type)) return type;
  throw invalidValue(`Invalid cache node type: ${type ?? ''}.`);
}

/** The named parameter group, or the default one of the engine's family. Throws CacheParameterGroupNotFound, InvalidParameterCombination for another family. */
export function parameterGroupFor(
  call: Call,
  name: string | undefined,
  engine: EngineVersion,
): StoredParameterGroup {
  const group = mustFindParameterGroup(call, name ?? `default.${engine.family}`);
  if (group.family !== engine.family) {
    throw invalidCombination(
      `Expected a parameter group of family ${engine.family} but found one of family ${group.family}`,
    );
  }
  return group;
}

/** The security groups, or the default one of the VPC. Throws InvalidParameterValue for an unknown one, InvalidParameterCombination for one of another VPC. */
export function securityGroupsFor(
  call: Call,
  ids: string[] | undefined,
  subnetGroup: Pick<StoredSubnetGroup, 'name' | 'vpcId'>,
): string[] {
  const { securityGroups } = ec2State(call);
  if (ids === undefined || ids.length === 0) {
    return [...securityGroups.values()]
      .filter(({ VpcId, GroupName }) => VpcId === subnetGroup.vpcId && GroupName === 'default')
      .map(({ GroupId }) => GroupId);
  }
  for (const id of ids) {
    const found = securityGroups.get(id);
    if (found === undefined)
      throw invalidValue(`Some security group Ids in :[${ids.join(', ')}] are invalid.`);
    if (found.VpcId !== subnetGroup.vpcId) {
      throw invalidCombination(
        `Subnet group [${subnetGroup.name}] belongs to a different VPC [${subnetGroup.vpcId}] than [${found.VpcId}]`,
      );
    }
  }
  return [...new Set(ids)];
}

/** Fail-over needs a second node, and a cluster needs fail-over; Multi-AZ needs both. `nodes` is of each node group. Throws InvalidParameterCombination. */
export function checkAvailability(wanted: {
  nodes: number;
  automaticFailover: boolean;
  multiAz: boolean;
  clusterEnabled: boolean;
}): void {
  if (wanted.clusterEnabled && !wanted.automaticFailover) {
    throw invalidCombination(
      'Automatic failover must be enabled for replication groups with cluster mode enabled.',
    );
  }
  if (wanted.multiAz && wanted.nodes < 2) {
    throw invalidCombination('Multi-AZ requires at least 2 nodes in each node group.');
  }
  if (wanted.automaticFailover && !wanted.clusterEnabled && wanted.nodes < 2) {
    throw invalidCombination(
      'Replication group with automatic failover enabled must have at least 2 cache clusters.',
    );
  }
  if (wanted.multiAz && !wanted.automaticFailover) {
    throw invalidCombination('Multi-AZ requires automatic failover to be enabled.');
  }
}

/**
 * What is asked of encryption in transit, coming from what there is. Both kinds of connections are taken on the way:
 * from none to required and back there is no other. Throws InvalidParameterCombination.
 */
export function transitWanted(
  input: Pick<ModifyReplicationGroupMessage, 'TransitEncryptionEnabled' | 'TransitEncryptionMode'>,
  now: StoredReplicationGroup['transit'],
  exists = false,
): StoredReplicationGroup['transit'] {
  const { TransitEncryptionEnabled: enabled = now !== 'off', TransitEncryptionMode: mode } = input;
  if (!enabled && mode !== undefined) {
    throw invalidCombination(
      'TransitEncryptionMode is only supported when encryption-in-transit is enabled.',
    );
  }
  const wanted = enabled ? (mode ?? (now === 'off' ? 'required' : now)) : 'off';
  if (exists && wanted !== now && wanted !== 'preferred' && now !== 'preferred') {
    throw invalidCombination(
      `Encryption in transit cannot go from ${now} to ${wanted} at once; set the mode to preferred first.`,
    );
  }
  return wanted;
}

/** A token needs encryption in transit, 16 to 128 characters, and of the specials only `! & # $ ^ < > -`. Throws InvalidParameterCombination, InvalidParameterValue. */
export function checkAuthToken(token: string | undefined, transit: StoredReplicationGroup['transit']): void {
  if (token === undefined) return;
  if (transit === 'off') {
    throw invalidCombination('The AUTH token is only supported when encryption-in-transit is enabled.');
  }
  if (!/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token)) {
    throw invalidValue(
      'Invalid AuthToken provided. It must have 16 to 128 alphanumeric characters or the symbols !, &, #, $, ^, <, >, and -.',
    );
  }
}

/** Retention is 0 to 35 days, windows are written like `05:00-09:00` and `sun:05:00-sun:06:00`. Throws InvalidParameterValue. */
export function checkUpkeep(
  input: Pick<
    CreateReplicationGroupMessage & ModifyReplicationGroupMessage,
    'SnapshotRetentionLimit' | 'SnapshotWindow' | 'PreferredMaintenanceWindow'
  >,
): void {
  const { SnapshotRetentionLimit: days = 0, SnapshotWindow, PreferredMaintenanceWindow } = input;
  if (days < 0 || days > 35)
    throw invalidValue(`Invalid snapshot retention limit: ${days}. Must be 0 to 35.`);
  if (SnapshotWindow !== undefined && !/^\d\d:\d\d-\d\d:\d\d$/.test(SnapshotWindow)) {
    throw invalidValue(`Invalid snapshot window: ${SnapshotWindow}.`);
  }
  if (PreferredMaintenanceWindow !== undefined && !isWeekly(PreferredMaintenanceWindow)) {
    throw invalidValue(
      `Invalid maintenance window: ${PreferredMaintenanceWindow}. It must be like ddd:hh24:mi-ddd:hh24:mi and at least 60 minutes long.`,
    );
  }
}

/** Whether it is a window of an hour at least; it may reach into the next week. */
function isWeekly(window: string): boolean {
  const moment = '(sun|mon|tue|wed|thu|fri|sat):([01]\\d|2[0-3]):([0-5]\\d)';
  const [, ...parts] = new RegExp(`^${moment}-${moment}$`, 'i').exec(window) ?? [];
  if (parts.length === 0) return false;
  const week = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const [begin = 0, end = 0] = [parts.slice(0, 3), parts.slice(3)].map(
    ([day = '', hours, minutes]) =>
      (week.indexOf(day.toLowerCase()) * 24 + Number(hours)) * 60 + Number(minutes),
  );
  const wholeWeek = 7 * 24 * 60;
  return (end - begin + wholeWeek) % wholeWeek >= 60;
}

/** What durability needs (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Durability.Limitations.html); it switches encryption at rest on. Throws InvalidParameterCombination. */
export function checkDurability(group: StoredReplicationGroup, { reported, engine }: EngineVersion): void {
  if (group.durability !== 'sync' && group.durability !== 'async') return;
  const lacking = [
    engine === 'valkey' && Number(reported.split('.')[0]) >= 9 ? '' : 'Valkey 9.0 or later',
    /^cache\.([rm][678]g|c[78]gn)\./.test(group.nodeType) ? '' : 'another node type',
    group.clusterEnabled ? '' : 'cluster mode',
    group.multiAz ? '' : 'Multi-AZ with a replica in each shard',
    group.transit === 'off' ? 'encryption in transit' : '',
  ].filter((what) => what !== '');
  if (lacking.length > 0)
    throw invalidCombination(`Durability ${group.durability} requires ${lacking.join(', ')}.`);
  group.atRestEncryption = true;
}
