import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient, ListClustersCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ecsStack, isSteady, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { stagedDataPlane } from '../../helpers/staged-data-plane.ts';

let cloud: Cloud;
let staged: ReturnType<typeof stagedDataPlane>;
let targetGroupArn: string;
let stack: Awaited<ReturnType<typeof ecsStack>>;

const role = 'arn:aws:iam::000000000000:role/chat/task';
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

async function allow(Action: string | string[], Effect = 'Allow', PolicyName = Effect): Promise<void> {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect, Action, Resource: '*' }],
  });
  await cloud.iam.send(new PutRolePolicyCommand({ RoleName: 'task', PolicyName, PolicyDocument }));
}

beforeEach(async () => {
  staged = stagedDataPlane();
  cloud = await startLocalCloud({ dataPlane: staged.plane });
  stack = await ecsStack(cloud);
  await cloud.iam.send(
    new CreateRoleCommand({
      RoleName: 'task',
      Path: '/chat/',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  );
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  await cloud.close();
});

/** Starts a service of one task, and puts this process where the task is: its environment is all that it has. */
async function inTask(taskRoleArn: string | undefined): Promise<Record<string, string>> {
  const { loadBalancers, attach, targetGroupArn: arn } = await stack.loadBalancer(18_080);
  targetGroupArn = arn;
  await attach();
  const taskDefinition = await stack.taskDefinition({}, { taskRoleArn });
  await stack.service({ taskDefinition, loadBalancers, desiredCount: 1 });
  await stack.until(isSteady);
  const { environment } = [...staged.specs.values()].at(-1)!;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('AWS_')) process.env[name] = value;
  }
  return environment;
}

test('an SDK client in a task, with nothing set in code, asks for the health of its own target', async () => {
  await allow('elasticloadbalancing:DescribeTargetHealth');
  const environment = await inTask(role);
  const elbv2 = new ElasticLoadBalancingV2Client();
  const metadata = await fetch(`${environment['ECS_CONTAINER_METADATA_URI_V4']}/task`);
  const task = (await metadata.json()) as { Containers: { Networks: { IPv4Addresses: string[] }[] }[] };
  const Id = task.Containers[0]!.Networks[0]!.IPv4Addresses[0]!;
  const { TargetHealthDescriptions } = await elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn, Targets: [{ Id, Port: 3000 }] }),
  );
  expect(TargetHealthDescriptions).toMatchObject([{ TargetHealth: { State: 'healthy' } }]);
});

test('what its role does not allow is refused in each service’s own words', async () => {
  await allow('elasticloadbalancing:DescribeTargetHealth');
  await inTask(role);
  const says = /assumed-role\/task\/[0-9a-f]{32} is not authorized to perform: /;
  await expect(
    new ElasticLoadBalancingV2Client().send(new DescribeLoadBalancersCommand()),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(says),
    $metadata: { httpStatusCode: 403 },
  });
  await expect(new EC2Client().send(new DescribeVpcsCommand())).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    message: expect.stringMatching(says),
  });
  await expect(new ECSClient().send(new ListClustersCommand())).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(says),
  });
});

test('wildcards allow, a Deny wins, and changes hold at once', async () => {
  await inTask(role);
  const list = () => new ECSClient().send(new ListClustersCommand());
  await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await allow(['ecs:List*']);
  expect((await list()).clusterArns).toHaveLength(1);
  await allow('ecs:*', 'Deny');
  await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('the key works with its token only, and not for the local cloud’s own controls', async () => {
  await allow('*');
  const environment = await inTask(role);
  const answer = await fetch(environment['AWS_CONTAINER_CREDENTIALS_FULL_URI']!);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = (await answer.json()) as Record<string, string>;
  expect(Date.parse(Expiration!)).toBeGreaterThan(Date.now());
  const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! };
  const without = new ECSClient({ credentials });
  await expect(without.send(new ListClustersCommand())).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  const signed = new ECSClient({ credentials: { ...credentials, sessionToken: Token! } });
  expect((await signed.send(new ListClustersCommand())).clusterArns).toHaveLength(1);
  expect((await fetch(`${cloud.endpoint}/credentials/guess`)).status).toBe(404);
});

test('a stopped task’s key is worth nothing', async () => {
  await allow('*');
  await inTask(role);
  const ecs = new ECSClient();
  await ecs.send(new ListClustersCommand());
  await cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app', desiredCount: 0 }));
  await expect.poll(async () => (await stack.tasks('STOPPED'))[0]?.lastStatus).toBe('STOPPED');
  await expect(ecs.send(new ListClustersCommand())).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('a task without a role is given no key', async () => {
  const environment = await inTask(undefined);
  expect(environment).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  expect(environment['AWS_ENDPOINT_URL']).toBe(cloud.endpoint);
});
