import type {
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operation.ts';
import { listing } from './listing.ts';
import { encoded } from './policy-document.ts';
import { attachedList, listedRole, tagList } from './role-shape.ts';
import { iam } from './state.ts';

// The account here has roles only: no users, groups or policies of its own.
export const GetAccountAuthorizationDetails: Operation<
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput
> = (input, call) => {
  const wanted = input.Filter === undefined || input.Filter.length === 0 || input.Filter.includes('Role');
  const { items, end } = listing(wanted ? iam(call).roles.values() : [], input, (role) =>
    role.name.toLowerCase(),
  );
  return {
    UserDetailList: [],
    GroupDetailList: [],
    Policies: [],
    RoleDetailList: items.map((role) => {
      const { Path, RoleName, RoleId, Arn, CreateDate, AssumeRolePolicyDocument } = listedRole(role);
      return {
        Path,
        RoleName,
        RoleId,
        Arn,
        CreateDate,
        AssumeRolePolicyDocument,
        InstanceProfileList: [],
        RolePolicyList: [...role.policies].map(([PolicyName, document]) => ({
          PolicyName,
          PolicyDocument: encoded(document),
        })),
        AttachedManagedPolicies: attachedList(role),
        Tags: tagList(role),
      };
    }),
    ...end,
  };
};
