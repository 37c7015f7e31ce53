import type { Constraints } from '../constraints/constraints.ts';
import type { Operations } from '../operation.ts';

/** How a service is reached and spoken to. */
export interface ServiceDefinition {
  /** The service name in the credential scope of a signature (`ec2`, `elasticloadbalancing`). */
  signingName: string;
  /** For the query protocols: the API version that every request carries. */
  version: string;
  /** For the query protocols: the XML namespace of the answers. */
  xmlNamespace: string;
  protocol: 'ec2Query' | 'awsQuery' | 'awsJson1.0' | 'awsJson1.1' | 's3Xml' | 'restXml';
  /** It came to JSON from awsQuery, and still answers clients that send forms. */
  queryCompatible?: true;
  /** The error with which the service refuses a request that lacks a required member; the words are the same per code. */
  missing:
    | 'MissingParameter'
    | 'ValidationError'
    | 'ValidationException'
    | 'InvalidParameterException'
    | 'InvalidRequest'
    | 'InvalidInput';
  /** What the values of requests are checked against; default: all that is known of the service. */
  constraints?: Constraints;
  /** Its resources belong to the account, not to a region. */
  global?: true;
  /** The SDK client package with its runtime schemas (`CreateVpc$`, …), imported on first use. */
  schemas(): Promise<Record<string, unknown>>;
  operations(): Promise<Operations>;
}

/** Every service of the local cloud. One folder each, one file per operation or noun. */
export const services: ServiceDefinition[] = [
  {
    signingName: 'ec2',
    version: '2016-11-15',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    protocol: 'ec2Query',
    missing: 'MissingParameter',
    schemas: () => import('@aws-sdk/client-ec2'),
    operations: async () => (await import('./ec2/index.ts')).operations,
  },
  {
    signingName: 'elasticloadbalancing',
    version: '2015-12-01',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    protocol: 'awsQuery',
    missing: 'ValidationError',
    schemas: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
    operations: async () => (await import('./elbv2/index.ts')).operations,
  },
  {
    signingName: 'elasticache',
    version: '2015-02-02',
    xmlNamespace: 'http://elasticache.amazonaws.com/doc/2015-02-02/',
    protocol: 'awsQuery',
    missing: 'MissingParameter',
    schemas: () => import('@aws-sdk/client-elasticache'),
    operations: async () => (await import('./elasticache/index.ts')).operations,
  },
  {
    signingName: 'ecs',
    version: '2014-11-13',
    xmlNamespace: 'http://ecs.amazonaws.com/doc/2014-11-13/',
    protocol: 'awsJson1.1',
    missing: 'InvalidParameterException',
    schemas: () => import('@aws-sdk/client-ecs'),
    operations: async () => (await import('./ecs/index.ts')).operations,
  },
  {
    signingName: 'ecr',
    version: '2015-09-21',
    xmlNamespace: 'http://ecr.amazonaws.com/doc/2015-09-21/',
    protocol: 'awsJson1.1',
    missing: 'InvalidParameterException',
    schemas: () => import('@aws-sdk/client-ecr'),
    operations: async () => (await import('./ecr/index.ts')).operations,
  },
  {
    signingName: 'iam',
    global: true,
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    protocol: 'awsQuery',
    missing: 'ValidationError',
    schemas: () => import('@aws-sdk/client-iam'),
    operations: async () => (await import('./iam/index.ts')).operations,
  },
  {
    signingName: 'logs',
    version: '2014-03-28',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2014-03-28/',
    protocol: 'awsJson1.1',
    missing: 'InvalidParameterException',
    schemas: () => import('@aws-sdk/client-cloudwatch-logs'),
    operations: async () => (await import('./logs/index.ts')).operations,
  },
  {
    signingName: 'application-autoscaling',
    version: '2016-02-06',
    xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2016-02-06/',
    protocol: 'awsJson1.1',
    missing: 'ValidationException',
    schemas: () => import('@aws-sdk/client-application-auto-scaling'),
    operations: async () => (await import('./application-autoscaling/index.ts')).operations,
  },
  {
    signingName: 'monitoring',
    version: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    protocol: 'awsJson1.0',
    queryCompatible: true,
    missing: 'ValidationError',
    schemas: () => import('@aws-sdk/client-cloudwatch'),
    operations: async () => (await import('./cloudwatch/index.ts')).operations,
  },
  {
    signingName: 'acm',
    version: '2015-12-08',
    xmlNamespace: 'http://acm.amazonaws.com/doc/2015-12-08/',
    protocol: 'awsJson1.1',
    missing: 'ValidationException',
    schemas: () => import('@aws-sdk/client-acm'),
    operations: async () => (await import('./acm/index.ts')).operations,
  },
  {
    signingName: 'route53',
    global: true,
    version: '2013-04-01',
    xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    protocol: 'restXml',
    missing: 'InvalidInput',
    schemas: () => import('@aws-sdk/client-route-53'),
    operations: async () => (await import('./route53/index.ts')).operations,
  },
  {
    signingName: 's3',
    global: true,
    version: '2006-03-01',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    protocol: 's3Xml',
    missing: 'InvalidRequest',
    // S3 has words of its own for each wrong value, and its list of regions lacks this one.
    constraints: { limits: {}, enumerations: {} },
    schemas: () => import('@aws-sdk/client-s3'),
    operations: async () => (await import('./s3/index.ts')).operations,
  },
  {
    signingName: 'secretsmanager',
    version: '2017-10-17',
    xmlNamespace: 'http://secretsmanager.amazonaws.com/doc/2017-10-17/',
    protocol: 'awsJson1.1',
    missing: 'ValidationException',
    schemas: () => import('@aws-sdk/client-secrets-manager'),
    operations: async () => (await import('./secretsmanager/index.ts')).operations,
  },
  {
    signingName: 'servicequotas',
    version: '2019-06-24',
    xmlNamespace: 'http://servicequotas.amazonaws.com/doc/2019-06-24/',
    protocol: 'awsJson1.1',
    missing: 'ValidationException',
    schemas: () => import('@aws-sdk/client-service-quotas'),
    operations: async () => (await import('./servicequotas/index.ts')).operations,
  },
  {
    signingName: 'ssm',
    version: '2014-11-06',
    xmlNamespace: 'http://ssm.amazonaws.com/doc/2014-11-06/',
    protocol: 'awsJson1.1',
    missing: 'ValidationException',
    schemas: () => import('@aws-sdk/client-ssm'),
    operations: async () => (await import('./ssm/index.ts')).operations,
  },
  {
    signingName: 'sts',
    global: true,
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    protocol: 'awsQuery',
    missing: 'ValidationError',
    schemas: () => import('@aws-sdk/client-sts'),
    operations: async () => (await import('./sts/index.ts')).operations,
  },
];
