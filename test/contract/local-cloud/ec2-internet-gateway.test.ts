import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createNetworkInterface,
  deleteNetworkInterface,
} from '../../../src/local-cloud/services/ec2/network-interface.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

async function createVpc(): Promise<string> {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

async function createGateway(): Promise<string> {
  const { InternetGateway } = await cloud.ec2.send(new CreateInternetGatewayCommand({}));
  return InternetGateway?.InternetGatewayId ?? '';
}

test('an internet gateway is attached, found by its VPC, detached, and deleted', async () => {
  const VpcId = await createVpc();
  const InternetGatewayId = await createGateway();
  await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { InternetGateways } = await cloud.ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [VpcId] }] }),
  );
  expect(InternetGateways).toMatchObject([
    { InternetGatewayId, Attachments: [{ VpcId, State: 'available' }] },
  ]);
  await expect(cloud.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }))).rejects.toMatchObject(
    {
      name: 'DependencyViolation',
      message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
    },
  );
  await cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await cloud.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  await expect(cloud.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }))).rejects.toMatchObject(
    {
      name: 'InvalidInternetGatewayID.NotFound',
      message: `The internetGateway ID '${InternetGatewayId}' does not exist`,
    },
  );
});

test('one gateway has one VPC, and one VPC has one gateway', async () => {
  const VpcId = await createVpc();
  const InternetGatewayId = await createGateway();
  await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await expect(
    cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId: await createVpc(), InternetGatewayId })),
  ).rejects.toMatchObject({
    name: 'Resource.AlreadyAssociated',
    message: `resource ${InternetGatewayId} is already attached to network ${VpcId}`,
  });
  await expect(
    cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: await createGateway() })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `Network ${VpcId} already has an internet gateway attached`,
  });
});

test('detaching from another VPC is Gateway.NotAttached', async () => {
  const VpcId = await createVpc();
  const InternetGatewayId = await createGateway();
  await expect(
    cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId })),
  ).rejects.toMatchObject({
    name: 'Gateway.NotAttached',
    message: `resource ${InternetGatewayId} is not attached to network ${VpcId}`,
  });
});

test('a public address in the VPC keeps the gateway attached', async () => {
  const VpcId = await createVpc();
  const InternetGatewayId = await createGateway();
  await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }));
  const { NetworkInterfaceId } = createNetworkInterface(cloud.call(), {
    subnetId: Subnet?.SubnetId ?? '',
    securityGroupIds: [],
    description: 'a load balancer',
    requester: 'amazon-elb',
    publicAddress: true,
  });
  const detach = () => cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await expect(detach()).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  });
  deleteNetworkInterface(cloud.call(), NetworkInterfaceId);
  await detach();
});
