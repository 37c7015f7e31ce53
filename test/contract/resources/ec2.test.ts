import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { internetGateway } from '../../../src/resources/ec2/internet-gateway.ts';
import { routeTable } from '../../../src/resources/ec2/route-table.ts';
import { securityGroup } from '../../../src/resources/ec2/security-group.ts';
import { subnet } from '../../../src/resources/ec2/subnet.ts';
import { vpc } from '../../../src/resources/ec2/vpc.ts';
import { foreign, lifeOf, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const vpcProps = { cidr: '10.7.0.0/16', dnsSupport: true, dnsHostnames: true };

it('a VPC gives names, takes them away, and is put right after a change by hand', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, vpc, 'vpc');
  const { vpcId } = await life.create(vpcProps);
  expect(await life.changes({ ...vpcProps, cidr: '10.8.0.0/16' })).toEqual(['replace cidr']);
  await life.update({ ...vpcProps, dnsHostnames: false });
  await life.update({ ...vpcProps, dnsHostnames: false, dnsSupport: false });
  await life.update(vpcProps);

  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: false } }));
  expect(await life.changes(vpcProps)).toEqual(['update dnsHostnames']);
  await life.update(vpcProps);
  await life.delete();
});

it('finds only the VPC of its own stack', async () => {
  const { cloud } = rig;
  const other = { ...scope, stack: 'chat/staging/local' };
  await vpc.create(cloud, vpcProps, stepOf('vpc', other));
  expect(await vpc.find(cloud, scope)).toEqual([]);
  await vpc.create(cloud, vpcProps, stepOf('vpc'));
  const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({}));
  const [found, ...more] = await vpc.find(cloud, scope);
  expect(more).toEqual([]);
  const tags = Vpcs?.find(({ VpcId }) => VpcId === found?.ref)?.Tags;
  expect(tags).toContainEqual({ Key: 'chatops:stack', Value: 'chat/default/local' });
});

it('an internet gateway is attached again after it was detached by hand', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  const life = lifeOf(cloud, internetGateway, 'internet-gateway');
  const { internetGatewayId } = await life.create({ vpcId });

  await cloud.ec2.send(
    new DetachInternetGatewayCommand({ InternetGatewayId: internetGatewayId, VpcId: vpcId }),
  );
  expect(await life.changes({ vpcId })).toEqual(['update vpcId']);
  await life.update({ vpcId });
  await life.delete();
});

it('a subnet maps public addresses or not; anything else makes it anew', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  const life = lifeOf(cloud, subnet, 'subnet-public-a');
  const props = { vpcId, cidr: '10.7.0.0/20', zone: 'locala', mapPublicIp: true };
  const { subnetId } = await life.create(props);
  expect(await life.changes({ ...props, zone: 'localb' })).toEqual(['replace zone']);
  expect(await life.changes({ ...props, cidr: '10.7.16.0/20' })).toEqual(['replace cidr']);
  await life.update({ ...props, mapPublicIp: false });
  await life.update(props);

  await cloud.ec2.send(
    new ModifySubnetAttributeCommand({ SubnetId: subnetId, MapPublicIpOnLaunch: { Value: false } }),
  );
  expect(await life.changes(props)).toEqual(['update mapPublicIp']);
  await life.update(props);
  await life.delete();
});

it('a route table keeps exactly its routes and its subnets', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  const gateway = lifeOf(cloud, internetGateway, 'internet-gateway');
  const { internetGatewayId } = await gateway.create({ vpcId });
  const subnetIds = await Promise.all(
    ['a', 'b'].map(async (letter, index) => {
      const one = lifeOf(cloud, subnet, `subnet-public-${letter}`);
      const cidr = `10.7.${16 * index}.0/20`;
      return (await one.create({ vpcId, cidr, zone: `local${letter}`, mapPublicIp: true })).subnetId;
    }),
  );
  const life = lifeOf(cloud, routeTable, 'route-table-public');
  const everywhere = { destination: '0.0.0.0/0', target: internetGatewayId };
  const props = { vpcId, routes: [everywhere], subnetIds };
  const { routeTableId, associations } = await life.create(props);
  expect(await life.changes({ ...props, subnetIds: subnetIds.toReversed() })).toEqual([]);
  await life.update({ ...props, routes: [], subnetIds: subnetIds.slice(1) });
  await life.update({ ...props, routes: [{ destination: '198.51.100.0/24', target: internetGatewayId }] });
  await life.update(props);

  // By hand: a route too many, and a subnet that follows another table.
  await cloud.ec2.send(
    new CreateRouteCommand({
      RouteTableId: routeTableId,
      DestinationCidrBlock: '203.0.113.0/24',
      GatewayId: internetGatewayId,
    }),
  );
  const { associations: now } = await life.one();
  expect(Object.keys(now)).toEqual(expect.arrayContaining(Object.keys(associations)));
  await cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId: now[subnetIds[0]!] }));
  const { RouteTable: other } = await cloud.ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
  await cloud.ec2.send(
    new AssociateRouteTableCommand({ RouteTableId: other?.RouteTableId, SubnetId: subnetIds[0] }),
  );
  expect(await life.changes(props)).toEqual(['update routes', 'update subnetIds']);
  await life.update(props);
  const { RouteTables } = await cloud.ec2.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [other!.RouteTableId!] }),
  );
  expect(RouteTables?.[0]?.Associations ?? []).toEqual([]);
  await life.delete();
});

it('a security group keeps exactly its rules', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  const everywhere = { protocol: '-1', peer: '0.0.0.0/0' };
  const web = { protocol: 'tcp', fromPort: 80, toPort: 80, peer: '0.0.0.0/0' };
  const office = { ...web, peer: '192.0.2.0/24' };
  const props = {
    name: 'chat-load-balancer',
    description: 'open to all',
    vpcId,
    ingress: [web, office],
    egress: [everywhere],
  };
  const life = lifeOf(cloud, securityGroup, 'security-group-load-balancer');
  const { groupId } = await life.create(props);
  expect(await life.changes({ ...props, ingress: [office, web] })).toEqual([]);
  expect(await life.changes({ ...props, name: 'other' })).toEqual(['replace name']);
  expect(await life.changes({ ...props, description: 'other' })).toEqual(['replace description']);
  await life.update({ ...props, ingress: [office], egress: [] });
  await life.update({ ...props, ingress: [{ ...web, peer: '2001:db8::/32' }] });
  await life.update(props);

  await cloud.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  await cloud.ec2.send(
    new RevokeSecurityGroupEgressCommand({
      GroupId: groupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  expect(await life.changes(props)).toEqual(['update ingress', 'update egress']);
  await life.update(props);
  await life.delete();
});

it('security groups that name each other can be deleted', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  const group = (name: string) => ({ name, description: name, vpcId, ingress: [], egress: [] });
  const [left, right] = [
    lifeOf(cloud, securityGroup, 'security-group-tasks'),
    lifeOf(cloud, securityGroup, 'security-group-redis'),
  ];
  const { groupId: leftId } = await left.create(group('left'));
  const { groupId: rightId } = await right.create(group('right'));
  const from = (peer: string) => [{ protocol: 'tcp', fromPort: 6379, toPort: 6379, peer }];
  await left.update({ ...group('left'), ingress: from(rightId) });
  await right.update({ ...group('right'), ingress: from(leftId), egress: from(leftId) });
  await left.delete();
  await right.delete();
});

it('a security group of that name that is not ours is refused and left as it is', async () => {
  const { cloud } = rig;
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create(vpcProps);
  await cloud.ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'chat-tasks', Description: 'mine', VpcId: vpcId }),
  );
  const props = { name: 'chat-tasks', description: 'ours', vpcId, ingress: [], egress: [] };
  const creation = securityGroup.create(cloud, props, stepOf('security-group-tasks'));
  await expect(creation).rejects.toEqual(foreign);
  await expect(creation).rejects.toThrow(
    'security group chat-tasks exists already and does not belong to chat/default/local',
  );
  expect(await securityGroup.find(cloud, scope)).toEqual([]);
});
