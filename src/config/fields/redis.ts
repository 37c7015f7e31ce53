import { z } from 'zod';

/** The engine version that is used where the config names none. */
export const defaultVersion = { valkey: '8.0', redis: '7.1' };

/** `redis`: the ElastiCache replication group. */
export const redis = z.strictObject({
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
});
