import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/IAM/latest/APIReference';

export const iam: Limits = {
  RoleName: {
    page: `${reference}/API_CreateRole.html`,
    minLength: 1,
    maxLength: 64,
    pattern: /[\w+=,.@-]+/,
    ownWords: true,
  },
  PolicyName: {
    page: `${reference}/API_PutRolePolicy.html`,
    minLength: 1,
    maxLength: 128,
    pattern: /[\w+=,.@-]+/,
    ownWords: true,
  },
  PolicyArn: { page: `${reference}/API_AttachRolePolicy.html`, minLength: 20, maxLength: 2048 },
  PolicyDocument: { page: `${reference}/API_PutRolePolicy.html`, minLength: 1, maxLength: 131_072 },
  AssumeRolePolicyDocument: { page: `${reference}/API_CreateRole.html`, minLength: 1, maxLength: 131_072 },
  Description: { page: `${reference}/API_CreateRole.html`, maxLength: 1000 },
  Path: { page: `${reference}/API_CreateRole.html`, minLength: 1, maxLength: 512, ownWords: true },
  PathPrefix: { page: `${reference}/API_ListRoles.html`, minLength: 1, maxLength: 512, ownWords: true },
  MaxSessionDuration: { page: `${reference}/API_CreateRole.html`, min: 3600, max: 43_200 },
  MaxItems: { page: `${reference}/API_ListRoles.html`, min: 1, max: 1000 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
};
