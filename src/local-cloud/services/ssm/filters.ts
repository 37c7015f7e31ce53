import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import { latest } from './state.ts';
import type { ParameterState } from './state.ts';

/**
 * The parameters that pass every filter: `Name` (Equals, BeginsWith, Contains), `Path` (OneLevel, Recursive),
 * `Type`, `KeyId`, `Tier`, `DataType` and `tag:<key>` (Equals, BeginsWith).
 */
export function filtered(parameters: ParameterState[], filters: ParameterStringFilter[]): ParameterState[] {
  return filters.reduce((rest, filter) => rest.filter(test(filter)), parameters);
}

function test(filter: ParameterStringFilter): (parameter: ParameterState) => boolean {
  const { Key: key = '', Values: values = [] } = filter;
  if (key === 'Path') return pathTest(filter);
  const read = reader(key);
  const option = filter.Option ?? 'Equals';
  const compare = comparisons[option];
  if (compare === undefined || (option === 'Contains' && key !== 'Name')) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [BeginsWith, Equals].`,
    );
  }
  return (parameter) => {
    const actual = read(parameter);
    // A tag filter without values asks for the key alone.
    if (values.length === 0) return actual !== undefined;
    return actual !== undefined && values.some((value) => compare(actual, value));
  };
}

const comparisons: Record<string, (actual: string, value: string) => boolean> = {
  Equals: (actual, value) => actual === value,
  BeginsWith: (actual, value) => actual.startsWith(value),
  Contains: (actual, value) => actual.includes(value),
};

function reader(key: string): (parameter: ParameterState) => string | undefined {
  if (key.startsWith('tag:')) return ({ tags }) => tags.get(key.slice('tag:'.length));
  switch (key) {
    case 'Name':
      return ({ name }) => name;
    case 'Type':
      return (parameter) => latest(parameter).type;
    case 'KeyId':
      return (parameter) => latest(parameter).keyId;
    case 'Tier':
      return (parameter) => latest(parameter).tier;
    case 'DataType':
      return (parameter) => latest(parameter).dataType;
    default:
      throw new AwsError(
        'InvalidFilterKey',
        `The following filter key is not valid: ${key}. Valid filter keys include: [Path, Name, Type, KeyId, Tier, DataType, tag:*].`,
      );
  }
}

function pathTest({ Option: option = 'OneLevel', Values: values = [] }: ParameterStringFilter) {
  if (option !== 'OneLevel' && option !== 'Recursive') {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [Recursive, OneLevel].`,
    );
  }
  return ({ name }: ParameterState) =>
    values.some((value) => {
      const prefix = value.endsWith('/') ? value : `${value}/`;
      const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
      return rest !== '' && (option === 'Recursive' || !rest.includes('/'));
    });
}
