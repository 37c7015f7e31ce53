import type {
  CacheParameterGroupDetails,
  CacheParameterGroupNameMessage,
  DescribeCacheParametersMessage,
  ModifyCacheParameterGroupMessage,
  Parameter,
  ParameterNameValue,
  ResetCacheParameterGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { mustBeOwn, mustFindParameterGroup } from './cache-parameter-group.ts';
import { invalidValue } from './errors.ts';
import { pageOf } from './page.ts';
import { allows, parameterCatalogue, type ParameterDefinition } from './parameter-catalogue.ts';
import { elastiCacheState, type StoredParameterGroup } from './state.ts';

/** What a node's configuration file says for a parameter group: the values that were set, and ElastiCache's own default of the eviction policy, which is not the server's. */
export function directivesOf({ values }: StoredParameterGroup): Record<string, string> {
  const wanted: Record<string, string> = { 'maxmemory-policy': 'volatile-lru', ...values };
  return Object.fromEntries(
    parameterCatalogue
      .filter(({ name, directive }) => directive && name in wanted)
      .map(({ name }) => [name, wanted[name] ?? '']),
  );
}

export const cacheParameterOperations: Operations = {
  DescribeCacheParameters,
  ModifyCacheParameterGroup,
  ResetCacheParameterGroup,
};

function DescribeCacheParameters(
  input: DescribeCacheParametersMessage,
  call: Call,
): CacheParameterGroupDetails {
  const group = mustFindParameterGroup(call, input.CacheParameterGroupName ?? '');
  const all = parameterCatalogue.map((definition) => told(definition, group));
  const asked = all.filter(({ Source }) => input.Source === undefined || Source === input.Source);
  const { page, Marker } = pageOf(asked, input);
  return { Parameters: page, Marker };
}

/** At most 20 parameters in a call, all of them or none. Nodes take them up when they are started. */
function ModifyCacheParameterGroup(
  input: ModifyCacheParameterGroupMessage,
  call: Call,
): CacheParameterGroupNameMessage {
  const group = mustFindParameterGroup(call, input.CacheParameterGroupName ?? '');
  mustBeOwn(group);
  const given = input.ParameterNameValues ?? [];
  if (given.length === 0 || given.length > 20) {
    throw invalidValue('The parameter ParameterNameValues must have 1 to 20 entries.');
  }
  const values = given.map((parameter) => {
    const { name } = mustBeSettable(parameter);
    return [name, parameter.ParameterValue ?? ''];
  });
  mustBeFree(
    call,
    group,
    values.some(([name, value]) => name === 'cluster-enabled' && value !== (group.values[name] ?? 'no')),
  );
  Object.assign(group.values, Object.fromEntries(values));
  return { CacheParameterGroupName: group.name };
}

function ResetCacheParameterGroup(
  input: ResetCacheParameterGroupMessage,
  call: Call,
): CacheParameterGroupNameMessage {
  const group = mustFindParameterGroup(call, input.CacheParameterGroupName ?? '');
  mustBeOwn(group);
  const names = (input.ParameterNameValues ?? []).map(({ ParameterName }) => mustKnow(ParameterName).name);
  if (input.ResetAllParameters !== true && names.length === 0) {
    throw invalidValue('The parameter ParameterNameValues must be provided unless all are reset.');
  }
  group.values = Object.fromEntries(
    Object.entries(group.values).filter(
      ([name]) => input.ResetAllParameters !== true && !names.includes(name),
    ),
  );
  return { CacheParameterGroupName: group.name };
}

function told(definition: ParameterDefinition, { values }: StoredParameterGroup): Parameter {
  const { name, value, type, allowed, modifiable } = definition;
  return {
    ParameterName: name,
    ParameterValue: values[name] ?? value,
    Source: name in values ? 'user' : 'system',
    DataType: type,
    AllowedValues: allowed,
    IsModifiable: modifiable,
    ChangeType: 'immediate',
  };
}

/** Cluster mode cannot be switched under the groups that have it from here. Throws InvalidCacheParameterGroupState. */
function mustBeFree(call: Call, { name }: StoredParameterGroup, switches: boolean): void {
  const users = [...elastiCacheState(call).replicationGroups.values()];
  if (!switches || !users.some(({ parameterGroup }) => parameterGroup === name)) return;
  throw new AwsError(
    'InvalidCacheParameterGroupState',
    `The parameter cluster-enabled of ${name} cannot be changed while replication groups use it.`,
  );
}

function mustBeSettable({ ParameterName, ParameterValue }: ParameterNameValue): ParameterDefinition {
  const definition = mustKnow(ParameterName);
  if (!definition.modifiable) throw invalidValue(`The parameter ${definition.name} cannot be modified.`);
  if (!allows(definition, ParameterValue ?? '')) {
    throw invalidValue(
      `The parameter ${definition.name} has the invalid value ${ParameterValue ?? ''}; allowed are ${definition.allowed}.`,
    );
  }
  return definition;
}

function mustKnow(name: string | undefined): ParameterDefinition {
  const found = parameterCatalogue.find((definition) => definition.name === name);
  if (found === undefined) throw invalidValue(`Could not find parameter with name: ${name ?? ''}`);
  return found;
}
