import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/Route53/latest/APIReference';

export const route53: Limits = {
  HostedZoneId: { page: `${reference}/API_ChangeResourceRecordSets.html`, maxLength: 32 },
  'CreateHostedZoneRequest.CallerReference': {
    page: `${reference}/API_CreateHostedZone.html`,
    minLength: 1,
    maxLength: 128,
  },
  'CreateHostedZoneRequest.Name': { page: `${reference}/API_CreateHostedZone.html`, maxLength: 1024 },
  DNSName: { page: `${reference}/API_AliasTarget.html`, maxLength: 1024 },
  StartRecordName: { page: `${reference}/API_ListResourceRecordSets.html`, maxLength: 1024 },
  'ResourceRecordSet.Name': { page: `${reference}/API_ResourceRecordSet.html`, maxLength: 1024 },
  'ResourceRecordSet.TTL': {
    page: `${reference}/API_ResourceRecordSet.html`,
    min: 0,
    max: 2_147_483_647,
  },
  'ResourceRecord.Value': { page: `${reference}/API_ResourceRecord.html`, maxLength: 4000 },
};
