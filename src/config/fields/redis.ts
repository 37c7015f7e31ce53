import * as z from 'zod';

/** The engine version that is used where the config names none. */
const defaultVersion = { valkey: '8.0', redis: '7.1' };

/** Nodes of one cluster, at most (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html). */
const mostNodes = 500;

/** `redis`: the ElastiCache replication group. */
export const redis = z
  .strictObject({
    mode: z
      .enum(['node', 'serverless', 'off'])
      .default('node')
      .describe(
        '`node`: a replication group of nodes; `serverless`: a cache that ElastiCache sizes by itself, of which engine, major version and snapshots can be chosen, and which speaks the protocol of clusters (the tasks have `REDIS_CLUSTER=true`); `off`: no Redis and no `REDIS_URL`',
      ),
    url: z
      .string()
      .refine(isRedisUrl, 'must be like redis://host:6379 or rediss://user:password@host:6379')
      .optional()
      .describe('An existing Redis in place of one of the stack; nothing else of `redis` counts then'),
    engine: z.enum(['valkey', 'redis']).default('valkey').describe('Cache engine'),
    version: z
      .string()
      .regex(/^\d+\.\d+(\.\d+)?$/, 'must be a version such as "8.0"')
      .optional()
      .describe('Engine version; default 8.0 for valkey, 7.1 for redis'),
    nodeType: z
      .string()
      .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'must be a cache node type such as "cache.t4g.micro"')
      .default('cache.t4g.micro')
      .describe('ElastiCache node type'),
    replicas: z
      .number()
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe(
        'Replicas, of each shard where there is a cluster; with one or more, a replica takes the place of a primary that fails, and a message counts as sent when one has it (`WAIT_REPLICAS`)',
      ),
    cluster: z
      .strictObject({
        shards: z
          .number()
          .int()
          .min(1)
          .max(500)
          .describe('Shards that share the keys; AWS allows 90 nodes in all until the quota is raised'),
      })
      .optional()
      .describe('Cluster mode: the keys are spread over shards; the tasks have `REDIS_CLUSTER=true`'),
    multiAz: z
      .boolean()
      .optional()
      .describe('Whether the nodes are in different zones; needs a replica; default: where there is one'),
    port: z.number().int().min(1024).max(65535).default(6379).describe('Port of the cache nodes'),
    durability: z
      .enum(['default', 'sync'])
      .default('default')
      .describe(
        '`sync`: what was acknowledged survives every fail-over; needs `cluster`, replicas over zones, Valkey 9.0 or later, encryption, and nodes of r6g–r8g, m6g–m8g, c7gn or c8gn',
      ),
    encryption: z
      .strictObject({
        atRest: z.boolean().default(true).describe('Whether what ElastiCache writes to disk is encrypted'),
        inTransit: z
          .boolean()
          .optional()
          .describe(
            'Whether connections are encrypted: `rediss://`; default: where the region is not `local`, or `durability` is `sync`',
          ),
      })
      .prefault({}),
    authToken: z
      .boolean()
      .default(false)
      .describe('Whether a generated password is asked for; it is only in SSM and in `REDIS_URL`'),
    authTokenRotation: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe('Raise it to have `up` make another password, and tasks move to it without a break'),
    maintenanceWindow: z
      .string()
      .refine((window) => minutesOf(window) >= 60, {
        message: 'must be like "sun:03:00-sun:04:00" (UTC), an hour long or more',
      })
      .optional()
      .describe('Weekly window for maintenance, UTC'),
    snapshotRetention: z
      .number()
      .int()
      .min(0)
      .max(35)
      .default(0)
      .describe('Days that daily snapshots are kept; 0 is none'),
    autoMinorVersionUpgrade: z.boolean().default(true).describe('Whether AWS may install minor versions'),
  })
  .refine(({ replicas, multiAz }) => multiAz !== true || replicas > 0, {
    path: ['multiAz'],
    message: 'needs at least one replica: set redis.replicas',
  })
  .refine(({ replicas, cluster }) => (cluster?.shards ?? 1) * (1 + replicas) <= mostNodes, {
    path: ['cluster', 'shards'],
    message: `times the nodes of a shard must be at most ${mostNodes}`,
  })
  .refine(({ mode, url, cluster }) => cluster === undefined || (mode === 'node' && url === undefined), {
    path: ['cluster'],
    message: 'needs nodes of its own: redis.mode "node" and no redis.url',
  })
  .refine(({ url, mode }) => url === undefined || mode === 'node', {
    path: ['url'],
    message: 'cannot be set together with redis.mode',
  })
  .refine(({ mode, authToken }) => mode !== 'serverless' || !authToken, {
    path: ['authToken'],
    message: 'is not there for redis.mode "serverless"',
  })
  .refine(({ mode, encryption }) => mode !== 'serverless' || encryption.inTransit !== false, {
    path: ['encryption', 'inTransit'],
    message: 'cannot be switched off with redis.mode "serverless"',
  })
  .refine(({ mode, port }) => mode !== 'serverless' || port === 6379, {
    path: ['port'],
    message: 'is 6379 with redis.mode "serverless"',
  })
  .superRefine((given, context) => {
    if (given.durability === 'default') return;
    const lacking = lackingForSync(given);
    if (lacking.length === 0) return;
    context.addIssue({ code: 'custom', path: ['durability'], message: `"sync" needs ${lacking.join(', ')}` });
  })
  .refine(({ authToken, encryption }) => !authToken || encryption.inTransit !== false, {
    path: ['authToken'],
    message: 'needs encrypted connections: set redis.encryption.inTransit to true',
  });

/** `redis` with the defaults that depend on other fields. */
export function completeRedis(given: z.infer<typeof redis>, region: string) {
  const encrypts = given.mode === 'serverless' || given.durability === 'sync' || region !== 'local';
  return {
    ...given,
    version: given.version ?? defaultVersion[given.engine],
    encryption: { ...given.encryption, inTransit: given.encryption.inTransit ?? encrypts },
    multiAz: given.multiAz ?? given.replicas > 0,
  };
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutesOfWeek = 7 * 24 * 60;

/** How long a weekly window is, in minutes; NaN where it is none. It may reach into the next week. */
function minutesOf(window: string): number {
  const day = `(${days.join('|')})`;
  const time = '([01]\\d|2[0-3]):([0-5]\\d)';
  const parts = new RegExp(`^${day}:${time}-${day}:${time}$`).exec(window);
  if (parts === null) return NaN;
  const at = (first: number) =>
    (days.indexOf(parts[first]!) * 24 + Number(parts[first + 1])) * 60 + Number(parts[first + 2]);
  return (at(4) - at(1) + minutesOfWeek) % minutesOfWeek;
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^rediss?:$/.test(protocol) && hostname !== '';
}

/** What ElastiCache asks of a group whose writes survive a fail-over, and this one has not (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Durability.Limitations.html). */
function lackingForSync(given: {
  engine: string;
  version?: string | undefined;
  nodeType: string;
  replicas: number;
  multiAz?: boolean | undefined;
  cluster?: object | undefined;
  encryption: { atRest: boolean; inTransit?: boolean | undefined };
}): string[] {
  const { engine, version = defaultVersion.valkey, nodeType, replicas, multiAz, cluster, encryption } = given;
  const conditions: [boolean, string][] = [
    [
      engine === 'valkey' && Number(version.split('.')[0]) >= 9,
      'redis.engine "valkey" from redis.version 9.0',
    ],
    [/^cache\.([rm][678]g|c[78]gn)\./.test(nodeType), 'a redis.nodeType of r6g–r8g, m6g–m8g, c7gn or c8gn'],
    [cluster !== undefined, 'redis.cluster'],
    [replicas > 0 && multiAz !== false, 'redis.replicas with redis.multiAz'],
    [encryption.atRest, 'redis.encryption.atRest'],
    [encryption.inTransit !== false, 'redis.encryption.inTransit'],
  ];
  return conditions.filter(([met]) => !met).map(([, what]) => what);
}

/** What other sections ask of Redis and cannot have. */
export function checkRedisUses(
  config: { region: string; redis: z.infer<typeof redis>; service: { env: Record<string, string> } },
  context: z.RefinementCtx,
): void {
  const { region, redis: wanted, service } = config;
  if (wanted.authToken && region === 'local' && wanted.encryption.inTransit === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['redis', 'authToken'],
      message:
        'needs encrypted connections, which are off by default where the region is local: set redis.encryption.inTransit to true',
    });
  }
  const hasPassword =
    wanted.url === undefined
      ? wanted.authToken
      : isRedisUrl(wanted.url) && new URL(wanted.url).password !== '';
  for (const [name, value] of Object.entries(service.env)) {
    const message =
      wanted.mode === 'off' && value.includes('${redis.')
        ? 'there is no Redis: redis.mode is "off"'
        : hasPassword && value.includes('${redis.url}')
          ? '${redis.url} has a password here, which a task definition would show; the container has it as REDIS_URL'
          : undefined;
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['service', 'env', name], message });
  }
}
