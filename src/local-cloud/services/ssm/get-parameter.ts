import type {
  GetParameterCommandInput,
  GetParameterCommandOutput,
  GetParametersByPathCommandInput,
  GetParametersByPathCommandOutput,
  GetParametersCommandInput,
  GetParametersCommandOutput,
  Parameter,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { filtered } from './filters.ts';
import { validation } from './parameter-name.ts';
import { latest, parameterNotFound, select, ssm } from './state.ts';
import type { ParameterState, ParameterVersion } from './state.ts';

export const GetParameter: Operation<GetParameterCommandInput, GetParameterCommandOutput> = (input, call) => {
  const selected = select(call, input.Name!);
  if (selected === undefined) throw parameterNotFound();
  return { Parameter: shown(selected.parameter, selected.version, input.WithDecryption, input.Name!) };
};

export const GetParameters: Operation<GetParametersCommandInput, GetParametersCommandOutput> = (
  input,
  call,
) => {
  const names = [...new Set(input.Names)];
  const Parameters: Parameter[] = [];
  const InvalidParameters: string[] = [];
  for (const name of names) {
    const selected = select(call, name);
    if (selected === undefined) InvalidParameters.push(name);
    else Parameters.push(shown(selected.parameter, selected.version, input.WithDecryption, name));
  }
  return { Parameters, InvalidParameters };
};

export const GetParametersByPath: Operation<
  GetParametersByPathCommandInput,
  GetParametersByPathCommandOutput
> = (input, call) => {
  const path = input.Path!;
  if (!path.startsWith('/')) {
    throw validation(
      `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.`,
    );
  }
  const size = input.MaxResults ?? 10;
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const below = [...ssm(call).parameters.values()].filter(({ name }) => {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return rest !== '' && (input.Recursive === true || !rest.includes('/'));
  });
  const { items, next } = page(filtered(below, input.ParameterFilters ?? []), {
    key: ({ name }) => name,
    size,
    token: input.NextToken,
    invalid: () => new AwsError('InvalidNextToken', 'The specified token is not valid.'),
  });
  return {
    Parameters: items.map((parameter) =>
      shown(parameter, latest(parameter), input.WithDecryption, parameter.name),
    ),
    NextToken: next,
  };
};

function shown(
  parameter: ParameterState,
  version: ParameterVersion,
  withDecryption: boolean | undefined,
  asked: string,
): Parameter {
  const selector = /:\d+$/.exec(asked)?.[0];
  return {
    Name: parameter.name,
    Type: version.type,
    Value: withDecryption === true ? version.value : (version.ciphertext ?? version.value),
    Version: version.version,
    Selector: asked.startsWith('arn:') ? undefined : selector,
    LastModifiedDate: version.modifiedAt,
    ARN: parameter.arn,
    DataType: version.dataType,
  };
}
