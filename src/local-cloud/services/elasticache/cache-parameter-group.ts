import type {
  CacheParameterGroup,
  CacheParameterGroupsMessage,
  CreateCacheParameterGroupMessage,
  CreateCacheParameterGroupResult,
  DeleteCacheParameterGroupMessage,
  DescribeCacheParameterGroupsMessage,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { arnOf } from './arn.ts';
import { engineVersions } from './engine-version.ts';
import { identifier, invalidValue } from './errors.ts';
import { pageOf } from './page.ts';
import { elastiCacheState, type StoredParameterGroup } from './state.ts';
import { sweep } from './status.ts';
import { mergeTags } from './tag-list.ts';

/** The parameter group with this name in any case, one of the user's or a default one (`default.redis7`). Throws CacheParameterGroupNotFound. */
export function mustFindParameterGroup(call: Call, name: string): StoredParameterGroup {
  const found = allGroups(call).find((group) => group.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new AwsError('CacheParameterGroupNotFound', `CacheParameterGroup not found: ${name}`, 404);
}

/** Throws InvalidCacheParameterGroupState for a default group: those are AWS's own. */
export function mustBeOwn({ name }: StoredParameterGroup): void {
  if (!name.startsWith(prefix)) return;
  throw new AwsError(
    'InvalidCacheParameterGroupState',
    `The default cache parameter group ${name} cannot be changed or deleted.`,
  );
}

export const cacheParameterGroupOperations: Operations = {
  CreateCacheParameterGroup,
  DescribeCacheParameterGroups,
  DeleteCacheParameterGroup,
};

const prefix = 'default.';

/** ElastiCache's order: name, family, is the name taken, tags. */
function CreateCacheParameterGroup(
  input: CreateCacheParameterGroupMessage,
  call: Call,
): CreateCacheParameterGroupResult {
  const { parameterGroups } = elastiCacheState(call);
  const name = identifier('CacheParameterGroupName', input.CacheParameterGroupName, 255);
  const family = input.CacheParameterGroupFamily ?? '';
  if (!families().includes(family)) {
    throw invalidValue(`CacheParameterGroupFamily ${family} is not a valid parameter group family.`);
  }
  if (parameterGroups.has(name)) {
    throw new AwsError(
      'CacheParameterGroupAlreadyExists',
      `A cache parameter group named ${name} already exists.`,
    );
  }
  const group: StoredParameterGroup = {
    name,
    family,
    description: input.Description ?? '',
    values: {},
    tags: mergeTags([], input.Tags),
  };
  parameterGroups.set(name, group);
  return { CacheParameterGroup: told(call, group) };
}

function DescribeCacheParameterGroups(
  input: DescribeCacheParameterGroupsMessage,
  call: Call,
): CacheParameterGroupsMessage {
  const found =
    input.CacheParameterGroupName === undefined
      ? allGroups(call)
      : [mustFindParameterGroup(call, input.CacheParameterGroupName)];
  const { page, Marker } = pageOf(found, input);
  return { CacheParameterGroups: page.map((group) => told(call, group)), Marker };
}

function DeleteCacheParameterGroup(input: DeleteCacheParameterGroupMessage, call: Call): object {
  const group = mustFindParameterGroup(call, input.CacheParameterGroupName ?? '');
  mustBeOwn(group);
  sweep(call);
  const { parameterGroups, replicationGroups } = elastiCacheState(call);
  if ([...replicationGroups.values()].some(({ parameterGroup }) => parameterGroup === group.name)) {
    throw new AwsError(
      'InvalidCacheParameterGroupState',
      `One or more cache clusters are still members of this parameter group ${group.name}, so the group cannot be deleted.`,
    );
  }
  parameterGroups.delete(group.name);
  return {};
}

function allGroups(call: Call): StoredParameterGroup[] {
  const defaults = families().map((family): StoredParameterGroup => ({
    name: `${prefix}${family}`,
    family,
    description: `Default parameter group for ${family}`,
    values: {},
    tags: [],
  }));
  return [...defaults, ...elastiCacheState(call).parameterGroups.values()];
}

function families(): string[] {
  return [...new Set(engineVersions.map(({ family }) => family))];
}

function told(call: Call, { name, family, description }: StoredParameterGroup): CacheParameterGroup {
  return {
    CacheParameterGroupName: name,
    CacheParameterGroupFamily: family,
    Description: description,
    IsGlobal: false,
    ARN: arnOf(call, 'parametergroup', name),
  };
}
