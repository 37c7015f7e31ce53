import type {
  ModifyReplicationGroupMessage,
  ModifyReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { setSecurityGroups } from '../ec2/network-interface.ts';
import { mustFindSubnetGroup } from './cache-subnet-group.ts';
import { engineVersions, resolveEngine, type EngineVersion } from './engine-version.ts';
import { invalidCombination } from './errors.ts';
import {
  checkAuthToken,
  checkAvailability,
  checkUpkeep,
  nodeTypeOf,
  parameterGroupFor,
  securityGroupsFor,
  transitWanted,
} from './replication-group-checks.ts';
import { mustRunHere } from './machine.ts';
import { changePassword, changeTransit } from './nodes.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { replicasOf, type StoredParameterGroup, type StoredReplicationGroup } from './state.ts';
import { mustBeAvailable, mustFindReplicationGroup } from './status.ts';

/** ElastiCache's order: is it there, is it available, then each value; all changes or none. Without ApplyImmediately, node type and engine version wait for the maintenance window. */
export async function ModifyReplicationGroup(
  input: ModifyReplicationGroupMessage,
  call: Call,
): Promise<ModifyReplicationGroupResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  mustBeAvailable(call, group);
  refuseUnknown(input);
  const transit = transitWanted(input, group.transit, true);
  const engine = engineWanted(input, group);
  const parameterGroup = parameterGroupFor(
    call,
    input.CacheParameterGroupName ?? keptGroup(group, engine),
    engine,
  );
  const automaticFailover = input.AutomaticFailoverEnabled ?? group.automaticFailover;
  const multiAz = input.MultiAZEnabled ?? group.multiAz;
  const nodes = Math.min(...group.nodeGroups.map(({ id }) => 1 + replicasOf(group, id).length));
  checkAvailability({ nodes, automaticFailover, multiAz, clusterEnabled: group.clusterEnabled });
  const durability = durabilityWanted(input, group);
  checkClusterParameter(group, parameterGroup);
  checkUpkeep(input);
  const strategy = strategyWanted(input, group);
  await mustRunHere(call, { transit, nodes, clusterEnabled: group.clusterEnabled });
  const nodeType = input.CacheNodeType === undefined ? group.nodeType : nodeTypeOf(input.CacheNodeType);
  const subnetGroup = mustFindSubnetGroup(call, group.subnetGroup);
  const securityGroupIds =
    input.SecurityGroupIds === undefined
      ? group.securityGroupIds
      : securityGroupsFor(call, input.SecurityGroupIds, subnetGroup);

  Object.assign(group, {
    description: input.ReplicationGroupDescription ?? group.description,
    automaticFailover,
    multiAz,
    durability,
    securityGroupIds,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? group.autoMinorVersionUpgrade,
    snapshotRetention: input.SnapshotRetentionLimit ?? group.snapshotRetention,
    snapshotWindow: input.SnapshotWindow ?? group.snapshotWindow,
    maintenanceWindow: (input.PreferredMaintenanceWindow ?? group.maintenanceWindow).toLowerCase(),
    modifiedAt: call.now.getTime(),
  });
  if (input.ApplyImmediately === true) {
    Object.assign(group, {
      nodeType,
      engine: engine.engine,
      engineVersion: engine.reported,
      parameterGroup: parameterGroup.name,
      pending: {},
    });
  } else {
    if (nodeType !== group.nodeType) group.pending.nodeType = nodeType;
    if (engine.reported !== group.engineVersion) group.pending.engineVersion = engine.reported;
    else group.parameterGroup = parameterGroup.name;
  }
  for (const { networkInterfaceId } of group.members) {
    setSecurityGroups(call, networkInterfaceId, securityGroupIds);
  }
  if (input.AuthToken !== undefined && strategy !== undefined) {
    Object.assign(group, { authToken: true, authTokenAt: call.now.getTime() });
    await changePassword(call, group, input.AuthToken, strategy);
  }
  if (transit !== group.transit) {
    group.transit = transit;
    await changeTransit(call, group);
  }
  return { ReplicationGroup: replicationGroupShape(call, group) };
}

function refuseUnknown(input: ModifyReplicationGroupMessage): void {
  const unknown = [
    input.ClusterMode === undefined ? '' : 'changing the cluster mode',
    input.PrimaryClusterId === undefined ? '' : 'choosing the primary',
  ].filter((what) => what !== '');
  if (unknown.length > 0) {
    throw invalidCombination(`The local cloud does not know ${unknown.join(', ')}.`);
  }
}

/** It goes from `sync` to `async` and back; whether there is any was settled when the group was made. */
function durabilityWanted(
  { Durability: wanted }: ModifyReplicationGroupMessage,
  { durability: now }: StoredReplicationGroup,
): StoredReplicationGroup['durability'] {
  const isDurable = (durability: string) => durability === 'sync' || durability === 'async';
  if (wanted === undefined || wanted === now) return now;
  if (isDurable(wanted) && isDurable(now)) return wanted;
  throw invalidCombination(`Durability cannot be changed from ${now} to ${wanted} after creation.`);
}

function checkClusterParameter(
  { clusterEnabled }: StoredReplicationGroup,
  { name, values }: StoredParameterGroup,
) {
  if ((values['cluster-enabled'] === 'yes') === clusterEnabled) return;
  throw invalidCombination(
    `The parameter group ${name} does not go with cluster mode ${clusterEnabled ? 'enabled' : 'disabled'}.`,
  );
}

/** A token comes with a strategy. Throws InvalidParameterCombination. */
function strategyWanted(
  { AuthToken, AuthTokenUpdateStrategy: strategy }: ModifyReplicationGroupMessage,
  group: StoredReplicationGroup,
): 'ROTATE' | 'SET' | undefined {
  checkAuthToken(AuthToken, group.transit);
  if ((AuthToken === undefined) !== (strategy === undefined)) {
    throw invalidCombination('AuthToken and AuthTokenUpdateStrategy must be given together.');
  }
  if (strategy === 'DELETE') {
    throw invalidCombination('The AUTH token can be deleted only in favour of user groups.');
  }
  return strategy;
}

/** Redis can become Valkey; nothing becomes Redis again, and no engine an older one. */
function engineWanted(input: ModifyReplicationGroupMessage, group: StoredReplicationGroup): EngineVersion {
  const name = input.Engine ?? group.engine;
  const kept = engineVersions.find(
    (one) => one.engine === name && one.engine === group.engine && one.reported === group.engineVersion,
  );
  const wanted =
    input.EngineVersion === undefined && kept !== undefined ? kept : resolveEngine(name, input.EngineVersion);
  const rank = (reported: string, engine: string) =>
    engineVersions.findIndex((one) => one.engine === engine && one.reported === reported);
  if (rank(wanted.reported, wanted.engine) < rank(group.engineVersion, group.engine)) {
    throw invalidCombination(
      `Downgrading from ${group.engine} ${group.engineVersion} to ${wanted.engine} ${wanted.version} is not supported.`,
    );
  }
  return wanted;
}

/** A default parameter group follows the engine; one of the user's own has to be named anew. */
function keptGroup(group: StoredReplicationGroup, engine: EngineVersion): string {
  return group.parameterGroup.startsWith('default.') ? `default.${engine.family}` : group.parameterGroup;
}
