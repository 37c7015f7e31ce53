/**
 * The SDK's client of each service that is called. Named one by one: a whole package loaded by `import()` would keep
 * every operation of its service in the bundle, and EC2 alone has hundreds.
 */
export { ACMClient } from '@aws-sdk/client-acm';
export { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
export { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
export { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
export { EC2Client } from '@aws-sdk/client-ec2';
export { ECRClient } from '@aws-sdk/client-ecr';
export { ECSClient } from '@aws-sdk/client-ecs';
export { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
export { ElastiCacheClient } from '@aws-sdk/client-elasticache';
export { IAMClient } from '@aws-sdk/client-iam';
export { Route53Client } from '@aws-sdk/client-route-53';
export { S3Client } from '@aws-sdk/client-s3';
export { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
export { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
export { SSMClient } from '@aws-sdk/client-ssm';
