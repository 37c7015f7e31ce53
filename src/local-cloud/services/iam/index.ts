import type { Operations } from '../../operation.ts';
import * as accountAuthorizationDetails from './account-authorization-details.ts';
import * as attachedPolicy from './attached-policy.ts';
import * as role from './role.ts';
import * as rolePolicy from './role-policy.ts';
import * as roleTags from './role-tags.ts';
import * as serviceLinkedRole from './service-linked-role.ts';

export const operations: Operations = {
  ...accountAuthorizationDetails,
  ...attachedPolicy,
  ...role,
  ...rolePolicy,
  ...roleTags,
  ...serviceLinkedRole,
};
