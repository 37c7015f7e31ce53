import * as z from 'zod';
import { autoscaling } from './autoscaling.ts';
import { containerHealthCheck } from './container-health-check.ts';
import { secretArn, secretReference } from './secret.ts';
import { seconds } from './seconds.ts';

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

/** `service`: the ECS service and its task, with Fargate's sizes. */
export const service = z
  .strictObject({
    build: z
      .string()
      .min(1)
      .optional()
      .describe('Folder of the service; default: the chat server that comes with chatops'),
    image: z.string().min(1).max(512).optional().describe('Image in any registry, in place of a build'),
    registryCredentials: z
      .string()
      .regex(secretArn, 'must be the ARN of a secret of Secrets Manager')
      .optional()
      .describe('Secret of Secrets Manager with username and password for the registry of service.image'),
    imageTagMutability: z
      .enum(['immutable', 'mutable'])
      .default('immutable')
      .describe('Whether a tag in the repository of the stack can be moved from one image to another'),
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
    spot: z
      .boolean()
      .default(false)
      .describe(
        'Whether tasks beyond the first run on Fargate Spot: cheaper, and stopped when AWS needs the room',
      ),
    count: z
      .number()
      .int()
      .min(0)
      .max(5000)
      .default(2)
      .describe('How many tasks run; with autoscaling: how many run first'),
    autoscaling: autoscaling.optional(),
    startSpread: seconds(0, 900, 0).describe(
      'Seconds from the start of a task to that of the next one where more are wanted; a deployment then replaces one task at a time. 0: ECS starts all at once',
    ),
    strategy: z
      .enum(['rolling', 'blue-green'])
      .default('rolling')
      .describe(
        'How a deployment replaces tasks: step by step, or all new ones beside the old ones, which then get all traffic at once',
      ),
    bakeTime: z
      .number()
      .int()
      .min(0)
      .max(1440)
      .default(0)
      .describe(
        'With strategy "blue-green": minutes that the old tasks stay after the traffic has gone to the new ones, for a way back at once',
      ),
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
    healthCheck: containerHealthCheck.describe(
      'Check inside the container; without one, what the load balancer says alone decides',
    ),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
        z.string(),
      )
      .default({})
      .describe(
        'Environment of the container; values may use ${redis.host}, ${redis.port}, ${redis.url}, ${redis.cluster}, ${stack}, ${region}',
      ),
    secrets: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
        secretReference,
      )
      .default({})
      .describe(
        'Secret environment of the container: name or ARN of an SSM parameter, or ARN of a secret of Secrets Manager, by variable',
      ),
    drainWatch: z
      .boolean()
      .default(true)
      .describe(
        'Whether a task may see that its target drains, as the chat server of chatops does; without it the task role is empty but for exec',
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
  .refine((task) => task.minHealthyPercent < task.maxPercent, {
    path: ['maxPercent'],
    message: 'must be more than minHealthyPercent: else no task could be replaced',
  })
  .superRefine(({ env, secrets }, context) => {
    for (const name of Object.keys(secrets).filter((each) => Object.hasOwn(env, each))) {
      context.addIssue({ code: 'custom', path: ['secrets', name], message: 'is in service.env, too' });
    }
  })
  .refine((task) => task.build === undefined || task.image === undefined, {
    path: ['image'],
    message: 'cannot be set together with service.build',
  });

function steps(first: number, last: number, by: number): number[] {
  return Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
}

function listed(values: number[]): string {
  return values.length > 4
    ? `${values[0]}–${values.at(-1)} by ${values[1]! - values[0]!}`
    : values.join(', ');
}
