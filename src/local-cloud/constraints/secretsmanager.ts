import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/secretsmanager/latest/apireference';

export const secretsmanager: Limits = {
  ClientRequestToken: { page: `${reference}/API_CreateSecret.html`, minLength: 32, maxLength: 64 },
  Description: { page: `${reference}/API_CreateSecret.html`, maxLength: 2048 },
  KmsKeyId: { page: `${reference}/API_CreateSecret.html`, maxLength: 2048 },
  'CreateSecretRequest.Name': {
    page: `${reference}/API_CreateSecret.html`,
    minLength: 1,
    maxLength: 512,
    ownWords: true,
  },
  SecretId: { page: `${reference}/API_GetSecretValue.html`, minLength: 1, maxLength: 2048 },
  SecretString: { page: `${reference}/API_CreateSecret.html`, minLength: 1, maxLength: 65536 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128 },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256 },
  VersionId: { page: `${reference}/API_GetSecretValue.html`, minLength: 32, maxLength: 64 },
  VersionStage: { page: `${reference}/API_GetSecretValue.html`, minLength: 1, maxLength: 256 },
};
