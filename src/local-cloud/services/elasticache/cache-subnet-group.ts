import type {
  CacheSubnetGroup,
  CacheSubnetGroupMessage,
  CreateCacheSubnetGroupMessage,
  CreateCacheSubnetGroupResult,
  DeleteCacheSubnetGroupMessage,
  DescribeCacheSubnetGroupsMessage,
  ModifyCacheSubnetGroupMessage,
  ModifyCacheSubnetGroupResult,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { arnOf } from './arn.ts';
import { identifier, invalidValue } from './errors.ts';
import { pageOf } from './page.ts';
import { elastiCacheState, type StoredSubnetGroup } from './state.ts';
import { sweep } from './status.ts';
import { mergeTags } from './tag-list.ts';

/** The subnet group with this name in any case. Throws CacheSubnetGroupNotFoundFault. */
export function mustFindSubnetGroup(call: Call, name: string): StoredSubnetGroup {
  const found = elastiCacheState(call).subnetGroups.get(name.toLowerCase());
  if (found !== undefined) return found;
  throw new AwsError('CacheSubnetGroupNotFoundFault', `Cache Subnet Group ${name} does not exist.`);
}

export const cacheSubnetGroupOperations: Operations = {
  CreateCacheSubnetGroup,
  DescribeCacheSubnetGroups,
  ModifyCacheSubnetGroup,
  DeleteCacheSubnetGroup,
};

/** ElastiCache's order: name, is it taken, subnets, are they of one VPC, tags. */
function CreateCacheSubnetGroup(
  input: CreateCacheSubnetGroupMessage,
  call: Call,
): CreateCacheSubnetGroupResult {
  const { subnetGroups } = elastiCacheState(call);
  const name = identifier('CacheSubnetGroupName', input.CacheSubnetGroupName, 255);
  if (name === 'default') throw invalidValue('default is a reserved name.');
  if (subnetGroups.has(name)) {
    throw new AwsError('CacheSubnetGroupAlreadyExists', `Cache subnet group ${name} already exists.`);
  }
  const group: StoredSubnetGroup = {
    name,
    description: input.CacheSubnetGroupDescription ?? '',
    ...subnetsOf(call, input.SubnetIds),
    tags: mergeTags([], input.Tags),
  };
  subnetGroups.set(name, group);
  return { CacheSubnetGroup: told(call, group) };
}

function DescribeCacheSubnetGroups(
  input: DescribeCacheSubnetGroupsMessage,
  call: Call,
): CacheSubnetGroupMessage {
  const found =
    input.CacheSubnetGroupName === undefined
      ? [...elastiCacheState(call).subnetGroups.values()]
      : [mustFindSubnetGroup(call, input.CacheSubnetGroupName)];
  const { page, Marker } = pageOf(found, input);
  return { CacheSubnetGroups: page.map((group) => told(call, group)), Marker };
}

/** A subnet that a cache node is in cannot be taken away. */
function ModifyCacheSubnetGroup(
  input: ModifyCacheSubnetGroupMessage,
  call: Call,
): ModifyCacheSubnetGroupResult {
  const group = mustFindSubnetGroup(call, input.CacheSubnetGroupName ?? '');
  if (input.SubnetIds !== undefined) {
    const { vpcId, subnetIds } = subnetsOf(call, input.SubnetIds);
    if (vpcId !== group.vpcId) {
      throw new AwsError('InvalidSubnet', `The new subnets are not in the VPC ${group.vpcId} of the group.`);
    }
    const used = usedSubnets(call, group.name);
    const lost = group.subnetIds.filter((id) => !subnetIds.includes(id)).find((id) => used.has(id));
    if (lost !== undefined) {
      throw new AwsError('SubnetInUse', `The subnet ID ${lost} is in use.`);
    }
    group.subnetIds = subnetIds;
  }
  group.description = input.CacheSubnetGroupDescription ?? group.description;
  return { CacheSubnetGroup: told(call, group) };
}

function DeleteCacheSubnetGroup(input: DeleteCacheSubnetGroupMessage, call: Call): object {
  const { name } = mustFindSubnetGroup(call, input.CacheSubnetGroupName ?? '');
  sweep(call);
  const state = elastiCacheState(call);
  if ([...state.replicationGroups.values()].some(({ subnetGroup }) => subnetGroup === name)) {
    throw new AwsError(
      'CacheSubnetGroupInUse',
      `Cache subnet group ${name} is currently in use by a cache cluster.`,
    );
  }
  state.subnetGroups.delete(name);
  return {};
}

function told(call: Call, { name, description, vpcId, subnetIds }: StoredSubnetGroup): CacheSubnetGroup {
  const { subnets } = ec2State(call);
  return {
    CacheSubnetGroupName: name,
    CacheSubnetGroupDescription: description,
    VpcId: vpcId,
    ARN: arnOf(call, 'subnetgroup', name),
    SupportedNetworkTypes: ['ipv4'],
    Subnets: subnetIds.map((id) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: subnets.get(id)?.AvailabilityZone },
      SupportedNetworkTypes: ['ipv4'],
    })),
  };
}

function subnetsOf(call: Call, ids: string[] | undefined): { vpcId: string; subnetIds: string[] } {
  const subnetIds = [...new Set(ids)];
  if (subnetIds.length === 0) throw invalidValue('The parameter SubnetIds must be provided.');
  const { subnets } = ec2State(call);
  const found = subnetIds.map((id) => subnets.get(id)).filter((subnet) => subnet !== undefined);
  const [first] = found;
  if (first === undefined || found.length < subnetIds.length) {
    throw invalidValue(`Some input subnets in :[${subnetIds.join(', ')}] are invalid.`);
  }
  const stranger = found.find(({ VpcId }) => VpcId !== first.VpcId);
  if (stranger !== undefined) {
    throw new AwsError(
      'InvalidSubnet',
      `Subnets ${first.SubnetId} and ${stranger.SubnetId} are not in the same VPC.`,
    );
  }
  return { vpcId: first.VpcId, subnetIds };
}

function usedSubnets(call: Call, subnetGroup: string): Set<string | undefined> {
  const { networkInterfaces } = ec2State(call);
  const groups = [...elastiCacheState(call).replicationGroups.values()];
  return new Set(
    groups
      .filter((group) => group.subnetGroup === subnetGroup)
      .flatMap(({ members }) => members)
      .map(({ networkInterfaceId }) => networkInterfaces.get(networkInterfaceId)?.SubnetId),
  );
}
