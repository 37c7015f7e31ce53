import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';
const groupText = {
  maxLength: 255,
  pattern: /[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*/,
  ownWords: true,
} as const;

export const ec2: Limits = {
  'CreateSecurityGroupRequest.GroupName': { page: `${reference}/API_CreateSecurityGroup.html`, ...groupText },
  'CreateSecurityGroupRequest.Description': {
    page: `${reference}/API_CreateSecurityGroup.html`,
    ...groupText,
  },
  'IpPermission.FromPort': { page: `${reference}/API_IpPermission.html`, min: -1, max: 65535 },
  'IpPermission.ToPort': { page: `${reference}/API_IpPermission.html`, min: -1, max: 65535 },
  'IpPermission.IpProtocol': {
    page: `${reference}/API_IpPermission.html`,
    pattern: /-1|tcp|udp|icmp|icmpv6|\d{1,3}/,
    ownWords: true,
  },
  CidrBlock: { page: `${reference}/API_CreateVpc.html`, pattern: /[\d.]+\/\d{1,2}/, ownWords: true },
  DestinationCidrBlock: {
    page: `${reference}/API_CreateRoute.html`,
    pattern: /[\d.]+\/\d{1,2}/,
    ownWords: true,
  },
  'IpRange.CidrIp': { page: `${reference}/API_IpRange.html`, pattern: /[\d.]+\/\d{1,2}/, ownWords: true },
  'Tag.Key': { page: `${reference}/API_Tag.html`, maxLength: 127, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256 },
  MaxResults: { page: `${reference}/API_DescribeVpcs.html`, min: 5, max: 1000 },
};
