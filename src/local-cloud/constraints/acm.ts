import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/acm/latest/APIReference';

export const acm: Limits = {
  DomainName: {
    page: `${reference}/API_RequestCertificate.html`,
    minLength: 1,
    maxLength: 253,
    pattern: /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/,
  },
  IdempotencyToken: {
    page: `${reference}/API_RequestCertificate.html`,
    minLength: 1,
    maxLength: 32,
    pattern: /^\w+$/,
  },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128 },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256 },
};
