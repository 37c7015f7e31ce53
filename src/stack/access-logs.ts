import type { Config } from '../config/schema.ts';
import { resource } from '../engine/resource.ts';
import { bucket } from '../resources/s3/bucket.ts';
import type { StackInput } from './input.ts';
import type { NodeOf } from './node-of.ts';

/** Where the load balancer's access logs go. */
export interface AccessLogs {
  /** The bucket, where it is the stack's own; it stands before the load balancer, which tries to write to it. */
  nodes: NodeOf<typeof bucket>[];
  /** Of the load balancer. */
  attributes: Record<string, string>;
}

/** Days that access logs are kept where the config does not say. */
const defaultRetention = 30;

/** The access logs of a stack: off, into a bucket of its own, or into an existing one. */
export function accessLogsOf(input: StackInput): AccessLogs {
  const wanted = settingsOf(input.config);
  if (wanted === undefined) return { nodes: [], attributes: { 'access_logs.s3.enabled': 'false' } };
  const name = wanted.bucket ?? input.names.accessLogBucket(input.cloud.account);
  const { prefix = '', retention = defaultRetention } = wanted;
  return {
    nodes:
      wanted.bucket === undefined
        ? [
            resource({
              id: 'access-log-bucket',
              kind: bucket,
              needs: {},
              props: () => ({ name, expiry: retention, policy: policyOf(input, name, prefix) }),
            }),
          ]
        : [],
    attributes: {
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': name,
      'access_logs.s3.prefix': prefix,
    },
  };
}

function settingsOf({ loadBalancer: { accessLogs } }: Config) {
  if (accessLogs === false) return undefined;
  return accessLogs === true ? {} : accessLogs;
}

/**
 * Elastic Load Balancing may write below the account's path, and nobody may come without TLS. The service's name is
 * the form for all regions; the one with an account of AWS per region is for those of before August 2022 only
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
 */
function policyOf({ cloud: { account, partition } }: StackInput, name: string, prefix: string): object {
  const arn = `arn:${partition}:s3:::${name}`;
  const path = prefix === '' ? '' : `${prefix}/`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AccessLogs',
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `${arn}/${path}AWSLogs/${account}/*`,
      },
      {
        Sid: 'OnlyTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
