import * as z from 'zod';
import { https } from './https.ts';
import { seconds } from './seconds.ts';

/** `true`, or where the access logs go and how long they stay. */
const accessLogs = z
  .union([
    z.boolean(),
    z
      .strictObject({
        bucket: z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
            'must be the name of a bucket: 3–63 characters of a-z, 0-9, . and -',
          )
          .optional(),
        prefix: z
          .string()
          .regex(
            /^(?!.*AWSLogs)[\w!.*'()-]+(\/[\w!.*'()-]+)*$/,
            'must be a path without a slash at either end, and without "AWSLogs", which the load balancer adds',
          )
          .max(256)
          .optional(),
        retention: z.number().int().min(1).max(3650).optional(),
      })
      .refine(({ bucket, retention }) => bucket === undefined || retention === undefined, {
        path: ['retention'],
        message: 'is for the bucket that chatops makes: one of your own has rules of its own',
      }),
  ])
  .default(false)
  .describe(
    'Access logs of the load balancer, in a bucket of the stack for 30 days; `{ "bucket", "prefix", "retention" }` names an existing bucket, a path in it, or other days for the stack’s own',
  );

/** `loadBalancer`, with the ranges of Elastic Load Balancing. */
export const loadBalancer = z.strictObject({
  port: z
    .union([z.literal('auto'), z.number().int().min(1).max(65535)])
    .optional()
    .describe(
      'Port of the HTTP listener; default 80, or "auto" (the first free one from 8080 up) where the region is local',
    ),
  https: https
    .optional()
    .describe('HTTPS, with either `certificateArn`, or `domain` and `hostedZone`; default: none'),
  redirectHttp: z
    .boolean()
    .optional()
    .describe(
      'Whether the HTTP listener sends everybody on to HTTPS; default: where `loadBalancer.https` is set',
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
        .regex(
          /^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$/,
          'must be HTTP codes from 200 to 499 such as "200", "200,204" or "200-299"',
        )
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
  accessLogs,
  allowFrom: z
    .array(z.cidrv4())
    .min(1)
    .max(50)
    .default(['0.0.0.0/0'])
    .describe('IPv4 ranges that may reach the load balancer'),
});

type Given = z.infer<typeof loadBalancer>;

/** `loadBalancer` with the defaults that depend on other fields. */
export function completeLoadBalancer(given: Given, region: string) {
  const portOr = (port: Given['port'], usual: number) =>
    port ?? (region === 'local' ? ('auto' as const) : usual);
  return {
    ...given,
    port: portOr(given.port, 80),
    https: given.https && { ...given.https, port: portOr(given.https.port, 443) },
    redirectHttp: given.redirectHttp ?? given.https !== undefined,
  };
}

/** What the listeners ask of the region and of each other. */
export function checkListeners(
  { region, loadBalancer: { port, https: secure, redirectHttp } }: { region: string; loadBalancer: Given },
  context: z.RefinementCtx,
): void {
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path: ['loadBalancer', ...path], message });
  const needsLocal = 'can be "auto" only where the region is local';
  if (port === 'auto' && region !== 'local') refuse(['port'], needsLocal);
  if (secure?.port === 'auto' && region !== 'local') refuse(['https', 'port'], needsLocal);
  if (secure !== undefined && port !== 'auto' && (port ?? 80) === (secure.port ?? 443)) {
    refuse(['https', 'port'], 'must be another one than loadBalancer.port');
  }
  if (secure === undefined && redirectHttp === true) {
    refuse(['redirectHttp'], 'needs loadBalancer.https, where it redirects to');
  }
  const certificateRegion = secure?.certificateArn?.split(':')[3] ?? region;
  if (certificateRegion !== region) {
    refuse(
      ['https', 'certificateArn'],
      `is of the region ${certificateRegion}, the load balancer is in ${region}`,
    );
  }
}
