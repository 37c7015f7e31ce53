import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/aws/clients.ts';
import { identify, namesOf } from '../../src/config/names.ts';
import { configSchema } from '../../src/config/schema.ts';
import { apply } from '../../src/engine/apply.ts';
import { plan } from '../../src/engine/plan.ts';
import { services as everyService } from '../../src/local-cloud/services/index.ts';
import type { ServiceDefinition } from '../../src/local-cloud/services/index.ts';
import { policyOf } from '../../src/policy/policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Statement } from '../../src/policy/statement.ts';
import { kinds } from '../../src/resources/index.ts';
import { buildStack } from '../../src/stack/build.ts';
import { smallImage } from '../contract/resources/small-image.ts';
import { engineContext } from '../contract/resources/stack-rig.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';
import { startLocalCloud } from '../helpers/local-cloud.ts';

/** One AWS call that a command made. */
interface Recorded {
  /** `ec2:CreateVpc`, as IAM writes it. */
  action: string;
  input: Record<string, unknown>;
}

const region = 'eu-west-3';
const account = '000000000000';
const identity = identify('chat', 'default', region);
const names = namesOf(identity);
const calls: Recorded[] = [];

/** What IAM calls a service where its endpoint has another name. */
const prefixes: Record<string, string> = { monitoring: 'cloudwatch' };

/** What IAM calls an operation of S3 where that is not its name. */
const bucketActions: Record<string, string> = {
  DeleteObjects: 'DeleteObject',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  ListBuckets: 'ListAllMyBuckets',
  ListObjectsV2: 'ListBucket',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
};

/** Allowed although no call was seen: what AWS asks for in the course of another call. */
const noCall: Record<string, string> = {
  'ecr:BatchCheckLayerAvailability': 'a push over the registry’s own protocol',
  'ecr:CompleteLayerUpload': 'a push over the registry’s own protocol',
  'ecr:GetDownloadUrlForLayer': 'a push over the registry’s own protocol',
  'ecr:InitiateLayerUpload': 'a push over the registry’s own protocol',
  'ecr:PutImage': 'a push over the registry’s own protocol',
  'ecr:UploadLayerPart': 'a push over the registry’s own protocol',
  'iam:PassRole': 'RegisterTaskDefinition',
  'route53:AssociateVPCWithHostedZone': 'an endpoint that answers under the service’s own name',
  's3:PutBucketPublicAccessBlock': 'PutPublicAccessBlock, for a bucket that was opened by hand',
  's3:PutEncryptionConfiguration': 'PutBucketEncryption, for a bucket with another key put by hand',
  's3:TagResource': 'CreateBucket with tags',
  'iam:CreateServiceLinkedRole': 'the first cluster, load balancer and cache of an account',
};

/** Allowed for what none of the commands here had a reason to do; the sources have to know the call. */
const rarelyCalled: Record<string, string> = {
  'acm:AddTagsToCertificate': 'other tags in the config',
  'acm:RemoveTagsFromCertificate': 'other tags in the config',
  'route53:GetHostedZone': 'a hosted zone that is named by its id',
  'ec2:AuthorizeSecurityGroupEgress': 'a rule that was removed by hand',
  'ec2:ModifyVpcEndpoint': 'endpoints in one zone more',
  'ec2:ReplaceRoute': 'a route that was pointed elsewhere by hand',
  'ec2:ReplaceRouteTableAssociation': 'a subnet that was given to another table by hand',
  'ecr:BatchDeleteImage': 'an image that is pruned',
  'ecr:BatchGetImage': 'deploy --build',
  'ecr:DeleteLifecyclePolicy': 'a repository that wants none',
  'ecr:PutImageScanningConfiguration': 'a scan switched off by hand',
  'ecr:PutImageTagMutability': 'tags made mutable by hand',
  'elasticache:ResetCacheParameterGroup': 'a parameter that was set by hand',
  'elasticloadbalancing:DescribeRules': 'service.strategy "blue-green"',
  'elasticloadbalancing:SetSecurityGroups': 'groups that were exchanged by hand',
  'iam:UpdateAssumeRolePolicy': 'a trust policy that was changed by hand',
  'iam:UpdateRole': 'a description that was changed by hand',
  'logs:DeleteRetentionPolicy': 'a retention that is wanted no more',
  'logs:GetLogEvents': 'the last words of a task, when a deployment fails',
};

/** The local cloud's services, each call noted before it is answered. */
const recording: ServiceDefinition[] = everyService.map((service) => ({
  ...service,
  operations: async () =>
    Object.fromEntries(
      Object.entries(await service.operations()).map(([name, perform]) => [
        name,
        (input: never, call: never) => {
          const prefix = prefixes[service.signingName] ?? service.signingName;
          const operation = prefix === 's3' ? (bucketActions[name] ?? name) : name;
          calls.push({ action: `${prefix}:${operation}`, input });
          return perform(input, call);
        },
      ]),
    ) as Awaited<ReturnType<ServiceDefinition['operations']>>,
}));

describe('the policy and what the commands call', { timeout: 120_000 }, () => {
  let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
  let project: Project;
  let policy: Policy;

  beforeAll(async () => {
    cloud = await startLocalCloud({ services: recording });
    project = await createProject({
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    });
    const references = [await pushedFor('images', 'one'), await pushedFor('images', 'two')] as const;
    calls.length = 0;
    await runEveryCommand(project, references);
    await pushedFor('chat', 'three');
    policy = JSON.parse((await project.run('policy', '--json', '--account', account)).stdout) as Policy;
  }, 300_000);
  afterAll(async () => {
    await project.close();
    await cloud.close();
  });

  /** Only where the region is `local` do commands build images: the same kinds push one here. Resolves with its reference. */
  async function pushedFor(app: string, content: string): Promise<string> {
    const { endpoint, credentials } = cloud;
    const there = await connect({ region, endpoint, credentials });
    const whose = identify(app, 'default', region);
    const image = { build: await smallImage(content) };
    const nodes = buildStack({
      config: configSchema.parse({ region }),
      identity: whose,
      names: namesOf(whose),
      zones: [`${region}a`, `${region}b`],
      cloud: there,
      image,
    });
    const scope = { stack: whose.stack, hash: whose.hash, version: '1.2.3' };
    const context = { ...engineContext(there), scope };
    const { outcome, error } = await apply(context, await plan(context, nodes, kinds));
    expect(error).toBeUndefined();
    expect(outcome).toBe('done');
    const { repositories } = await there.ecr.send(new DescribeRepositoriesCommand({}));
    const uri = repositories!
      .map(({ repositoryUri }) => repositoryUri!)
      .find((each) => each.endsWith(namesOf(whose).repository));
    return `${uri}@${image.build.digest}`;
  }

  it('allows every call that a command made, on what it was made for', () => {
    const refused = calls.filter((call) => !needsNoPermission(call) && !allows(policy, call));
    expect([...new Set(refused.map(({ action, input }) => `${action} ${JSON.stringify(input)}`))]).toEqual(
      [],
    );
  });

  it('allows nothing that no command calls', () => {
    const seen = new Set(calls.map(({ action }) => action));
    const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
    const excused = { ...noCall, ...rarelyCalled };
    expect([...allowed].filter((action) => !seen.has(action) && !(action in excused))).toEqual([]);
    expect(Object.keys(excused).filter((action) => !allowed.has(action) || seen.has(action))).toEqual([]);
  });

  it('allows what is rarely called because the sources call it', async () => {
    const folder = fileURLToPath(new URL('../../src', import.meta.url));
    const files = (await readdir(folder, { recursive: true })).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('local-cloud'),
    );
    const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
    const unknown = Object.keys(rarelyCalled).filter((action) => {
      const command = new RegExp(`\\b${action.split(':')[1]}Command\\b`);
      return !texts.some((text) => command.test(text));
    });
    expect(unknown).toEqual([]);
  });

  it('refuses the same calls for another stack', () => {
    const other = policyOf({
      config: configSchema.parse({}),
      identity: identify('other', 'default', region),
      names: namesOf(identify('other', 'default', region)),
      partition: 'aws',
      account,
    });
    const writes = calls.filter(({ action }) => /:(Create|Delete|Put|Update|Register)/.test(action));
    const taken = writes.filter((call) => identified(call) && allows(other, call));
    expect([...new Set(taken.map(({ action }) => action))]).toEqual([]);
    expect(writes.filter(identified).length).toBeGreaterThan(20);
  });
});

async function runEveryCommand(project: Project, [image, next]: readonly [string, string]): Promise<void> {
  const first = { region, service: { image } };
  const changed = {
    region,
    tags: { team: 'chat' },
    network: { zones: 3 },
    loadBalancer: {
      port: 8080,
      idleTimeout: 600,
      accessLogs: { retention: 7 },
      allowFrom: ['10.0.0.0/8'],
      healthCheck: { path: '/healthz' },
      stickiness: { enabled: false },
    },
    redis: { snapshotRetention: 3 },
    monitoring: { containerInsights: 'on', alarms: true, dashboard: true },
    service: {
      image,
      count: 3,
      logs: { retention: 7 },
      exec: true,
      autoscaling: { min: 2, max: 4, cpu: 60, memory: 70, schedule: [{ rate: '1 day', min: 3 }] },
    },
  };
  const less = { ...changed.service, autoscaling: { min: 1, max: 4, cpu: 50 } };
  const inside = {
    ...changed,
    network: { tasks: 'private', endpoints: true, zones: 3 },
    redis: { replicas: 1, authToken: true },
    loadBalancer: { https: { domain: 'chat.localhost', hostedZone: 'localhost' } },
  };
  const serverless = { ...first, redis: { mode: 'serverless' } };
  const clustered = (shards: number) => ({ ...first, redis: { cluster: { shards } } });
  const kept = { ...first, redis: { mode: 'serverless', snapshotRetention: 3 } };
  const steps: [object, string[]][] = [
    [first, ['plan']],
    [first, ['up', '--yes', '--no-check']],
    [first, ['deploy', '--image', next, '--no-check']],
    [first, ['logs']],
    [first, ['ls']],
    [changed, ['up', '--yes', '--no-check']],
    [changed, ['status', '--once']],
    [{ ...changed, tags: {}, network: { zones: 2 }, service: less }, ['up', '--yes', '--no-check']],
    [{ ...changed, network: { tasks: 'private' }, redis: { replicas: 2 } }, ['up', '--yes', '--no-check']],
    [inside, ['up', '--yes', '--no-check', '--allow-delete', 'access-log-bucket']],
    [inside, ['down', '--yes']],
    [clustered(1), ['up', '--yes', '--no-check']],
    [clustered(2), ['up', '--yes', '--no-check']],
    [clustered(2), ['down', '--yes']],
    [serverless, ['up', '--yes', '--no-check']],
    [kept, ['up', '--yes', '--no-check']],
    [kept, ['down', '--yes']],
  ];
  for (const [config, args] of steps) {
    await project.configure(config);
    const { code, stderr } = await project.run(...args);
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  }
  await project.configure(inside);
}

/** Anybody may ask who they are; and the repository of the image that the config names stands for an outside registry. */
function needsNoPermission({ action, input }: Recorded): boolean {
  return action === 'sts:GetCallerIdentity' || String(input['repositoryName']).startsWith('chatops/images-');
}

/** Whether a call names what it is about, so that a name can limit it. */
function identified(call: Recorded): boolean {
  return resourceOf(call) !== undefined || tagsNewOne(call);
}

function allows(policy: Policy, call: Recorded): boolean {
  return policy.Statement.some(
    (statement) =>
      statement.Action.includes(call.action) && onResource(statement, call) && withTags(statement, call),
  );
}

function onResource({ Resource }: Statement, call: Recorded): boolean {
  const arn = resourceOf(call);
  return arn === undefined || Resource.some((pattern) => matches(pattern, arn));
}

function withTags({ Condition }: Statement, call: Recorded): boolean {
  const wanted = Condition?.['StringEquals']?.['aws:RequestTag/chatops:stack'];
  // What is made in a VPC asks for two permissions; the one on what is made is the one with its tags.
  if (wanted === undefined) return !tagsNewOne(call);
  return JSON.stringify(call.input).includes(JSON.stringify(wanted));
}

function tagsNewOne({ action, input }: Recorded): boolean {
  return /^ec2:(Create|Allocate)/.test(action) && JSON.stringify(input).includes('chatops:stack');
}

/** The ARN of what a call is about, as far as its input names it. */
function resourceOf({ action, input }: Recorded): string | undefined {
  const [service = '', operation = ''] = action.split(':');
  const arn = (rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  const named = (field: string, rest: (name: string) => string) => {
    const value = input[field];
    return typeof value === 'string' ? arn(rest(value)) : undefined;
  };
  const given = [
    'ResourceArn',
    'ResourceARN',
    'resourceArn',
    'ResourceName',
    'LoadBalancerArn',
    'TargetGroupArn',
    'ListenerArn',
  ]
    .map((field) => input[field])
    .find((value) => typeof value === 'string' && value.startsWith('arn:'));
  if (given !== undefined) return given as string;
  switch (service) {
    case 'cloudwatch':
      return (
        named('AlarmName', (name) => `alarm:${name}`) ??
        (Array.isArray(input['AlarmNames']) && operation !== 'DescribeAlarms'
          ? arn(`alarm:${String(input['AlarmNames'])}`)
          : undefined) ??
        dashboardArn(input['DashboardName'] ?? (input['DashboardNames'] as unknown[] | undefined)?.[0])
      );
    case 's3':
      return typeof input['Bucket'] === 'string' ? `arn:aws:s3:::${input['Bucket']}` : undefined;
    case 'ecr':
      return named('repositoryName', (name) => `repository/${name}`);
    case 'ssm':
      return named('Name', (name) => `parameter${name}`) ?? named('Path', (name) => `parameter${name}`);
    case 'logs':
      return named('logGroupName', (name) => `log-group:${name}:*`);
    case 'iam':
      return typeof input['RoleName'] === 'string'
        ? `arn:aws:iam::${account}:role${names.rolePath}${input['RoleName']}`
        : undefined;
    case 'elasticache':
      return (
        named('ReplicationGroupId', (name) => `replicationgroup:${name}`) ??
        named('CacheSubnetGroupName', (name) => `subnetgroup:${name}`) ??
        named('CacheParameterGroupName', (name) => `parametergroup:${name}`)
      );
    case 'elasticloadbalancing':
      if (operation === 'CreateLoadBalancer') return named('Name', (name) => `loadbalancer/app/${name}/1a2b`);
      return operation === 'CreateTargetGroup'
        ? named('Name', (name) => `targetgroup/${name}/1a2b`)
        : undefined;
    case 'ecs':
      if (operation.endsWith('Cluster')) return named('clusterName', (name) => `cluster/${name}`);
      return operation === 'CreateService'
        ? arn(`service/${String(input['cluster'])}/${String(input['serviceName'])}`)
        : undefined;
    default:
      return undefined;
  }
}

function dashboardArn(name: unknown): string | undefined {
  return typeof name === 'string' ? `arn:aws:cloudwatch::${account}:dashboard/${name}` : undefined;
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`).test(text);
}
