import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference';

export const ssm: Limits = {
  'PutParameterRequest.Name': {
    page: `${reference}/API_PutParameter.html`,
    minLength: 1,
    maxLength: 2048,
    ownWords: true,
  },
  'DeleteParameterRequest.Name': {
    page: `${reference}/API_DeleteParameter.html`,
    minLength: 1,
    maxLength: 2048,
  },
  'PutParameterRequest.Value': {
    page: `${reference}/API_PutParameter.html`,
    maxLength: 4096,
    ownWords: true,
  },
  'PutParameterRequest.Description': { page: `${reference}/API_PutParameter.html`, maxLength: 1024 },
  Path: { page: `${reference}/API_GetParametersByPath.html`, minLength: 1, maxLength: 2048 },
  MaxResults: { page: `${reference}/API_GetParametersByPath.html`, min: 1, max: 10 },
  Names: { page: `${reference}/API_GetParameters.html`, maxItems: 10 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
};
