import type { AttachedPolicy, Role, Tag } from '@aws-sdk/client-iam';
import { encoded } from './policy-document.ts';
import type { RoleState } from './state.ts';

/** A role as listings show it: without its tags. */
export function listedRole(role: RoleState): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encoded(role.assumeRolePolicyDocument),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
  };
}

/** A role as GetRole and CreateRole show it. */
export function wholeRole(role: RoleState): Role {
  return { ...listedRole(role), ...(role.tags.size > 0 ? { Tags: tagList(role) } : {}) };
}

export function tagList(role: RoleState): Tag[] {
  return [...role.tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Attached policies with their names, which are the last part of the ARN. */
export function attachedList(role: RoleState): AttachedPolicy[] {
  return [...role.attached].map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn }));
}
