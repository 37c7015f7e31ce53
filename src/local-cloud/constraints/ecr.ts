import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonECR/latest/APIReference';

export const ecr: Limits = {
  repositoryName: {
    page: `${reference}/API_CreateRepository.html`,
    minLength: 2,
    maxLength: 256,
    pattern: /(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/,
    ownWords: true,
  },
  imageTag: {
    page: `${reference}/API_ImageIdentifier.html`,
    minLength: 1,
    maxLength: 300,
    ownWords: true,
  },
  imageDigest: {
    page: `${reference}/API_ImageIdentifier.html`,
    pattern: /[a-zA-Z0-9_.+-]+:[a-zA-Z0-9]+/,
  },
  lifecyclePolicyText: {
    page: `${reference}/API_PutLifecyclePolicy.html`,
    minLength: 100,
    maxLength: 30_720,
    ownWords: true,
  },
  maxResults: { page: `${reference}/API_DescribeRepositories.html`, min: 1, max: 1000 },
  imageIds: { page: `${reference}/API_BatchDeleteImage.html`, maxItems: 100 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128 },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256 },
};
