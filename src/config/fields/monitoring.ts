import * as z from 'zod';

const topicArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
    'must be the ARN of an SNS topic, such as "arn:aws:sns:eu-west-3:123456789012:alarms"',
  );

/** `monitoring`: what CloudWatch measures, shows and warns of. */
export const monitoring = z.strictObject({
  containerInsights: z
    .enum(['off', 'on', 'enhanced'])
    .default('off')
    .describe('CloudWatch Container Insights of the cluster'),
  alarms: z
    .union([z.boolean(), z.strictObject({ notify: topicArn })])
    .default(false)
    .describe(
      'CloudWatch alarms; `{ "notify": <ARN> }` has them tell an existing SNS topic when one begins and when it is over',
    ),
  dashboard: z.boolean().default(false).describe('A CloudWatch dashboard of the stack'),
});

/** Whether the topic that alarms tell, if any, is in a region. */
export function isTopicIn(alarms: boolean | { notify: string }, region: string): boolean {
  return typeof alarms === 'boolean' || alarms.notify.split(':')[3] === region;
}
