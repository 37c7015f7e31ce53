import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACMClient } from '@aws-sdk/client-acm';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { realClock } from '../../src/local-cloud/clock.ts';
import type { CloudClock } from '../../src/local-cloud/clock.ts';
import type { LocalCloud } from '../../src/local-cloud/cloud.ts';
import type { Call } from '../../src/local-cloud/operation.ts';
import type { DataPlane } from '../../src/local-cloud/runtime/data-plane.ts';
import { createServer } from '../../src/local-cloud/server.ts';
import type { ServiceDefinition } from '../../src/local-cloud/services/index.ts';
import { quietDataPlane } from './quiet-data-plane.ts';

export interface LocalCloudOptions {
  /** Default: one that starts nothing. */
  dataPlane?: DataPlane;
  /** Default: real time, every transition at once. */
  clock?: CloudClock;
  /** Default: a temporary folder that `close` removes. */
  folder?: string;
  /** Default: all of them, as they are. */
  services?: ServiceDefinition[];
}

export type TestCloud = Awaited<ReturnType<typeof startLocalCloud>>;

export type Clients = ReturnType<typeof clientsOf>;

/** A whole local cloud inside the test's process, and unmodified SDK clients of every service for the region `local`; unexpected errors of handlers are printed. */
export async function startLocalCloud(options: LocalCloudOptions = {}) {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'chatops-cloud-')));
  const dataPlane = options.dataPlane ?? quietDataPlane();
  const clock = options.clock ?? realClock('instant');
  const cloud: LocalCloud = {
    account: '000000000000',
    clock,
    dataPlane,
    endpoint: '',
    folder,
    states: new Map(),
  };
  const credentials = {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const log = (line: string) => console.error(line);
  const server = await createServer({ cloud, credentials, log, services: options.services });
  const opened: Clients[] = [];
  const clientsFor = (region: string): Clients => {
    const clients = clientsOf({ region, endpoint: server.url, credentials, maxAttempts: 1 });
    opened.push(clients);
    return clients;
  };
  const clients = clientsFor('local');
  return {
    ...clients,
    /** The same, for whoever wants them all. */
    clients,
    /** Clients of another region. */
    clientsFor,
    cloud,
    endpoint: server.url,
    credentials,
    /** For calling an operation directly, without the wire. */
    call: (region = 'local'): Call => ({
      cloud,
      region,
      account: cloud.account,
      requestId: randomUUID(),
      now: new Date(clock.now()),
    }),
    async close() {
      for (const clients of opened) Object.values(clients).forEach((client) => client.destroy());
      await server.close();
      await dataPlane.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

interface ClientSettings {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
}

function clientsOf(settings: ClientSettings) {
  return {
    acm: new ACMClient(settings),
    applicationAutoScaling: new ApplicationAutoScalingClient(settings),
    cloudwatch: new CloudWatchClient(settings),
    ec2: new EC2Client(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    elasticache: new ElastiCacheClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    iam: new IAMClient(settings),
    logs: new CloudWatchLogsClient({ ...settings, disableHostPrefix: true }),
    route53: new Route53Client(settings),
    s3: new S3Client(settings),
    secretsManager: new SecretsManagerClient(settings),
    serviceQuotas: new ServiceQuotasClient(settings),
    ssm: new SSMClient(settings),
    sts: new STSClient(settings),
  };
}
