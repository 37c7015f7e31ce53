import * as z from 'zod';
import { assumeRole } from './fields/assume-role.ts';
import { checkListeners, completeLoadBalancer, loadBalancer } from './fields/load-balancer.ts';
import { isTopicIn, monitoring } from './fields/monitoring.ts';
import { completeNetwork, isInReach, network } from './fields/network.ts';
import { checkRedisUses, completeRedis, redis } from './fields/redis.ts';
import { service } from './fields/service.ts';
import { tags } from './fields/tags.ts';

/**
 * The config file, one field after another: default, range, and the description that editors show.
 * Where AWS has a limit, the field has the same one, so that a wrong value fails before the first call.
 */
const fields = z.strictObject({
  app: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1–20 characters of a-z, 0-9 and -, starting with a letter')
    // Names begin with it: load balancers may not be called "internal-…", security groups not "sg-…".
    .regex(
      /^(?!(internal|sg)(-|$))/,
      'must not be or begin with "internal-" or "sg-", which AWS keeps for itself',
    )
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
  assumeRole: assumeRole.describe('Role that every call is made with; default: the credentials themselves'),
  protect: z.boolean().default(false).describe('Whether `down` refuses to remove the stack'),
  tags,
  network: network.prefault({}),
  loadBalancer: loadBalancer.prefault({}),
  redis: redis.prefault({}),
  service: service.prefault({}),
  monitoring: monitoring.prefault({}),
});

/** The whole file, without `$schema` and `environments`. Defaults that depend on another field are filled in here. */
export const configSchema = fields
  .superRefine(checkListeners)
  .superRefine(checkRedisUses)
  .refine(({ region, monitoring: { alarms } }) => region === 'local' || isTopicIn(alarms, region), {
    path: ['monitoring', 'alarms', 'notify'],
    message: 'must be a topic of the region of the stack: CloudWatch tells no other',
  })
  .refine(
    ({ region, network: { endpoints }, service: { image } }) =>
      !endpoints || image === undefined || isInReach(image, region),
    {
      path: ['service', 'image'],
      message:
        'must be in the ECR of the region where network.endpoints is true: tasks reach no other registry',
    },
  )
  .transform((config) => ({
    ...config,
    network: completeNetwork(config.network),
    redis: completeRedis(config.redis, config.region),
    loadBalancer: completeLoadBalancer(config.loadBalancer, config.region),
  }));

/** A whole configuration of one environment, with every default filled in. */
export type Config = z.infer<typeof configSchema>;

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
