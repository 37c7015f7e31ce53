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
    maintenanceWindow: z
      .string()
      .regex(/^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$/, {
        message: 'must be like "sun:03:00-sun:04:00" (UTC)',
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
  });

/** `redis` with the defaults that depend on other fields. */
export function completeRedis(given: z.infer<typeof redis>) {
  return {
    ...given,
    version: given.version ?? defaultVersion[given.engine],
    multiAz: given.multiAz ?? given.replicas > 0,
  };
}
