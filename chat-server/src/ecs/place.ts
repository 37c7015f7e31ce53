/** Where a task on ECS finds what it needs to watch its own target. */
export interface EcsPlace {
  /** The target groups that it can be in: with blue/green deployments in either of two. */
  targetGroupArns: string[];
  /** The task's metadata; undefined: not given, so the task does not know its own address. */
  metadataUri: string | undefined;
  /** Where the credentials of the task role are given out, and what to show there. */
  credentialsUri: string | undefined;
  authorization: string | undefined;
  /** The API of Elastic Load Balancing. */
  endpoint: string;
  region: string;
}

type Environment = Record<string, string | undefined>;

const ARN = /^arn:([\w-]+):elasticloadbalancing:([\w-]+):\d{12}:targetgroup\//;

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
const CREDENTIALS_HOST = 'http://169.254.170.2';

/** Reads `CHATOPS_TARGET_GROUP_ARN` and what ECS sets; the endpoint's variables are those of the SDKs. Undefined without a target group, or with one that is no ARN; several have commas between them. */
export function readEcsPlace(env: Environment): EcsPlace | undefined {
  const targetGroupArns = (env['CHATOPS_TARGET_GROUP_ARN'] ?? '').split(',').map((arn) => arn.trim());
  const arns = targetGroupArns.map((arn) => ARN.exec(arn));
  const [arn] = arns;
  if (!arn || arns.includes(null)) return undefined;
  const [, partition, region] = arn as unknown as [string, string, string];
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  return {
    targetGroupArns,
    metadataUri: env['ECS_CONTAINER_METADATA_URI_V4'],
    credentialsUri: relative ? `${CREDENTIALS_HOST}${relative}` : env['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    authorization: env['AWS_CONTAINER_AUTHORIZATION_TOKEN'],
    endpoint:
      env['AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2'] ||
      env['AWS_ENDPOINT_URL'] ||
      `https://elasticloadbalancing.${region}.${domain}`,
    region,
  };
}
