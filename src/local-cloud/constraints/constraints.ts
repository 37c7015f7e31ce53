import { acm } from './acm.ts';
import { applicationAutoScaling } from './application-autoscaling.ts';
import { cloudwatch } from './cloudwatch.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { ec2 } from './ec2.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { elasticache } from './elasticache.ts';
import { elbv2 } from './elbv2.ts';
import enumerations from './enumerations.json' with { type: 'json' };
import { iam } from './iam.ts';
import type { Limit, Limits } from './limit.ts';
import { route53 } from './route53.ts';
import { s3 } from './s3.ts';
import { secretsmanager } from './secretsmanager.ts';
import { servicequotas } from './servicequotas.ts';
import { ssm } from './ssm.ts';

/** What AWS says of the values in the requests of a service. */
export interface Constraints {
  /** Ranges, lengths and patterns: a table per service in this folder. */
  limits: Limits;
  /** The values of enumerations by structure and member; test/unit/local-cloud/enumerations.test.ts writes them from the SDK's types. */
  enumerations: Record<string, Record<string, string[]>>;
}

/** The tables by signing name. */
export const limits: Record<string, Limits> = {
  acm,
  'application-autoscaling': applicationAutoScaling,
  ec2,
  ecr,
  ecs,
  elasticache,
  elasticloadbalancing: elbv2,
  iam,
  logs: cloudwatchLogs,
  monitoring: cloudwatch,
  route53,
  s3,
  secretsmanager,
  servicequotas,
  ssm,
};

/** What is known of the requests of a service; nothing, of one that has no table. */
export function constraintsOf(signingName: string): Constraints {
  const allowed: Record<string, Constraints['enumerations']> = enumerations;
  return { limits: limits[signingName] ?? {}, enumerations: allowed[signingName] ?? {} };
}

/** The limit of a member of a structure, where AWS gives one. */
export function limitOf({ limits: own }: Constraints, structure: string, member: string): Limit | undefined {
  return own[`${structure}.${member}`] ?? own[member];
}
