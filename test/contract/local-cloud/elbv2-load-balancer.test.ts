import { CreateSubnetCommand, CreateVpcCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DuplicateLoadBalancerNameException,
  InvalidSubnetException,
  LoadBalancerNotFoundException,
  ModifyLoadBalancerAttributesCommand,
  OperationNotPermittedException,
  RemoveTagsCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  SubnetNotFoundException,
  paginateDescribeLoadBalancers,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloudClock } from '../../../src/local-cloud/clock.ts';
import { startLocalCloud, type TestCloud } from '../../helpers/local-cloud.ts';
import { createLoadBalancer, createNetwork, type Network } from './elbv2-network.ts';

/** Time that moves when the test says so, with AWS's latencies. */
function handClock(): CloudClock & { pass(ms: number): void } {
  let now = Date.now();
  let waiting: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    latency: () => 150_000,
    pace: 1,
    after(ms, run) {
      const entry = { at: now + ms, run };
      waiting.push(entry);
      return () => (waiting = waiting.filter((each) => each !== entry));
    },
    pass(ms) {
      now += ms;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}

let cloud: TestCloud;
let network: Network;
let clock: ReturnType<typeof handClock>;
beforeEach(async () => {
  clock = handClock();
  cloud = await startLocalCloud({ clock });
  network = await createNetwork(cloud);
});
afterEach(() => cloud.close());

async function interfacesOf(name: string) {
  const { NetworkInterfaces = [] } = await cloud.ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'description', Values: [`ELB app/${name}/*`] }],
    }),
  );
  return NetworkInterfaces;
}

test('a load balancer is provisioning, then active, with one interface per subnet; its interfaces outlive it', async () => {
  const made = await createLoadBalancer(cloud, network);
  expect(made).toMatchObject({
    LoadBalancerArn: expect.stringMatching(
      /^arn:aws:elasticloadbalancing:local:000000000000:loadbalancer\/app\/chat\/[0-9a-f]{16}$/,
    ),
    LoadBalancerName: 'chat',
    DNSName: 'localhost',
    Scheme: 'internet-facing',
    Type: 'application',
    IpAddressType: 'ipv4',
    VpcId: network.vpcId,
    SecurityGroups: [network.securityGroupId],
    State: { Code: 'provisioning' },
  });
  expect(made.AvailabilityZones?.map(({ ZoneName, SubnetId }) => [ZoneName, SubnetId])).toEqual([
    ['locala', network.subnetIds[0]],
    ['localb', network.subnetIds[1]],
  ]);
  clock.pass(150_000);
  const { LoadBalancers } = await cloud.elbv2.send(new DescribeLoadBalancersCommand({ Names: ['chat'] }));
  expect(LoadBalancers![0]!.State).toEqual({ Code: 'active' });

  expect((await interfacesOf('chat')).map(({ SubnetId, RequesterId }) => [SubnetId, RequesterId])).toEqual([
    [network.subnetIds[0], 'amazon-elb'],
    [network.subnetIds[1], 'amazon-elb'],
  ]);
  await cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: made.LoadBalancerArn }));
  expect(await interfacesOf('chat')).toHaveLength(2);
  clock.pass(150_000);
  expect(await interfacesOf('chat')).toEqual([]);
  await expect(
    cloud.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [made.LoadBalancerArn] })),
  ).rejects.toThrow(LoadBalancerNotFoundException);
  // Deleting what is not there succeeds.
  await cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: made.LoadBalancerArn }));
});

test('the same creation again is the same load balancer; other settings under its name are a duplicate', async () => {
  const made = await createLoadBalancer(cloud, network);
  expect((await createLoadBalancer(cloud, network)).LoadBalancerArn).toBe(made.LoadBalancerArn);
  const [a, b] = network.subnetIds;
  await expect(
    cloud.elbv2.send(new CreateLoadBalancerCommand({ Name: 'chat', Subnets: [a, b], Scheme: 'internal' })),
  ).rejects.toThrow(DuplicateLoadBalancerNameException);
  expect(await interfacesOf('chat')).toHaveLength(2);
});

test('names, subnets and security groups are checked, and a refused creation leaves nothing', async () => {
  const [a, b, otherA] = network.subnetIds;
  const create = (input: object) =>
    cloud.elbv2.send(new CreateLoadBalancerCommand({ Name: 'chat', Subnets: [a, b], ...input }));
  const validation = { name: 'ValidationError' };
  await expect(create({ Name: 'x'.repeat(33) })).rejects.toMatchObject({
    ...validation,
    message: `Load balancer name '${'x'.repeat(33)}' cannot be longer than '32' characters`,
  });
  await expect(create({ Name: 'a_b' })).rejects.toMatchObject(validation);
  await expect(create({ Name: '-a' })).rejects.toMatchObject(validation);
  await expect(create({ Name: 'internal-a' })).rejects.toMatchObject(validation);
  await expect(create({ Subnets: [a] })).rejects.toMatchObject({
    ...validation,
    message: 'At least two subnets in two different Availability Zones must be specified',
  });
  await expect(create({ Subnets: [a, otherA] })).rejects.toMatchObject({
    name: 'InvalidConfigurationRequestException',
    message: 'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
  });
  await expect(create({ Subnets: [a, 'subnet-00000000000000000'] })).rejects.toThrow(SubnetNotFoundException);
  await expect(create({ SecurityGroups: ['sg-00000000000000000'] })).rejects.toMatchObject({
    name: 'InvalidConfigurationRequestException',
    message: 'One or more security groups are invalid',
  });
  expect((await cloud.elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual([]);
  expect(await interfacesOf('*')).toEqual([]);
});

test('an internet-facing load balancer needs an internet gateway, an internal one does not', async () => {
  const vpcId = (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }))).Vpc!.VpcId!;
  const subnets: string[] = [];
  for (const [zone, third] of [
    ['locala', 0],
    ['localb', 1],
  ] as const) {
    const input = { VpcId: vpcId, AvailabilityZone: zone, CidrBlock: `10.1.${third}.0/24` };
    subnets.push((await cloud.ec2.send(new CreateSubnetCommand(input))).Subnet!.SubnetId!);
  }
  const create = (Scheme: 'internet-facing' | 'internal') =>
    cloud.elbv2.send(new CreateLoadBalancerCommand({ Name: 'apart', Subnets: subnets, Scheme }));
  await expect(create('internet-facing')).rejects.toThrow(InvalidSubnetException);
  const { LoadBalancers } = await create('internal');
  expect(LoadBalancers![0]!.Scheme).toBe('internal');
});

test('attributes have the defaults of AWS, and ranges', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(cloud, network);
  const read = async () => {
    const { Attributes } = await cloud.elbv2.send(
      new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
    );
    return Object.fromEntries(Attributes!.map(({ Key, Value }) => [Key, Value]));
  };
  const modify = (Key: string, Value: string) =>
    cloud.elbv2.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }),
    );
  expect(await read()).toMatchObject({
    'idle_timeout.timeout_seconds': '60',
    'client_keep_alive.seconds': '3600',
    'deletion_protection.enabled': 'false',
    'routing.http2.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.xff_header_processing.mode': 'append',
    'load_balancing.cross_zone.enabled': 'true',
    'access_logs.s3.enabled': 'false',
  });
  await modify('idle_timeout.timeout_seconds', '4000');
  expect((await read())['idle_timeout.timeout_seconds']).toBe('4000');
  for (const value of ['0', '4001', '1.5', 'x', '']) {
    await expect(modify('idle_timeout.timeout_seconds', value)).rejects.toMatchObject({
      name: 'ValidationError',
    });
  }
  await expect(modify('idle_timeout', '60')).rejects.toMatchObject({
    name: 'ValidationError',
    message: `Load balancer attribute key 'idle_timeout' is not recognized`,
  });
  // What this cloud cannot do it refuses, rather than to do nothing.
  await expect(modify('access_logs.s3.enabled', 'true')).rejects.toMatchObject({
    name: 'InvalidConfigurationRequestException',
  });
  expect((await read())['idle_timeout.timeout_seconds']).toBe('4000');
});

test('deletion protection blocks deletion', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(cloud, network);
  const protect = (Value: string) =>
    cloud.elbv2.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      }),
    );
  await protect('true');
  await expect(cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }))).rejects.toThrow(
    OperationNotPermittedException,
  );
  await protect('false');
  await cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
});

test('subnets and security groups can be changed, and the interfaces follow', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(cloud, network);
  const [, b, otherA] = network.subnetIds;
  await cloud.elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets: [otherA, b] }));
  expect((await interfacesOf('chat')).map(({ SubnetId = '' }) => SubnetId).toSorted()).toEqual(
    [otherA, b].toSorted(),
  );
  const { SecurityGroupIds } = await cloud.elbv2.send(
    new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [] }),
  );
  expect(SecurityGroupIds).not.toContain(network.securityGroupId);
  const groups = (await interfacesOf('chat')).flatMap(({ Groups }) => Groups!.map(({ GroupId }) => GroupId));
  expect(groups).toEqual([...SecurityGroupIds!, ...SecurityGroupIds!]);
});

test('tags are set, overwritten and removed', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(cloud, network);
  const ResourceArns = [LoadBalancerArn];
  const add = (...Tags: { Key: string; Value: string }[]) =>
    cloud.elbv2.send(new AddTagsCommand({ ResourceArns, Tags }));
  await add({ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' });
  await add({ Key: 'a', Value: '3' });
  await cloud.elbv2.send(new RemoveTagsCommand({ ResourceArns, TagKeys: ['b', 'none'] }));
  const { TagDescriptions } = await cloud.elbv2.send(new DescribeTagsCommand({ ResourceArns }));
  expect(TagDescriptions).toEqual([{ ResourceArn: LoadBalancerArn, Tags: [{ Key: 'a', Value: '3' }] }]);
  await expect(add({ Key: 'x', Value: '1' }, { Key: 'x', Value: '2' })).rejects.toMatchObject({
    name: 'DuplicateTagKeysException',
  });
  await expect(add({ Key: 'aws:x', Value: '1' })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('listings come in pages', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await createLoadBalancer(cloud, network, name);
  const seen: string[][] = [];
  for await (const page of paginateDescribeLoadBalancers({ client: cloud.elbv2 }, { PageSize: 2 })) {
    seen.push((page.LoadBalancers ?? []).map(({ LoadBalancerName = '' }) => LoadBalancerName));
  }
  expect(seen.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(seen.flat().toSorted()).toEqual(names);
});
