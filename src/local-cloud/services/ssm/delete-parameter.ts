import type {
  DeleteParameterCommandInput,
  DeleteParameterCommandOutput,
  DeleteParametersCommandInput,
  DeleteParametersCommandOutput,
} from '@aws-sdk/client-ssm';
import type { Operation } from '../../operation.ts';
import { parameterNotFound, ssm } from './state.ts';

export const DeleteParameter: Operation<DeleteParameterCommandInput, DeleteParameterCommandOutput> = (
  input,
  call,
) => {
  if (!ssm(call).parameters.delete(input.Name!)) throw parameterNotFound();
  return {};
};

export const DeleteParameters: Operation<DeleteParametersCommandInput, DeleteParametersCommandOutput> = (
  input,
  call,
) => {
  const names = [...new Set(input.Names)];
  const { parameters } = ssm(call);
  const DeletedParameters = names.filter((name) => parameters.delete(name));
  return { DeletedParameters, InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)) };
};
