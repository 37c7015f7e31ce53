import type { Operations } from '../operation.ts';

/** How a service is reached and spoken to. */
export interface ServiceDefinition {
  /** The service name in the credential scope of a signature (`ec2`, `elasticloadbalancing`). */
  signingName: string;
  /** For the query protocols: the API version that every request carries. */
  version?: string;
  protocol: 'ec2Query' | 'awsQuery' | 'awsJson1.0' | 'awsJson1.1' | 'restXml';
  /** The SDK client package with its runtime schemas (`CreateVpc$`, …), imported on first use. */
  schemas(): Promise<Record<string, unknown>>;
  operations(): Promise<Operations>;
}

/** Every service of the local cloud. One folder each, one file per operation or noun. */
export const services: ServiceDefinition[] = [
  {
    signingName: 'ec2',
    protocol: 'ec2Query',
    schemas: () => import('@aws-sdk/client-ec2'),
    operations: async () => (await import('./ec2/index.ts')).operations,
  },
  {
    signingName: 'elasticloadbalancing',
    protocol: 'awsQuery',
    schemas: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
    operations: async () => (await import('./elbv2/index.ts')).operations,
  },
  {
    signingName: 'elasticache',
    protocol: 'awsQuery',
    schemas: () => import('@aws-sdk/client-elasticache'),
    operations: async () => (await import('./elasticache/index.ts')).operations,
  },
  {
    signingName: 'ecs',
    protocol: 'awsJson1.1',
    schemas: () => import('@aws-sdk/client-ecs'),
    operations: async () => (await import('./ecs/index.ts')).operations,
  },
  {
    signingName: 'ecr',
    protocol: 'awsJson1.1',
    schemas: () => import('@aws-sdk/client-ecr'),
    operations: async () => (await import('./ecr/index.ts')).operations,
  },
  {
    signingName: 'iam',
    protocol: 'awsQuery',
    schemas: () => import('@aws-sdk/client-iam'),
    operations: async () => (await import('./iam/index.ts')).operations,
  },
  {
    signingName: 'logs',
    protocol: 'awsJson1.1',
    schemas: () => import('@aws-sdk/client-cloudwatch-logs'),
    operations: async () => (await import('./logs/index.ts')).operations,
  },
  {
    signingName: 'ssm',
    protocol: 'awsJson1.1',
    schemas: () => import('@aws-sdk/client-ssm'),
    operations: async () => (await import('./ssm/index.ts')).operations,
  },
  {
    signingName: 'sts',
    protocol: 'awsQuery',
    schemas: () => import('@aws-sdk/client-sts'),
    operations: async () => (await import('./sts/index.ts')).operations,
  },
];
