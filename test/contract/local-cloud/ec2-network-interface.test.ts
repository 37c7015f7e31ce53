import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  findNetworkInterface,
  type NewNetworkInterface,
} from '../../../src/local-cloud/services/ec2/network-interface.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let VpcId: string;
let SubnetId: string;
let GroupId: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
  VpcId = (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.7.0/28' }));
  SubnetId = Subnet?.SubnetId ?? '';
  const group = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'tasks', Description: 'tasks' }),
  );
  GroupId = group.GroupId ?? '';
});
afterAll(() => cloud.close());

function create(more: Partial<NewNetworkInterface> = {}) {
  return createNetworkInterface(cloud.call(), {
    subnetId: SubnetId,
    securityGroupIds: [GroupId],
    description: 'a task',
    ...more,
  });
}

test('an interface of a service is listed in use, never with its loopback address, and only the service removes it', async () => {
  const made = create({ requester: 'amazon-elb', local: { host: '127.1.2.3', port: 3000 } });
  const { NetworkInterfaces } = await cloud.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'subnet-id', Values: [SubnetId] }] }),
  );
  expect(NetworkInterfaces).toMatchObject([
    {
      NetworkInterfaceId: made.NetworkInterfaceId,
      VpcId,
      SubnetId,
      Status: 'in-use',
      RequesterManaged: true,
      RequesterId: 'amazon-elb',
      Attachment: { Status: 'attached', InstanceOwnerId: 'amazon-elb' },
      Groups: [{ GroupId, GroupName: 'tasks' }],
      PrivateIpAddress: made.PrivateIpAddress,
    },
  ]);
  expect(JSON.stringify(NetworkInterfaces)).not.toContain('127.1.2.3');
  const { NetworkInterfaceId, PrivateIpAddress } = made;
  expect(findNetworkInterface(cloud.call(), { vpcId: VpcId, privateIp: PrivateIpAddress })?.local).toEqual({
    host: '127.1.2.3',
    port: 3000,
  });
  await expect(
    cloud.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
  });
  deleteNetworkInterface(cloud.call(), NetworkInterfaceId);
  expect(findNetworkInterface(cloud.call(), { privateIp: PrivateIpAddress })).toBeUndefined();
});

test('a lingering interface can be deleted by its user', async () => {
  const { NetworkInterfaceId } = create();
  await cloud.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  await expect(
    cloud.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] })),
  ).rejects.toMatchObject({
    name: 'InvalidNetworkInterfaceID.NotFound',
    message: `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
  });
});

test('addresses are handed out between the reserved ones, a freed one last, until the subnet is full', () => {
  const made = Array.from({ length: 11 }, () => create());
  const addresses = made.map(({ PrivateIpAddress }) => PrivateIpAddress);
  expect(new Set(addresses)).toEqual(
    new Set(Array.from({ length: 11 }, (_, index) => `10.0.7.${4 + index}`)),
  );
  expect(() => create()).toThrow(/not enough free addresses/);
  for (const index of [2, 5]) {
    deleteNetworkInterface(cloud.call(), made[index]?.NetworkInterfaceId ?? '');
  }
  expect(new Set([create().PrivateIpAddress, create().PrivateIpAddress])).toEqual(
    new Set([addresses[2], addresses[5]]),
  );
});

test('an interface without groups is in the default group of its VPC', async () => {
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.8.0/28' }));
  const made = create({ subnetId: Subnet?.SubnetId ?? '', securityGroupIds: [] });
  expect(made.Groups).toMatchObject([{ GroupName: 'default' }]);
});
