import { RequestCertificateCommand } from '@aws-sdk/client-acm';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutBucketTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { services } from '../../../src/local-cloud/services/index.ts';
import { aws, compare, hasAwsCli } from '../../helpers/aws-cli.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { writeEverything } from '../../helpers/write-everything.ts';
import type { Written } from '../../helpers/write-everything.ts';

/**
 * What the SDK wrote, read by two clients that share no code: the aws command line has to see what the SDK sees.
 * Where `aws` is missing, these tests are skipped, but not in CI.
 */

/** Service name of `aws`, its command, and the input of both clients. */
const reads: [
  service: keyof TestCloud,
  command: string,
  input?: object | ((written: Everything) => object),
][] = [
  ['ec2', 'describe-vpcs'],
  ['ec2', 'describe-subnets'],
  ['ec2', 'describe-internet-gateways'],
  ['ec2', 'describe-route-tables'],
  ['ec2', 'describe-security-groups'],
  ['ec2', 'describe-security-group-rules'],
  ['ec2', 'describe-availability-zones'],
  ['ec2', 'describe-tags'],
  ['elbv2', 'describe-load-balancers'],
  ['elbv2', 'describe-target-groups'],
  ['elbv2', 'describe-listeners', ({ loadBalancer }) => ({ LoadBalancerArn: loadBalancer })],
  ['elbv2', 'describe-load-balancer-attributes', ({ loadBalancer }) => ({ LoadBalancerArn: loadBalancer })],
  ['elbv2', 'describe-target-group-attributes', ({ targetGroup }) => ({ TargetGroupArn: targetGroup })],
  [
    'elbv2',
    'describe-tags',
    ({ loadBalancer, targetGroup }) => ({ ResourceArns: [loadBalancer, targetGroup] }),
  ],
  ['elasticache', 'describe-cache-subnet-groups'],
  ['elasticache', 'describe-cache-parameter-groups'],
  ['elasticache', 'describe-replication-groups'],
  ['elasticache', 'describe-cache-parameters', { CacheParameterGroupName: 'chat' }],
  ['elasticache', 'list-tags-for-resource', ({ replicationGroup }) => ({ ResourceName: replicationGroup })],
  ['ecs', 'list-clusters'],
  ['ecs', 'describe-clusters', { clusters: ['chat'], include: ['TAGS'] }],
  ['ecs', 'describe-task-definition', { taskDefinition: 'chat', include: ['TAGS'] }],
  ['ecs', 'describe-services', { cluster: 'chat', services: ['chat'], include: ['TAGS'] }],
  ['ecr', 'describe-repositories'],
  ['ecr', 'list-tags-for-resource', ({ repository }) => ({ resourceArn: repository })],
  ['iam', 'list-roles', { PathPrefix: '/chatops/' }],
  ['iam', 'get-role', { RoleName: 'chat-task' }],
  ['iam', 'get-role-policy', { RoleName: 'chat-task', PolicyName: 'logs' }],
  ['iam', 'list-role-tags', { RoleName: 'chat-task' }],
  ['logs', 'describe-log-groups'],
  ['acm', 'list-certificates'],
  ['acm', 'describe-certificate', ({ certificate }) => ({ CertificateArn: certificate })],
  ['acm', 'list-tags-for-certificate', ({ certificate }) => ({ CertificateArn: certificate })],
  ['route53', 'list-hosted-zones'],
  ['route53', 'get-hosted-zone', ({ hostedZone }) => ({ Id: hostedZone })],
  ['route53', 'list-hosted-zones-by-name', { DNSName: 'example.com' }],
  ['route53', 'list-resource-record-sets', ({ hostedZone }) => ({ HostedZoneId: hostedZone })],
  ['s3', 'list-buckets'],
  ['s3', 'list-objects-v2', { Bucket: 'chat-logs' }],
  ['s3', 'get-bucket-tagging', { Bucket: 'chat-logs' }],
  ['secretsManager', 'describe-secret', { SecretId: 'chat' }],
  ['secretsManager', 'get-secret-value', { SecretId: 'chat' }],
  ['ssm', 'describe-parameters'],
  ['ssm', 'get-parameter', { Name: '/chatops/redis-url', WithDecryption: true }],
  ['sts', 'get-caller-identity'],
];

type Everything = Written & Awaited<ReturnType<typeof writeRest>>;

/** Certificate, zone, bucket and secret. */
async function writeRest({ acm, route53, s3, secretsManager }: TestCloud) {
  const Tags = [{ Key: 'Name', Value: 'chat <1> & "é"' }];
  const { CertificateArn: certificate } = await acm.send(
    new RequestCertificateCommand({ DomainName: 'chat.example.com', ValidationMethod: 'DNS', Tags }),
  );
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'first' }),
  );
  const hostedZone = HostedZone!.Id!;
  const txt = {
    Name: '*.example.com',
    Type: 'TXT',
    TTL: 60,
    ResourceRecords: [{ Value: '"a <b> & c"' }],
  } as const;
  const alias = { HostedZoneId: 'Z0', DNSName: 'balancer.example.org', EvaluateTargetHealth: false };
  const Changes = [txt, { Name: 'example.com', Type: 'A' as const, AliasTarget: alias }].map(
    (ResourceRecordSet) => ({
      Action: 'CREATE' as const,
      ResourceRecordSet: { ...ResourceRecordSet } as never,
    }),
  );
  await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZone, ChangeBatch: { Changes } }),
  );
  const Bucket = 'chat-logs';
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'local' as never } }),
  );
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: Tags } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b & <c> é.log', Body: 'x' }));
  await secretsManager.send(new CreateSecretCommand({ Name: 'chat', SecretString: '{"a":"é"}', Tags }));
  return { certificate, hostedZone };
}

const signingNames: Partial<Record<keyof TestCloud, string>> = {
  elbv2: 'elasticloadbalancing',
  secretsManager: 'secretsmanager',
};
/** What `aws` calls a service, where it is not the client's name. */
const programs: Partial<Record<keyof TestCloud, string>> = { s3: 's3api', secretsManager: 'secretsmanager' };
const skipped = process.env['CI'] !== 'true' && !(await hasAwsCli());
let cloud: TestCloud;
let written: Everything;

beforeAll(async () => {
  cloud = await startLocalCloud();
  if (!skipped) written = { ...(await writeEverything(cloud)), ...(await writeRest(cloud)) };
});
afterAll(() => cloud.close());

describe.skipIf(skipped)('the aws command line sees what the SDK wrote', () => {
  it.each(reads)('%s %s', async (service, command, given = {}) => {
    const input = typeof given === 'function' ? given(written) : given;
    const name = signingNames[service] ?? service;
    const schemas = await services.find(({ signingName }) => signingName === name)!.schemas();
    const commandClass = `${command.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())}Command`;
    const Command = schemas[commandClass] as new (input: object) => unknown;
    const client = cloud[service] as unknown as { send(command: unknown): Promise<object> };
    const { $metadata: _metadata, ...said } = (await client.send(new Command(input))) as {
      $metadata: object;
    };
    const printed = await aws(cloud, [programs[service] ?? service, command], input);
    const seen = compare(printed, said, command);
    expect(seen.agreed).toBeGreaterThan(0);
    expect(seen.agreed).toBeGreaterThan(seen.unknown);
  });
});
