import * as z from 'zod';

/** `assumeRole`: the role that every call is made with (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). */
export const assumeRole = z
  .strictObject({
    roleArn: z
      .string()
      .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role')
      .describe('Role that is assumed, and with which everything is done'),
    externalId: z
      .string()
      .min(2)
      .max(1224)
      .regex(/^[\w+=,.@:/-]+$/, 'must be letters, digits and any of _ + = , . @ : / -')
      .optional()
      .describe('What the trust policy of the role asks for in sts:ExternalId'),
    sessionName: z
      .string()
      .min(2)
      .max(64)
      .regex(/^[\w+=,.@-]+$/, 'must be letters, digits and any of _ + = , . @ -')
      .default('chatops')
      .describe('Name of the session, as CloudTrail shows it'),
  })
  .optional();
