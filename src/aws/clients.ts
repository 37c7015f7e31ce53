import { STSClient } from '@aws-sdk/client-sts';

import { systemClock } from '../engine/clock.ts';
import type { Clock } from '../engine/clock.ts';
import { assumeRole } from './assume-role.ts';
import type { RoleToAssume, SessionCredentials } from './assume-role.ts';
import type { Cloud } from './cloud.ts';
import { whoAmI } from './identity.ts';
import type { Call } from './operations.ts';
import { retrying } from './retry.ts';

export interface ConnectOptions {
  /** As AWS names it, or `local`. */
  region: string;
  profile?: string;
  /** Only for the local cloud: for every other region none is set, so that `AWS_ENDPOINT_URL` works. */
  endpoint?: string;
  credentials?:
    | { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
    | (() => Promise<SessionCredentials>);
  /** Who to be in place of whom the credentials are of. */
  assumeRole?: RoleToAssume | undefined;
  /** Told about each attempt of each call, as it leaves: for tests and `--debug`. */
  onCall?: (call: Call) => void;
  /** Ends the waiting between attempts; calls in flight finish. */
  signal?: AbortSignal;
  /** How long a call is tried again, in milliseconds; default a minute. For who asks again by itself, none is right. */
  patience?: number;
  clock?: Clock;
}

/** How long to wait for a connection and for an answer, in milliseconds. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** How long calls are tried again, in milliseconds: the first one, which shows whether there is a way at all, and all others. */
const patience = { first: 2_000, others: 60_000 };

/**
 * Connects to one account and region, and finds out who we are (STS GetCallerIdentity). Throws a `ChatopsError`
 * with exit code 4 within a few seconds when there is no way or no permission.
 */
export async function connect(given: ConnectOptions): Promise<Cloud> {
  const options = await asRole(given);
  const { region } = options;
  // The other clients load while the first answer is under way.
  const identity = whoAmI(make(STSClient, 'sts', options, patience.first), region);
  const [who, classes] = await Promise.all([identity, import('./client-classes.ts')]);
  const later = <Client>(type: ClientClass<Client>, service: string) => {
    return () => make(type, service, options, options.patience ?? patience.others);
  };
  const clients = lazily({
    acm: later(classes.ACMClient, 'acm'),
    applicationAutoScaling: later(classes.ApplicationAutoScalingClient, 'application-autoscaling'),
    cloudwatch: later(classes.CloudWatchClient, 'monitoring'),
    ec2: later(classes.EC2Client, 'ec2'),
    ecr: later(classes.ECRClient, 'ecr'),
    ecs: later(classes.ECSClient, 'ecs'),
    elasticache: later(classes.ElastiCacheClient, 'elasticache'),
    elbv2: later(classes.ElasticLoadBalancingV2Client, 'elasticloadbalancing'),
    iam: later(classes.IAMClient, 'iam'),
    logs: later(classes.CloudWatchLogsClient, 'logs'),
    route53: later(classes.Route53Client, 'route53'),
    s3: later(classes.S3Client, 's3'),
    secretsManager: later(classes.SecretsManagerClient, 'secretsmanager'),
    serviceQuotas: later(classes.ServiceQuotasClient, 'servicequotas'),
    ssm: later(classes.SSMClient, 'ssm'),
    sts: later(STSClient, 'sts'),
  });
  return Object.assign(clients, { region, ...who });
}

/** The same way with the keys of the role that is to be assumed, where one is. */
async function asRole(options: ConnectOptions): Promise<ConnectOptions> {
  if (options.assumeRole === undefined) return options;
  // It is asked again whenever a session ends, in the middle of a run perhaps.
  const sts = make(STSClient, 'sts', options, patience.first);
  return { ...options, credentials: await assumeRole(sts, options.assumeRole) };
}

interface Settings extends Pick<ConnectOptions, 'region' | 'profile' | 'endpoint' | 'credentials'> {
  requestHandler: typeof requestHandler;
}

type ClientClass<Client> = new (settings: Settings) => Client;

function make<Client>(
  Type: ClientClass<Client>,
  service: string,
  { region, profile, endpoint, credentials, onCall, signal, clock = systemClock }: ConnectOptions,
  patience: number,
): Client {
  const settings: Settings = { region, requestHandler };
  // A member that is there but undefined would hide what the environment says.
  if (profile !== undefined) settings.profile = profile;
  if (endpoint !== undefined) settings.endpoint = endpoint;
  if (credentials !== undefined) settings.credentials = credentials;
  const client = new Type(settings);
  const retries = retrying({
    service,
    clock,
    patience,
    signal: signal ?? new AbortController().signal,
    onCall,
  });
  retries.applyToStack((client as Pick<STSClient, 'middlewareStack'>).middlewareStack);
  return client;
}

type Makers = Record<string, () => unknown>;

/** An object whose members are made when they are first read. */
function lazily<M extends Makers>(makers: M): { readonly [Name in keyof M]: ReturnType<M[Name]> } {
  const object = {};
  for (const [name, makeOne] of Object.entries(makers)) {
    let made: unknown;
    Object.defineProperty(object, name, { enumerable: true, get: () => (made ??= makeOne()) });
  }
  return object as { readonly [Name in keyof M]: ReturnType<M[Name]> };
}
