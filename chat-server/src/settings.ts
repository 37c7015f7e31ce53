import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { readEcsPlace } from './ecs/place.ts';
import type { EcsPlace } from './ecs/place.ts';
import { LOG_LEVELS } from './log.ts';
import type { LogLevel } from './log.ts';
import { readTokenSettings } from './token/settings.ts';
import type { TokenSettings } from './token/settings.ts';

/** Everything that can be set from outside; times in ms, sizes in bytes unless the name says otherwise. */
export interface Settings {
  host: string;
  port: number;
  /** Where the people who run it look at its rooms; undefined: nowhere. */
  admin: { host: string; port: number } | undefined;
  redisUrl: string;
  /** `redisUrl` is the configuration endpoint, or any node, of a cluster. */
  redisCluster: boolean;
  /** Messages of a room that can be resumed from. */
  history: number;
  /** How long a room that nobody uses is kept. */
  retentionMs: number;
  heartbeatMs: number;
  nodeName: string;
  version: string;
  /** Origins allowed to open a WebSocket; empty: only pages of this very host; `*`: all. */
  origins: string[];
  logLevel: LogLevel;
  /** What tokens are checked with; undefined: none are asked for. */
  tokens: TokenSettings | undefined;
  /** Whether people without a token may chat. */
  anonymous: boolean;
  drainSeconds: number;
  maxConnections: number;
  maxRooms: number;
  maxMembers: number;
  /** Frames a second that a client may send on average, and how many at once. */
  rateLimit: number;
  rateBurst: number;
  /** Replicas that must have a message before it counts as sent. */
  waitReplicas: number;
  /** How often the heads of all rooms are compared with Redis. */
  headsMs: number;
  /** How long a node that has stopped answering is still shown as having members. */
  leaseMs: number;
  /** Where the load balancer's view of this task is asked for; undefined: nowhere. */
  ecs: EcsPlace | undefined;
  /** The shortest time between two such questions. */
  targetWatchMs: number;
}

type Environment = Record<string, string | undefined>;

/** Reads the settings from environment variables; `problems` has one sentence per wrong value. */
export function readSettings(env: Environment): { settings: Settings; problems: string[] } {
  const problems: string[] = [];
  const text = (name: string, fallback: string) => env[name]?.trim() || fallback;
  const whole = (name: string, fallback: number, min: number, max: number) => {
    const raw = text(name, String(fallback));
    const value = Number(raw);
    if (/^\d+$/.test(raw) && value >= min && value <= max) return value;
    problems.push(`${name}: must be a whole number from ${min} to ${max}, is "${raw}"`);
    return fallback;
  };

  const tokens = readTokenSettings(text, problems);
  const settings: Settings = {
    host: text('HOST', '0.0.0.0'),
    port: whole('PORT', 3000, 0, 65_535),
    admin:
      text('ADMIN_PORT', '') === ''
        ? undefined
        : {
            host: text('ADMIN_HOST', '127.0.0.1'),
            port: whole('ADMIN_PORT', 0, 0, 65_535),
          },
    redisUrl: text('REDIS_URL', 'redis://127.0.0.1:6379'),
    redisCluster: text('REDIS_CLUSTER', 'false') === 'true',
    history: whole('HISTORY', 1000, 1, 1_000_000),
    retentionMs: duration(text('RETENTION', '30d')),
    heartbeatMs: whole('HEARTBEAT_MS', 25_000, 100, 3_600_000),
    nodeName: text('NODE_NAME', defaultNodeName(env)),
    version: text('VERSION', 'dev'),
    origins: text('ORIGINS', '')
      .split(',')
      .map((origin) => origin.trim().toLowerCase())
      .filter((origin) => origin !== ''),
    logLevel: text('LOG_LEVEL', 'info') as LogLevel,
    tokens,
    anonymous: text('ANONYMOUS', String(!tokens)) === 'true',
    drainSeconds: whole('DRAIN_SECONDS', 20, 0, 3600),
    maxConnections: whole('MAX_CONNECTIONS', 20_000, 1, 1_000_000),
    maxRooms: whole('MAX_ROOMS', 50, 1, 10_000),
    maxMembers: whole('MAX_MEMBERS', 20_000, 1, 1_000_000),
    rateLimit: whole('RATE_LIMIT', 20, 1, 100_000),
    rateBurst: whole('RATE_BURST', 100, 1, 100_000),
    waitReplicas: whole('WAIT_REPLICAS', 0, 0, 5),
    headsMs: whole('HEADS_MS', 2000, 50, 60_000),
    leaseMs: whole('LEASE_MS', 15_000, 300, 600_000),
    ecs: readEcsPlace(env),
    targetWatchMs: whole('TARGET_WATCH_MS', 2000, 50, 60_000),
  };

  if (!isRedisUrl(settings.redisUrl)) {
    problems.push('REDIS_URL: must look like redis://host:6379 or rediss://user:password@host:6379');
  } else if (settings.redisCluster && new URL(settings.redisUrl).pathname.length > 1) {
    problems.push('REDIS_URL: a cluster has no numbered databases');
  }
  if (!['true', 'false'].includes(text('REDIS_CLUSTER', 'false'))) {
    problems.push(`REDIS_CLUSTER: must be true or false, is "${text('REDIS_CLUSTER', '')}"`);
  }
  if (!(settings.retentionMs >= 60_000)) {
    problems.push(`RETENTION: must be at least 60s, such as 12h or 30d, is "${text('RETENTION', '30d')}"`);
  }
  if (!LOG_LEVELS.includes(settings.logLevel)) {
    problems.push(`LOG_LEVEL: must be one of ${LOG_LEVELS.join(', ')}, is "${settings.logLevel}"`);
  }
  if (!['', 'true', 'false'].includes(text('ANONYMOUS', ''))) {
    problems.push(`ANONYMOUS: must be true or false, is "${text('ANONYMOUS', '')}"`);
  } else if (!settings.anonymous && !tokens) {
    problems.push('ANONYMOUS: can be false only with TOKEN_SECRET or TOKEN_JWKS_URL');
  }
  if (text('CHATOPS_TARGET_GROUP_ARN', '') !== '' && !settings.ecs) {
    problems.push('CHATOPS_TARGET_GROUP_ARN: must be the ARN of a target group');
  }
  for (const origin of settings.origins) {
    if (origin !== '*' && !isOrigin(origin)) {
      problems.push(`ORIGINS: must be origins such as https://chat.example.com, has "${origin}"`);
    }
  }
  return { settings, problems };
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(raw: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(raw);
  return match ? Number(match[1]) * (UNITS[match[2] || 's'] ?? Number.NaN) : Number.NaN;
}

// The URL carries the password, so it is never quoted back.
function isRedisUrl(raw: string): boolean {
  if (!URL.canParse(raw)) return false;
  const url = new URL(raw);
  return ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
}

function isOrigin(raw: string): boolean {
  return URL.canParse(raw) && new URL(raw).origin === raw;
}

// On Fargate the metadata address carries the task's id, which is what people look for in the console.
function defaultNodeName(env: Environment): string {
  const task = /\/v4\/([0-9a-f]{8})[0-9a-f]{24}/.exec(env['ECS_CONTAINER_METADATA_URI_V4'] ?? '');
  return task?.[1] ?? `${hostname().split('.')[0]}-${randomBytes(2).toString('hex')}`;
}
