import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference';
const name = {
  minLength: 1,
  maxLength: 32,
  pattern: /[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?/,
  ownWords: true,
} as const;

export const elbv2: Limits = {
  'CreateLoadBalancerInput.Name': { page: `${reference}/API_CreateLoadBalancer.html`, ...name },
  'CreateTargetGroupInput.Name': { page: `${reference}/API_CreateTargetGroup.html`, ...name },
  Port: { page: `${reference}/API_CreateListener.html`, min: 1, max: 65535, ownWords: true },
  HealthCheckIntervalSeconds: {
    page: `${reference}/API_CreateTargetGroup.html`,
    min: 5,
    max: 300,
    ownWords: true,
  },
  HealthCheckTimeoutSeconds: {
    page: `${reference}/API_CreateTargetGroup.html`,
    min: 2,
    max: 120,
    ownWords: true,
  },
  HealthyThresholdCount: {
    page: `${reference}/API_CreateTargetGroup.html`,
    min: 2,
    max: 10,
    ownWords: true,
  },
  UnhealthyThresholdCount: {
    page: `${reference}/API_CreateTargetGroup.html`,
    min: 2,
    max: 10,
    ownWords: true,
  },
  HealthCheckPath: { page: `${reference}/API_CreateTargetGroup.html`, minLength: 1, maxLength: 1024 },
  HealthCheckPort: {
    page: `${reference}/API_CreateTargetGroup.html`,
    pattern: /traffic-port|\d{1,5}/,
  },
  'RedirectActionConfig.Protocol': {
    page: `${reference}/API_RedirectActionConfig.html`,
    pattern: /HTTPS?|#\{protocol\}/,
    ownWords: true,
  },
  'RedirectActionConfig.Host': {
    page: `${reference}/API_RedirectActionConfig.html`,
    minLength: 1,
    maxLength: 128,
    ownWords: true,
  },
  'RedirectActionConfig.Path': {
    page: `${reference}/API_RedirectActionConfig.html`,
    minLength: 1,
    maxLength: 128,
    ownWords: true,
  },
  'RedirectActionConfig.Query': {
    page: `${reference}/API_RedirectActionConfig.html`,
    maxLength: 128,
    ownWords: true,
  },
  ProtocolVersion: { page: `${reference}/API_CreateTargetGroup.html`, pattern: /GRPC|HTTP1|HTTP2/ },
  'Matcher.HttpCode': {
    page: `${reference}/API_Matcher.html`,
    pattern: /\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*/,
    ownWords: true,
  },
  'LoadBalancerAttribute.Key': {
    page: `${reference}/API_LoadBalancerAttribute.html`,
    maxLength: 256,
    pattern: /[a-zA-Z0-9._]+/,
    ownWords: true,
  },
  'LoadBalancerAttribute.Value': { page: `${reference}/API_LoadBalancerAttribute.html`, maxLength: 1024 },
  'TargetGroupAttribute.Key': {
    page: `${reference}/API_TargetGroupAttribute.html`,
    maxLength: 256,
    pattern: /[a-zA-Z0-9._]+/,
    ownWords: true,
  },
  'TargetGroupAttribute.Value': { page: `${reference}/API_TargetGroupAttribute.html`, maxLength: 1024 },
  'DescribeTagsInput.ResourceArns': { page: `${reference}/API_DescribeTags.html`, maxItems: 20 },
  PageSize: { page: `${reference}/API_DescribeLoadBalancers.html`, min: 1, max: 400 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
};
