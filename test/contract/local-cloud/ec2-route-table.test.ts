import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let VpcId: string;
let RouteTableId: string;
let InternetGatewayId: string;
let SubnetId: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

beforeEach(async () => {
  VpcId = (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  RouteTableId = await createTable(VpcId);
  const { InternetGateway } = await cloud.ec2.send(new CreateInternetGatewayCommand({}));
  InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }));
  SubnetId = Subnet?.SubnetId ?? '';
});

async function createTable(VpcId: string): Promise<string> {
  const { RouteTable } = await cloud.ec2.send(new CreateRouteTableCommand({ VpcId }));
  return RouteTable?.RouteTableId ?? '';
}

async function read(id = RouteTableId) {
  const { RouteTables } = await cloud.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
  return RouteTables?.[0];
}

const world = '0.0.0.0/0';

test('a route to the internet gateway comes, turns into a black hole without it, and goes', async () => {
  await cloud.ec2.send(
    new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: world, GatewayId: InternetGatewayId }),
  );
  const route = { DestinationCidrBlock: world, GatewayId: InternetGatewayId, Origin: 'CreateRoute' };
  expect((await read())?.Routes).toMatchObject([
    { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable' },
    { ...route, State: 'active' },
  ]);
  await cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  expect((await read())?.Routes?.[1]).toMatchObject({ ...route, State: 'blackhole' });
  await cloud.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: world }));
  expect((await read())?.Routes).toHaveLength(1);
});

test('a route is replaced only where there is one', async () => {
  const replace = () =>
    cloud.ec2.send(
      new ReplaceRouteCommand({ RouteTableId, DestinationCidrBlock: world, GatewayId: InternetGatewayId }),
    );
  await expect(replace()).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
  });
  await cloud.ec2.send(
    new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: world, GatewayId: InternetGatewayId }),
  );
  await replace();
  expect((await read())?.Routes).toHaveLength(2);
});

test('what a route cannot be', async () => {
  const create = (DestinationCidrBlock: string, GatewayId: string) =>
    cloud.ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId }));
  await expect(create(world, 'igw-00000000000000000')).rejects.toMatchObject({
    name: 'InvalidGatewayID.NotFound',
    message: "The gateway ID 'igw-00000000000000000' does not exist",
  });
  await create(world, InternetGatewayId);
  await expect(create(world, InternetGatewayId)).rejects.toMatchObject({
    name: 'RouteAlreadyExists',
    message: 'The route identified by 0.0.0.0/0 already exists.',
  });
  await cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await expect(create('192.0.2.0/24', InternetGatewayId)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `route table ${RouteTableId} and network gateway ${InternetGatewayId} belong to different networks`,
  });
});

test('what of a route cannot be deleted', async () => {
  const remove = (DestinationCidrBlock: string) =>
    cloud.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
  await expect(remove(world)).rejects.toMatchObject({
    name: 'InvalidRoute.NotFound',
    message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
  });
  await expect(remove('10.0.0.0/16')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  });
});

test('a subnet is associated, moved to another table, and set free', async () => {
  const { AssociationId } = await cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  expect((await read())?.Associations).toMatchObject([
    { RouteTableAssociationId: AssociationId, SubnetId, Main: false },
  ]);
  await expect(
    cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId })),
  ).rejects.toMatchObject({
    name: 'Resource.AlreadyAssociated',
    message: `the specified association for route table ${RouteTableId} conflicts with an existing association`,
  });
  const other = await createTable(VpcId);
  const moved = await cloud.ec2.send(
    new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: other }),
  );
  expect(moved.NewAssociationId).not.toBe(AssociationId);
  expect((await read())?.Associations ?? []).toHaveLength(0);
  const deletion = () => cloud.ec2.send(new DeleteRouteTableCommand({ RouteTableId: other }));
  await expect(deletion()).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The routeTable '${other}' has dependencies and cannot be deleted.`,
  });
  await cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId: moved.NewAssociationId }));
  await deletion();
  await expect(read(other)).rejects.toMatchObject({
    name: 'InvalidRouteTableID.NotFound',
    message: `The routeTable ID '${other}' does not exist`,
  });
});

test('a deleted subnet leaves its route table free', async () => {
  await cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await cloud.ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
});

test('the main route table of a VPC stays, unless another takes its place', async () => {
  const { RouteTables } = await cloud.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'association.main', Values: ['true'] },
      ],
    }),
  );
  const main = RouteTables?.[0]?.RouteTableId ?? '';
  const AssociationId = RouteTables?.[0]?.Associations?.[0]?.RouteTableAssociationId ?? '';
  await expect(cloud.ec2.send(new DeleteRouteTableCommand({ RouteTableId: main }))).rejects.toMatchObject({
    name: 'DependencyViolation',
  });
  await expect(cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `cannot disassociate the main route table association ${AssociationId}`,
  });
  await cloud.ec2.send(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }));
  expect((await read())?.Associations).toMatchObject([{ Main: true }]);
  await cloud.ec2.send(new DeleteRouteTableCommand({ RouteTableId: main }));
});

test('a route table serves only its own VPC', async () => {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const foreign = await createTable(Vpc?.VpcId ?? '');
  await expect(
    cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId: foreign, SubnetId })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `Route table ${foreign} and subnet ${SubnetId} belong to different networks`,
  });
  await expect(
    cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId: 'rtbassoc-00000000000000000' })),
  ).rejects.toMatchObject({
    name: 'InvalidAssociationID.NotFound',
    message: "The association ID 'rtbassoc-00000000000000000' does not exist",
  });
});
