import { z } from 'zod';

/**
 * The config file, one field after another: default, range, and the description that editors show.
 * Where AWS has a limit, the field has the same one, so that a wrong value fails before the first call.
 */

const seconds = (min: number, max: number, fallback: number) =>
  z.number().int().min(min).max(max).default(fallback);

const network = z.strictObject({
  cidr: z
    .cidrv4()
    .refine((cidr) => Number(cidr.split('/')[1]) >= 16 && Number(cidr.split('/')[1]) <= 22, {
      message: 'must be between /16 and /22, so that each subnet has room',
    })
    .default('10.0.0.0/16')
    .describe('IPv4 range of the VPC'),
  zones: z.number().int().min(2).max(3).default(2).describe('How many availability zones to spread over'),
  tasks: z.enum(['public']).default('public').describe('Which subnets the tasks run in'),
});

const loadBalancer = z.strictObject({
  port: z
    .union([z.literal('auto'), z.number().int().min(1).max(65535)])
    .optional()
    .describe(
      'Port of the HTTP listener; default 80, or "auto" (the first free one from 8080 up) where the region is local',
    ),
  idleTimeout: seconds(1, 4000, 300).describe('Seconds without a byte after which a connection is closed'),
  stickiness: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether a browser comes back to the same task'),
      duration: seconds(1, 604800, 86400).describe('Lifetime of the stickiness cookie in seconds'),
    })
    .prefault({}),
  deregistrationDelay: seconds(0, 3600, 60).describe(
    'Seconds that a leaving task keeps its open connections',
  ),
  algorithm: z
    .enum(['round_robin', 'least_outstanding_requests'])
    .default('least_outstanding_requests')
    .describe('How the target of a new connection is chosen'),
  healthCheck: z
    .strictObject({
      path: z.string().startsWith('/').max(1024).default('/livez').describe('Path, with a query if need be'),
      matcher: z
        .string()
        .regex(/^\d{3}([-,]\d{3})*$/, 'must be HTTP codes such as "200", "200,204" or "200-299"')
        .default('200')
        .describe('HTTP codes that count as healthy'),
      interval: seconds(5, 300, 10).describe('Seconds between two checks'),
      timeout: seconds(2, 120, 5).describe('Seconds to wait for an answer'),
      healthy: z
        .number()
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe('Passed checks in a row until healthy again'),
      unhealthy: z
        .number()
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe('Failed checks in a row until unhealthy'),
    })
    .refine((check) => check.timeout < check.interval, {
      path: ['timeout'],
      message: 'must be less than the interval',
    })
    .prefault({}),
  deletionProtection: z.boolean().default(false).describe('Refuse to delete the load balancer'),
  allowFrom: z
    .array(z.cidrv4())
    .min(1)
    .max(50)
    .default(['0.0.0.0/0'])
    .describe('IPv4 ranges that may reach the load balancer'),
});

const defaultVersion = { valkey: '8.0', redis: '7.1' };

const redis = z.strictObject({
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

/** Fargate's sizes: memory in MiB that each cpu may have (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
const fargateMemory: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: steps(1024, 4096, 1024),
  1024: steps(2048, 8192, 1024),
  2048: steps(4096, 16384, 1024),
  4096: steps(8192, 30720, 1024),
  8192: steps(16384, 61440, 4096),
  16384: steps(32768, 122880, 8192),
};

/** Days that CloudWatch Logs can keep events (PutRetentionPolicy). */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const service = z
  .strictObject({
    build: z
      .string()
      .min(1)
      .optional()
      .describe('Folder of the service; default: the chat server that comes with chatops'),
    image: z.string().min(1).max(512).optional().describe('Image in any registry, in place of a build'),
    port: z.number().int().min(1).max(65535).default(3000).describe('Port that the container listens on'),
    cpu: z
      .literal([256, 512, 1024, 2048, 4096, 8192, 16384])
      .default(256)
      .describe('CPU units of a task; 1024 is one vCPU'),
    memory: z
      .number()
      .int()
      .default(512)
      .describe('MiB of memory of a task; which ones go with a cpu, Fargate says'),
    architecture: z.enum(['arm64', 'x86_64']).default('arm64').describe('CPU architecture of the tasks'),
    count: z.number().int().min(0).max(5000).default(2).describe('How many tasks run'),
    minHealthyPercent: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(100)
      .describe('Least healthy tasks during a deployment, % of count'),
    maxPercent: z
      .number()
      .int()
      .min(100)
      .max(200)
      .default(200)
      .describe('Most tasks during a deployment, % of count'),
    healthCheckGracePeriod: seconds(0, 2147483647, 60).describe(
      'Seconds after its start in which a task may still be unhealthy',
    ),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
        z.string(),
      )
      .default({})
      .describe(
        'Environment of the container; values may use ${redis.host}, ${redis.port}, ${redis.url}, ${stack}, ${region}',
      ),
    exec: z.boolean().default(false).describe('Whether ECS Exec may open a shell in a task'),
    init: z.boolean().default(true).describe('Whether an init process reaps zombies'),
    readonlyRootFilesystem: z.boolean().default(true).describe('Whether the root file system is read-only'),
    user: z
      .string()
      .max(64)
      .optional()
      .describe('User that the container runs as, such as "node" or "1000:1000"'),
    stopTimeout: seconds(2, 120, 30).describe('Seconds between SIGTERM and SIGKILL'),
    logs: z
      .strictObject({ retention: z.literal(retentionDays).default(30).describe('Days that logs are kept') })
      .prefault({}),
    circuitBreaker: z.boolean().default(true).describe('Whether ECS rolls a failed deployment back'),
  })
  .refine((task) => (fargateMemory[task.cpu] ?? []).includes(task.memory), {
    path: ['memory'],
    error: (issue) => {
      const { cpu } = issue.input as { cpu: number };
      return `must be ${listed(fargateMemory[cpu] ?? [])} MiB with cpu ${cpu}`;
    },
  })
  .refine((task) => task.build === undefined || task.image === undefined, {
    path: ['image'],
    message: 'cannot be set together with service.build',
  });

const monitoring = z.strictObject({
  containerInsights: z
    .enum(['off', 'on', 'enhanced'])
    .default('off')
    .describe('CloudWatch Container Insights of the cluster'),
});

const fields = z.strictObject({
  app: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1–20 characters of a-z, 0-9 and -, starting with a letter')
    .default('chat')
    .describe('Name of the app; part of the name of every resource'),
  region: z
    .string()
    .regex(/^(local|[a-z]{2}(-[a-z]+)+-\d)$/, 'must be "local" or an AWS region such as "eu-west-3"')
    .default('local')
    .describe('"local", or an AWS region'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be the 12 digits of an account id')
    .optional()
    .describe('The only account that may be changed'),
  profile: z.string().min(1).optional().describe('Profile of the AWS config files to use'),
  network: network.prefault({}),
  loadBalancer: loadBalancer.prefault({}),
  redis: redis.prefault({}),
  service: service.prefault({}),
  monitoring: monitoring.prefault({}),
});

/** The whole file, without `$schema` and `environments`. Defaults that depend on another field are filled in here. */
export const configSchema = fields
  .refine(({ region, loadBalancer: { port } }) => port !== 'auto' || region === 'local', {
    path: ['loadBalancer', 'port'],
    message: 'can be "auto" only where the region is local',
  })
  .transform((config) => ({
    ...config,
    redis: { ...config.redis, version: config.redis.version ?? defaultVersion[config.redis.engine] },
    loadBalancer: {
      ...config.loadBalancer,
      port: config.loadBalancer.port ?? (config.region === 'local' ? ('auto' as const) : 80),
    },
  }));

/** A whole configuration of one environment, with every default filled in. */
export type Config = z.infer<typeof configSchema>;

/** The fields of the design that no release accepts yet: naming one is an error that says so. */
export const notYet: readonly string[] = [
  'assumeRole',
  'protect',
  'tags',
  'network.vpc',
  'network.subnets',
  'network.nat',
  'network.endpoints',
  'loadBalancer.https',
  'loadBalancer.redirectHttp',
  'loadBalancer.accessLogs',
  'redis.replicas',
  'redis.multiAz',
  'redis.cluster',
  'redis.durability',
  'redis.url',
  'redis.encryption',
  'redis.authToken',
  'redis.mode',
  'service.registryCredentials',
  'service.spot',
  'service.healthCheck',
  'service.secrets',
  'service.autoscaling',
  'service.strategy',
  'monitoring.dashboard',
  'monitoring.alarms',
];

function steps(first: number, last: number, by: number): number[] {
  return Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
}

function listed(values: number[]): string {
  return values.length > 4
    ? `${values[0]}–${values.at(-1)} by ${values[1]! - values[0]!}`
    : values.join(', ');
}

/** Every path that the schema knows, such as `loadBalancer.stickiness.duration`. */
export function knownPaths(): string[] {
  return pathsIn(z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema, '');
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
}

function pathsIn(schema: JsonSchema, at: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return [path, ...pathsIn(below, path)];
  });
}
