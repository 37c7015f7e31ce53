import type {
  DeleteRolePolicyCommandInput,
  DeleteRolePolicyCommandOutput,
  GetRolePolicyCommandInput,
  GetRolePolicyCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  PutRolePolicyCommandInput,
  PutRolePolicyCommandOutput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { checkName } from './checks.ts';
import { listing } from './listing.ts';
import { checkPolicy, encoded } from './policy-document.ts';
import { roleOf } from './state.ts';

export const PutRolePolicy: Operation<PutRolePolicyCommandInput, PutRolePolicyCommandOutput> = (
  input,
  call,
) => {
  const role = roleOf(call, input.RoleName);
  checkName(input.PolicyName!, 'policyName', 128);
  checkPolicy(input.PolicyDocument!, 'permission');
  role.policies.set(input.PolicyName!, input.PolicyDocument!);
  return {};
};

export const GetRolePolicy: Operation<GetRolePolicyCommandInput, GetRolePolicyCommandOutput> = (
  input,
  call,
) => {
  const role = roleOf(call, input.RoleName);
  const document = role.policies.get(input.PolicyName!);
  if (document === undefined) throw noSuchPolicy(input.PolicyName!);
  return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encoded(document) };
};

export const ListRolePolicies: Operation<ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput> = (
  input,
  call,
) => {
  const { items, end } = listing(roleOf(call, input.RoleName).policies.keys(), input, (name) => name);
  return { PolicyNames: items, ...end };
};

export const DeleteRolePolicy: Operation<DeleteRolePolicyCommandInput, DeleteRolePolicyCommandOutput> = (
  input,
  call,
) => {
  const role = roleOf(call, input.RoleName);
  if (!role.policies.delete(input.PolicyName!)) throw noSuchPolicy(input.PolicyName!);
  return {};
};

function noSuchPolicy(name: string): AwsError {
  return new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
}
