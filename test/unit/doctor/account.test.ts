import { DescribeAddressesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
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

function cloudWith(answers: { arn?: string; iam?: Answer; ec2?: Answer; quotas?: Answer }): Cloud {
  const { arn = user, iam = () => ({}), ec2 = () => ({}), quotas = () => ({}) } = answers;
  return {
    region,
    account,
    partition: 'aws',
    sts: scripted(new STSClient({ region }), () => ({ Arn: arn })),
    iam: scripted(new IAMClient({ region }), iam),
    ec2: scripted(new EC2Client({ region }), ec2),
    serviceQuotas: scripted(new ServiceQuotasClient({ region }), quotas),
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
      throw new Error('nothing else is asked of EC2');
    };
  const states = async (cloud: Cloud, demand: Partial<Demand>) =>
    (
      await runChecks(
        quotaChecks(cloud, async () => ({ vpcs: 1, elasticIps: 0, fargateVcpu: 1, spot: false, ...demand })),
      )
    ).map(({ name, state }) => `${state} ${name}`);

  /** Service Quotas that says the same of every quota, and notes which it was asked for. */
  const saying = (value: number, asked: object[] = []): Answer => {
    return ({ input }) => {
      asked.push(input);
      return { Quota: { Value: value } };
    };
  };
  const closed: Answer = () => {
    throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });
  };

  it('has room for one more VPC and its elastic IPs, or has failed', async () => {
    const demand = { vpcs: 1, elasticIps: 2 };
    const findings = (vpcs: number, addresses: number, quota: number) =>
      states(cloudWith({ ec2: ec2(vpcs, addresses), quotas: saying(quota) }), demand);
    expect(await findings(4, 3, 5)).toEqual(['OK VPCs', 'OK elastic IPs', 'OK Fargate vCPU']);
    expect(await findings(5, 4, 5)).toEqual(['FAIL VPCs', 'FAIL elastic IPs', 'OK Fargate vCPU']);
    // A quota that was raised.
    expect(await findings(5, 4, 20)).toEqual(['OK VPCs', 'OK elastic IPs', 'OK Fargate vCPU']);
  });

  it('that needs none looks at none', async () => {
    const demand = { vpcs: 0 };
    expect((await states(cloudWith({ quotas: saying(0) }), demand)).slice(0, 2)).toEqual([
      'OK VPCs',
      'OK elastic IPs',
    ]);
  });

  it('compares with what is usual where Service Quotas may not be asked, and only warns', async () => {
    const cloud = cloudWith({ ec2: ec2(5, 0), quotas: closed });
    expect(await states(cloud, { fargateVcpu: 6.5 })).toEqual([
      'WARN VPCs',
      'OK elastic IPs',
      'WARN Fargate vCPU',
    ]);
  });

  it('takes the vCPUs of a deployment at its height, On-Demand or Spot', async () => {
    const asked: object[] = [];
    const cloud = cloudWith({ quotas: saying(4, asked) });
    expect((await states(cloud, { vpcs: 0, fargateVcpu: 4.5 }))[2]).toBe('FAIL Fargate vCPU');
    expect((await states(cloud, { vpcs: 0, fargateVcpu: 4, spot: true }))[2]).toBe('OK Fargate vCPU');
    expect(asked).toEqual([
      { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' },
      { ServiceCode: 'fargate', QuotaCode: 'L-36FBB829' },
    ]);
  });
});
