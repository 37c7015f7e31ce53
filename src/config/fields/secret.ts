import * as z from 'zod';

/** ARN of a secret of Secrets Manager; at its end may be `:<key>:<stage>:<version>` of the value that is meant. */
export const secretArn = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+(:[^:]*){0,3}$/;

const parameterArn = /^arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter\/[\w.\-/]+$/;
const parameterName = /^\/?[\w.-]+(\/[\w.-]+)*$/;

/** Where the value of a secret is: an SSM parameter by name or ARN, or a secret of Secrets Manager by ARN. */
export const secretReference = z
  .string()
  .max(2048)
  .refine((text) => [secretArn, parameterArn, parameterName].some((form) => form.test(text)), {
    message: 'must be the name or ARN of an SSM parameter, or the ARN of a secret of Secrets Manager',
  });
