import { z } from 'zod';

/** The engine version that is used where the config names none. */
const defaultVersion = { valkey: '8.0', redis: '7.1' };

/** `redis`: the ElastiCache replication group. */
export const redis = z
  .strictObject({
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
      .describe('Replicas; with one or more, a replica takes the place of a primary that fails'),
    multiAz: z
      .boolean()
      .optional()
      .describe('Whether the nodes are in different zones; needs a replica; default: where there is one'),
    port: z.number().int().min(1024).max(65535).default(6379).describe('Port of the cache nodes'),
    encryption: z
      .strictObject({
        atRest: z.boolean().default(true).describe('Whether what ElastiCache writes to disk is encrypted'),
        inTransit: z
          .boolean()
          .optional()
          .describe(
            'Whether connections are encrypted: `rediss://`; default: where the region is not `local`',
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
  .refine(({ authToken, encryption }) => !authToken || encryption.inTransit !== false, {
    path: ['authToken'],
    message: 'needs encrypted connections: set redis.encryption.inTransit to true',
  });

/** `redis` with the defaults that depend on other fields. */
export function completeRedis(given: z.infer<typeof redis>, region: string) {
  return {
    ...given,
    version: given.version ?? defaultVersion[given.engine],
    encryption: { ...given.encryption, inTransit: given.encryption.inTransit ?? region !== 'local' },
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
  for (const [name, value] of Object.entries(service.env)) {
    if (!wanted.authToken || !value.includes('${redis.url}')) continue;
    context.addIssue({
      code: 'custom',
      path: ['service', 'env', name],
      message:
        '${redis.url} has a password here, which a task definition would show; the container has it as REDIS_URL',
    });
  }
}
