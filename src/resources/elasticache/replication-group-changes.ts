import type { Change } from '../../engine/resource.ts';
import { compare, compareFields, compareSet } from '../shared/compare.ts';
import { isOlder, satisfies } from './engine-version.ts';
import { failsOver } from './replication-group-shape.ts';
import type { ReplicationGroupAttrs, ReplicationGroupProps } from './replication-group-shape.ts';

/** How a replication group differs from what is wanted. Pure. */
export function replicationGroupChanges(
  desired: ReplicationGroupProps,
  current: ReplicationGroupAttrs,
): Change[] {
  // It cannot be changed any more; the next one is made when it is gone.
  if (current.status === 'deleting') return [];
  const changes = [
    ...compareFields(
      desired,
      { ...current, durability: undefined, port: sharesItsAddress(current) ? undefined : current.port },
      {
        replicationGroupId: 'replace',
        nodeType: 'update',
        clusterMode: 'replace',
        shards: 'update',
        replicas: 'update',
        multiAz: 'update',
        port: 'replace',
        parameterGroup: 'update',
        subnetGroup: 'replace',
        atRestEncryption: 'replace',
        autoMinorVersionUpgrade: 'update',
        snapshotRetention: 'update',
        maintenanceWindow: 'update',
      },
    ),
    ...compare('automaticFailover', current.automaticFailover, failsOver(desired)),
    ...durabilityChanges(desired, current),
    ...transitChanges(desired, current),
    ...authTokenChanges(desired, current),
    ...engineChanges(desired, current),
    ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
  ];
  return changes.filter(({ from, to }) => from !== undefined && to !== undefined);
}

/** A local cloud on a machine without loopback aliases gives its nodes 127.0.0.1 and a port of their own. */
function sharesItsAddress({ host }: ReplicationGroupAttrs): boolean {
  return host === '127.0.0.1';
}

/** It goes from `async` to `sync` in place; whether there is any is settled when the group is made. */
function durabilityChanges(
  { durability: to }: ReplicationGroupProps,
  { durability: from }: ReplicationGroupAttrs,
): Change[] {
  return compare('durability', from, to, from === 'async' && to === 'sync' ? 'update' : 'replace');
}

/** On its way to encrypted connections, and back, a group takes both kinds: engines before Redis 7 cannot. */
function transitChanges(
  desired: ReplicationGroupProps,
  { transit, engineVersion = '0' }: ReplicationGroupAttrs,
): Change[] {
  if (transit === 'preferred') return [];
  const wanted = desired.transitEncryption ? 'required' : 'off';
  if (isOlder(engineVersion, '7.0')) return compare('transitEncryption', transit, wanted, 'replace');
  return transit === wanted ? [] : compare('transitEncryption', transit, 'preferred');
}

/** A token is in force when it was set after it was made. A group that has one can get another, and not lose it. */
function authTokenChanges(
  { authToken }: ReplicationGroupProps,
  { authTokenSince: from }: ReplicationGroupAttrs,
): Change[] {
  if (authToken === undefined) return compare('authToken', from, 'none', 'replace');
  const isKnown = /^\d/.test(authToken.since);
  const inForce = from !== 'none' && isKnown && from >= authToken.since;
  return inForce ? [] : compare('authToken', from, authToken.since);
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
