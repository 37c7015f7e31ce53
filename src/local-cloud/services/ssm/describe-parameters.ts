import type {
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput,
  ParameterMetadata,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { filtered } from './filters.ts';
import { validation } from './parameter-name.ts';
import { latest, ssm } from './state.ts';
import type { ParameterState } from './state.ts';

export const DescribeParameters: Operation<
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput
> = (input, call) => {
  if (input.Filters !== undefined && input.ParameterFilters !== undefined) {
    throw validation('You can use either Filters or ParameterFilters in a single request.');
  }
  // The older form of a filter has no option: it means "begins with" for names and "equals" for the rest.
  const older = input.Filters?.map(({ Key, Values }) => ({
    Key,
    Values,
    Option: Key === 'Name' ? 'BeginsWith' : 'Equals',
  }));
  const wanted = filtered([...ssm(call).parameters.values()], input.ParameterFilters ?? older ?? []);
  const { items, next } = page(wanted, {
    key: ({ name }) => name,
    size: input.MaxResults ?? 50,
    token: input.NextToken,
    invalid: () => new AwsError('InvalidNextToken', 'The specified token is not valid.'),
  });
  return { Parameters: items.map((parameter) => described(parameter, call.account)), NextToken: next };
};

function described(parameter: ParameterState, account: string): ParameterMetadata {
  const version = latest(parameter);
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: version.type,
    KeyId: version.keyId,
    LastModifiedDate: version.modifiedAt,
    LastModifiedUser: `arn:aws:iam::${account}:user/local`,
    Description: version.description,
    AllowedPattern: version.allowedPattern,
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}
