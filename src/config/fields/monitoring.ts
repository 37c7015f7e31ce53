import { z } from 'zod';

/** `monitoring` of the cluster. */
export const monitoring = z.strictObject({
  containerInsights: z
    .enum(['off', 'on', 'enhanced'])
    .default('off')
    .describe('CloudWatch Container Insights of the cluster'),
});
