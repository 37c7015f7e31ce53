import {
  CreateTagsCommand,
  DescribeNatGatewaysCommand,
  DetachInternetGatewayCommand,
  ModifyVpcEndpointCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { elasticIp } from '../../../src/resources/ec2/elastic-ip.ts';
import { internetGateway } from '../../../src/resources/ec2/internet-gateway.ts';
import { natGateway } from '../../../src/resources/ec2/nat-gateway.ts';
import { routeTable } from '../../../src/resources/ec2/route-table.ts';
import { vpcEndpoint } from '../../../src/resources/ec2/vpc-endpoint.ts';
import { lifeOf, scope, startCloud, stepOf } from './rig.ts';
import { surroundings } from './surroundings.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

it('an elastic IP is held by its NAT gateway, which is made anew in another subnet', async () => {
  const { cloud } = rig;
  const { subnetIds } = await surroundings(cloud);
  const address = lifeOf(cloud, elasticIp, 'elastic-ip-a');
  const { allocationId } = await address.create({});
  expect(await address.changes({})).toEqual([]);
  const life = lifeOf(cloud, natGateway, 'nat-gateway-a');
  const props = { subnetId: subnetIds[0]!, allocationId };
  const { natGatewayId } = await life.create(props);
  expect(await life.changes({ ...props, subnetId: subnetIds[1]! })).toEqual(['replace subnetId']);
  expect(await life.changes({ ...props, allocationId: 'eipalloc-1' })).toEqual(['replace allocationId']);
  await expect(
    cloud.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId })),
  ).rejects.toMatchObject({ name: 'InvalidIPAddress.InUse' });

  await life.delete();
  const { NatGateways } = await cloud.ec2.send(new DescribeNatGatewaysCommand({}));
  expect(NatGateways).toMatchObject([{ NatGatewayId: natGatewayId, State: 'deleted' }]);
  await address.delete();
});

it('a NAT gateway that has failed says why, and is made anew', async () => {
  const { cloud } = rig;
  const { vpcId, subnetIds } = await surroundings(cloud);
  const [gateway] = await internetGateway.find(cloud, scope);
  await cloud.ec2.send(
    new DetachInternetGatewayCommand({
      InternetGatewayId: gateway?.attrs.internetGatewayId,
      VpcId: vpcId,
    }),
  );
  const { allocationId } = await lifeOf(cloud, elasticIp, 'elastic-ip-a').create({});
  const props = { subnetId: subnetIds[0]!, allocationId };
  await natGateway.create(cloud, props, stepOf('nat-gateway-a'));
  const [found] = await natGateway.find(cloud, scope);
  expect(found?.attrs.state).toBe(`failed: Network ${vpcId} has no Internet gateway attached`);
  expect(natGateway.diff(props, found!.attrs)).toMatchObject([{ path: 'state', action: 'replace' }]);
});

it('a route leads to a NAT gateway, and back to the internet gateway', async () => {
  const { cloud } = rig;
  const { vpcId, subnetIds } = await surroundings(cloud);
  const { allocationId } = await lifeOf(cloud, elasticIp, 'elastic-ip-a').create({});
  const nat = lifeOf(cloud, natGateway, 'nat-gateway-a');
  const { natGatewayId } = await nat.create({ subnetId: subnetIds[0]!, allocationId });
  const [gateway] = await internetGateway.find(cloud, scope);
  const life = lifeOf(cloud, routeTable, 'route-table-private-a');
  const props = (target: string) => ({
    vpcId,
    routes: [{ destination: '0.0.0.0/0', target }],
    subnetIds: [],
  });
  await life.create(props(natGatewayId));
  await life.update(props(gateway!.attrs.internetGatewayId));
  await life.update(props(natGatewayId));
  await life.delete();
});

it('an interface endpoint moves between subnets and groups, and is put right after a change by hand', async () => {
  const { cloud } = rig;
  const { vpcId, subnetIds, groupIds } = await surroundings(cloud);
  const life = lifeOf(cloud, vpcEndpoint, 'vpc-endpoint-logs');
  const props = {
    vpcId,
    serviceName: 'com.amazonaws.local.logs',
    type: 'Interface' as const,
    subnetIds: subnetIds.slice(0, 2),
    securityGroupIds: [groupIds[0]],
    routeTableIds: [],
  };
  const { vpcEndpointId } = await life.create(props);
  expect(await life.changes({ ...props, subnetIds: props.subnetIds.toReversed() })).toEqual([]);
  expect(await life.changes({ ...props, serviceName: 'com.amazonaws.local.ssm' })).toEqual([
    'replace serviceName',
  ]);
  await life.update({ ...props, subnetIds: subnetIds.slice(1), securityGroupIds: [groupIds[1]] });
  await life.update(props);

  await cloud.ec2.send(
    new ModifyVpcEndpointCommand({ VpcEndpointId: vpcEndpointId, PrivateDnsEnabled: false }),
  );
  expect(await life.changes(props)).toEqual(['update privateDns']);
  await life.update(props);
  await life.delete();
});

it('a gateway endpoint keeps its routes, which a route table leaves alone', async () => {
  const { cloud } = rig;
  const { vpcId, subnetIds } = await surroundings(cloud);
  const tables = ['a', 'b'].map((letter) => lifeOf(cloud, routeTable, `route-table-private-${letter}`));
  const tableProps = { vpcId, routes: [], subnetIds: [] };
  const [one, two] = [await tables[0]!.create(tableProps), await tables[1]!.create(tableProps)];
  const life = lifeOf(cloud, vpcEndpoint, 'vpc-endpoint-s3');
  const props = {
    vpcId,
    serviceName: 'com.amazonaws.local.s3',
    type: 'Gateway' as const,
    subnetIds: [],
    securityGroupIds: [],
    routeTableIds: [one.routeTableId],
  };
  const { vpcEndpointId } = await life.create(props);
  await life.update({ ...props, routeTableIds: [two.routeTableId] });
  expect(await tables[1]!.changes(tableProps)).toEqual([]);
  const asInterface = { ...props, type: 'Interface' as const, routeTableIds: [], subnetIds };
  expect(await life.changes(asInterface)).toContain('replace type');

  await cloud.ec2.send(
    new CreateTagsCommand({ Resources: [vpcEndpointId], Tags: [{ Key: 'team', Value: 'x' }] }),
  );
  const [found] = await vpcEndpoint.find(cloud, scope);
  expect(found?.tags).toEqual({ team: 'x' });
  await vpcEndpoint.tag!(cloud, found!.attrs, { set: {}, remove: ['team'] }, stepOf('vpc-endpoint-s3'));
  expect((await vpcEndpoint.find(cloud, scope))[0]?.tags).toEqual({});
  await life.delete();
});
