import type {
  CreateReplicationGroupMessage,
  ModifyReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { mustFindParameterGroup } from './cache-parameter-group.ts';
import type { EngineVersion } from './engine-version.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import type { StoredParameterGroup, StoredSubnetGroup } from './state.ts';

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
  subnetGroup: StoredSubnetGroup,
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

/** Fail-over needs a second node, Multi-AZ needs fail-over. Throws InvalidParameterCombination. */
export function checkAvailability(wanted: {
  nodes: number;
  automaticFailover: boolean;
  multiAz: boolean;
}): void {
  if (wanted.automaticFailover && wanted.nodes < 2) {
    throw invalidCombination(
      'Replication group with automatic failover enabled must have at least 2 cache clusters.',
    );
  }
  if (wanted.multiAz && !wanted.automaticFailover) {
    throw invalidCombination('Multi-AZ requires automatic failover to be enabled.');
  }
}

/** A token needs encryption in transit, 16 to 128 characters, and of the specials only `! & # $ ^ < > -`. Throws InvalidParameterCombination, InvalidParameterValue. */
export function checkAuthToken(token: string | undefined, transitEncryption: boolean): void {
  if (token === undefined) return;
  if (!transitEncryption) {
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
  const weekly = /^(?:mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(?:mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$/i;
  if (PreferredMaintenanceWindow !== undefined && !weekly.test(PreferredMaintenanceWindow)) {
    throw invalidValue(`Invalid maintenance window: ${PreferredMaintenanceWindow}.`);
  }
}
