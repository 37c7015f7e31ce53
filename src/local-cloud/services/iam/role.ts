import type {
  CreateRoleCommandInput,
  CreateRoleCommandOutput,
  DeleteRoleCommandInput,
  DeleteRoleCommandOutput,
  GetRoleCommandInput,
  GetRoleCommandOutput,
  ListRolesCommandInput,
  ListRolesCommandOutput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateAssumeRolePolicyCommandOutput,
  UpdateRoleCommandInput,
  UpdateRoleCommandOutput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { checkName, checkPath, tagSet } from './checks.ts';
import { listing } from './listing.ts';
import { checkPolicy } from './policy-document.ts';
import { listedRole, wholeRole } from './role-shape.ts';
import { addRole, iam, roleOf } from './state.ts';

export const CreateRole: Operation<CreateRoleCommandInput, CreateRoleCommandOutput> = (input, call) => {
  const name = input.RoleName!;
  const { Path: path = '/', MaxSessionDuration: maxSessionDuration = 3600 } = input;
  checkName(name, 'roleName', 64);
  checkPath(path);
  checkPolicy(input.AssumeRolePolicyDocument!, 'trust');
  const tags = tagSet(new Map(), input.Tags ?? []);
  const { roles } = iam(call);
  if (roles.has(name.toLowerCase())) {
    throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  }
  const role = addRole(call, {
    name,
    path,
    assumeRolePolicyDocument: input.AssumeRolePolicyDocument!,
    description: input.Description,
    maxSessionDuration,
    tags,
  });
  return { Role: wholeRole(role) };
};

export const GetRole: Operation<GetRoleCommandInput, GetRoleCommandOutput> = (input, call) => ({
  Role: wholeRole(roleOf(call, input.RoleName)),
});

export const ListRoles: Operation<ListRolesCommandInput, ListRolesCommandOutput> = (input, call) => {
  const below = [...iam(call).roles.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
  const { items, end } = listing(below, input, (role) => role.name.toLowerCase());
  return { Roles: items.map(listedRole), ...end };
};

export const UpdateRole: Operation<UpdateRoleCommandInput, UpdateRoleCommandOutput> = (input, call) => {
  const role = roleOf(call, input.RoleName);
  const { Description = role.description, MaxSessionDuration = role.maxSessionDuration } = input;
  role.description = Description;
  role.maxSessionDuration = MaxSessionDuration;
  return {};
};

export const UpdateAssumeRolePolicy: Operation<
  UpdateAssumeRolePolicyCommandInput,
  UpdateAssumeRolePolicyCommandOutput
> = (input, call) => {
  const role = roleOf(call, input.RoleName);
  checkPolicy(input.PolicyDocument!, 'trust');
  role.assumeRolePolicyDocument = input.PolicyDocument!;
  return {};
};

// The order of AWS's checks: attached policies first, then inline ones.
export const DeleteRole: Operation<DeleteRoleCommandInput, DeleteRoleCommandOutput> = (input, call) => {
  const role = roleOf(call, input.RoleName);
  if (role.path.startsWith('/aws-service-role/')) {
    throw new AwsError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
      400,
    );
  }
  if (role.attached.size > 0) {
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
  }
  if (role.policies.size > 0) {
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
  }
  iam(call).roles.delete(role.name.toLowerCase());
  return {};
};
