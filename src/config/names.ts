import { createHash } from 'node:crypto';

/** Which stack a command is about. */
export interface StackIdentity {
  app: string;
  /** `default` for the base of the config file. */
  environment: string;
  region: string;
  /** `<app>/<environment>/<region>`: the value of the tag `chatops:stack`. */
  stack: string;
  /** Eight hex digits of the SHA-256 of `stack`: part of every name, so that `a-b` + `c` and `a` + `b-c` stay apart. */
  hash: string;
}

/** The identity of a stack from its three parts. */
export function identify(app: string, environment: string, region: string): StackIdentity {
  const stack = `${app}/${environment}/${region}`;
  const hash = createHash('sha256').update(stack).digest('hex').slice(0, 8);
  return { app, environment, region, stack, hash };
}

/** Every name that chatops gives on AWS, within AWS's limits; `hash` is part of each. */
export interface Names {
  /** `chat-1a2b3c4d` (base) or `chat-staging-1a2b3c4d`, at most 32 characters: load balancers and target groups have the tightest limit. */
  base: string;
  loadBalancer: string;
  cluster: string;
  /** That of the cluster: a service that drains is in no listing, and is found by it. */
  service: string;
  taskFamily: string;
  container: string;
  repository: string;
  logGroup: string;
  executionRole: string;
  taskRole: string;
  /** What ECS changes the weights of the listener with, where deployments are blue/green. */
  infrastructureRole: string;
  /** IAM path of the roles: one listing by prefix finds them all. */
  rolePath: string;
  replicationGroup: string;
  cacheSubnetGroup: string;
  /** Cache parameter groups are replaced create-first: the name carries the family (`valkey8`) and whether it is for a cluster, which cannot be changed. */
  cacheParameterGroup(family: string, cluster: boolean): string;
  /** SSM path, no slash at the end. */
  parameterPath: string;
  /** An alarm; one listing by prefix finds them all. */
  alarm(of: string): string;
  /** The bucket of the access logs: buckets are shared by all accounts of AWS, so that the name carries a hash of the account too. */
  accessLogBucket(account: string): string;
  /** Shared by all regions of an account. */
  dashboard: string;
  securityGroup(of: 'load-balancer' | 'tasks' | 'redis' | 'endpoints'): string;
  /** Target groups are replaced create-first: the name carries a hash of what cannot be changed. */
  targetGroup(immutable: unknown): string;
}

const limit = 32;

/** All names of a stack. Pure. */
export function namesOf({ app, environment, stack, hash }: StackIdentity): Names {
  const stem = environment === 'default' ? app : `${app}-${environment}`;
  // AWS refuses names that contain "--" (replication groups) or have a hyphen at the edge.
  const clean = stem
    .replace(/-+/g, '-')
    .slice(0, limit - 1 - hash.length)
    .replace(/-$/, '');
  const base = `${clean}-${hash}`;
  return {
    base,
    loadBalancer: base,
    cluster: base,
    service: base,
    taskFamily: base,
    container: 'app',
    repository: `chatops/${base}`,
    logGroup: `/chatops/${stack}`,
    executionRole: `${base}-execution`,
    taskRole: `${base}-task`,
    infrastructureRole: `${base}-infrastructure`,
    rolePath: `/chatops/${hash}/`,
    replicationGroup: base,
    cacheSubnetGroup: base,
    // Families such as `redis6.x` have a dot, which names may not have.
    cacheParameterGroup: (family, cluster) =>
      `${base}-${family.replaceAll('.', '-')}${cluster ? '-cluster' : ''}`,
    parameterPath: `/chatops/${stack}`,
    alarm: (of) => `chatops/${stack}/${of}`,
    accessLogBucket: (account) => `${base}-logs-${shortHash(stack, account)}`,
    dashboard: base,
    securityGroup: (of) => `${base}-${of}`,
    targetGroup: (immutable) => {
      const digest = shortHash(stack, immutable);
      const short = clean.slice(0, limit - 2 - hash.length - digest.length).replace(/-$/, '');
      return `${short}-${hash}-${digest}`;
    },
  };
}

function shortHash(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 6);
}
