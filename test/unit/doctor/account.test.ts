import {
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import { accountChecks } from '../../../src/doctor/account.ts';
import { runChecks } from '../../../src/doctor/check.ts';
import { permissionCheck } from '../../../src/doctor/permissions.ts';
import { quotaChecks } from '../../../src/doctor/quotas.ts';
import type { Demand } from '../../../src/doctor/quotas.ts';
import { policyOf } from '../../../src/policy/policy.ts';

const region = 'eu-west-3';
const account = '123456789012';
const user = `arn:aws:iam::${account}:user/anna`;

type Answer = (command: { input: object }) => unknown;

/** A client that answers by itself. */
function scripted<Client extends object>(client: Client, answer: Answer): Client {
  return Object.assign(client, { send: async (command: { input: object }) => answer(command) });
}

function cloudWith(answers: { arn?: string; iam?: Answer; ec2?: Answer }): Cloud {
  const { arn = user, iam = () => ({}), ec2 = () => ({}) } = answers;
  return {
    region,
    account,
    partition: 'aws',
    sts: scripted(new STSClient({ region }), () => ({ Arn: arn })),
    iam: scripted(new IAMClient({ region }), iam),
    ec2: scripted(new EC2Client({ region }), ec2),
  } as unknown as Cloud;
}

const identity = identify('chat', 'default', region);
const policy = policyOf({
  config: configSchema.parse({}),
  identity,
  names: namesOf(identity),
  partition: 'aws',
  account,
});

/** IAM's simulation with everything allowed but these, and what it was asked. */
function simulating(denied: string[]) {
  const asked: { PolicySourceArn: string; ActionNames: string[]; ResourceArns: string[] }[] = [];
  const iam: Answer = (command) => {
    if (command instanceof GetRoleCommand)
      return { Role: { Arn: `arn:aws:iam::${account}:role/teams/deployer` } };
    expect(command).toBeInstanceOf(SimulatePrincipalPolicyCommand);
    const input = command.input as (typeof asked)[number];
    asked.push(input);
    return {
      EvaluationResults: input.ActionNames.map((action) => ({
        EvalActionName: action,
        EvalDecision: denied.includes(action) ? 'implicitDeny' : 'allowed',
      })),
    };
  };
  return { iam, asked };
}

const only = async (check: ReturnType<typeof permissionCheck>) => (await runChecks([check]))[0]!;

describe('permissions', () => {
  it('asks IAM about every action of the policy, on real resources', async () => {
    const { iam, asked } = simulating([]);
    expect(await only(permissionCheck(cloudWith({ iam }), policy))).toMatchObject({
      state: 'OK',
      says: expect.stringMatching(/^all \d{2,3} actions of `chatops policy`$/) as string,
    });
    expect(asked.flatMap(({ ActionNames }) => ActionNames)).toEqual(
      policy.Statement.flatMap(({ Action }) => Action),
    );
    expect(
      asked.flatMap(({ ResourceArns }) => ResourceArns).filter((arn) => arn !== '*' && arn.includes('*')),
    ).toEqual([]);
    expect(new Set(asked.map(({ PolicySourceArn }) => PolicySourceArn))).toEqual(new Set([user]));
  });

  it('names what is denied', async () => {
    const { iam } = simulating(['ec2:CreateVpc', 'iam:PassRole']);
    expect(await only(permissionCheck(cloudWith({ iam }), policy))).toMatchObject({
      state: 'FAIL',
      says: 'not allowed: ec2:CreateVpc, iam:PassRole',
    });
  });

  it('looks through a session at its role', async () => {
    const { iam, asked } = simulating([]);
    const arn = `arn:aws:sts::${account}:assumed-role/deployer/anna`;
    await only(permissionCheck(cloudWith({ arn, iam }), policy));
    expect(asked[0]!.PolicySourceArn).toBe(`arn:aws:iam::${account}:role/teams/deployer`);
  });

  it('is skipped where IAM does not let it look', async () => {
    const iam = () => {
      throw Object.assign(new Error('not authorized to perform iam:SimulatePrincipalPolicy'), {
        name: 'AccessDenied',
        $metadata: {},
      });
    };
    expect(await only(permissionCheck(cloudWith({ iam }), policy))).toMatchObject({
      state: 'SKIP',
      says: expect.stringContaining('iam:SimulatePrincipalPolicy') as string,
    });
    const root = cloudWith({ arn: `arn:aws:iam::${account}:root` });
    expect(await only(permissionCheck(root, policy))).toMatchObject({ state: 'SKIP' });
  });
});

describe('account and region', () => {
  const findings = (cloud: Cloud, settings: object = {}) =>
    runChecks(accountChecks(cloud, configSchema.parse(settings)));
  const zones =
    (...names: string[]) =>
    () => ({ AvailabilityZones: names.map((ZoneName) => ({ ZoneName })) });

  it('warns about the root user', async () => {
    const [credentials] = await findings(
      cloudWith({ arn: `arn:aws:iam::${account}:root`, ec2: zones('a', 'b') }),
    );
    expect(credentials).toMatchObject({ state: 'WARN' });
  });

  it('says which account is guarded', async () => {
    const cloud = cloudWith({ ec2: zones('a', 'b') });
    expect((await findings(cloud, { account }))[1]).toMatchObject({ state: 'OK' });
    expect((await findings(cloud))[1]).toMatchObject({ state: 'SKIP' });
  });

  it('fails where the region has fewer zones than the config asks for, or does not answer', async () => {
    const few = cloudWith({ ec2: zones('a', 'b') });
    expect((await findings(few, { network: { zones: 3 } }))[2]).toMatchObject({
      state: 'FAIL',
      says: 'network.zones: eu-west-3 has 2 zones, not 3',
    });
    const closed = cloudWith({
      ec2: () => {
        throw Object.assign(new Error('You are not subscribed'), { name: 'OptInRequired', $metadata: {} });
      },
    });
    expect((await findings(closed))[2]).toMatchObject({
      state: 'FAIL',
      todo: 'enable the region for this account, or choose another one',
    });
  });
});

describe('quotas', () => {
  const ec2 =
    (vpcs: number, addresses: number): Answer =>
    (command) => {
      if (command instanceof DescribeVpcsCommand) return { Vpcs: Array.from({ length: vpcs }, () => ({})) };
      if (command instanceof DescribeAddressesCommand)
        return { Addresses: Array.from({ length: addresses }, () => ({})) };
      expect(command).toBeInstanceOf(DescribeAccountAttributesCommand);
      return {
        AccountAttributes: [
          { AttributeName: 'vpc-max-elastic-ips', AttributeValues: [{ AttributeValue: '5' }] },
        ],
      };
    };
  const states = async (cloud: Cloud, demand: Partial<Demand>) =>
    (
      await runChecks(
        quotaChecks(cloud, async () => ({ vpc: true, elasticIps: 0, fargateVcpu: 1, ...demand })),
      )
    ).map(({ name, state }) => `${state} ${name}`);

  it('has room for one more VPC, or warns', async () => {
    expect((await states(cloudWith({ ec2: ec2(4, 0) }), {}))[0]).toBe('OK VPCs');
    expect((await states(cloudWith({ ec2: ec2(5, 0) }), {}))[0]).toBe('WARN VPCs');
    expect((await states(cloudWith({ ec2: ec2(5, 0) }), { vpc: false }))[0]).toBe('OK VPCs');
  });

  it('counts elastic IPs against what EC2 allows', async () => {
    expect((await states(cloudWith({ ec2: ec2(0, 3) }), { elasticIps: 2 }))[1]).toBe('OK elastic IPs');
    expect((await states(cloudWith({ ec2: ec2(0, 4) }), { elasticIps: 2 }))[1]).toBe('FAIL elastic IPs');
  });

  it('says that the Fargate quota is not read', async () => {
    expect((await states(cloudWith({ ec2: ec2(0, 0) }), {}))[2]).toBe('SKIP Fargate vCPU');
  });
});
