import * as z from 'zod';
import { seconds } from './seconds.ts';

/** `service.healthCheck`: the container health check of a task definition, with ECS's ranges (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html). */
export const containerHealthCheck = z
  .strictObject({
    command: z
      .array(z.string())
      .refine(([form]) => form === 'CMD' || form === 'CMD-SHELL', {
        message:
          'must begin with "CMD" (a program and its arguments follow) or "CMD-SHELL" (one line follows)',
      })
      .refine(([form, ...rest]) => rest.length > 0 && (form !== 'CMD-SHELL' || rest.length === 1), {
        message: 'must have a program after "CMD", and one line after "CMD-SHELL"',
      })
      .describe('What runs in the container: exit code 0 is healthy'),
    interval: seconds(5, 300, 30).describe('Seconds from one check to the next'),
    timeout: seconds(2, 60, 5).describe('Seconds that a check may take'),
    retries: z.number().int().min(1).max(10).default(3).describe('Failed checks in a row until unhealthy'),
    startPeriod: seconds(0, 300, 0).describe(
      'Seconds after the start in which failed checks do not count, until one has passed',
    ),
  })
  .optional();
