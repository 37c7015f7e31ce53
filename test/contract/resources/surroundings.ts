import type { Cloud } from '../../../src/aws/cloud.ts';
import { internetGateway } from '../../../src/resources/ec2/internet-gateway.ts';
import { routeTable } from '../../../src/resources/ec2/route-table.ts';
import { securityGroup } from '../../../src/resources/ec2/security-group.ts';
import { subnet } from '../../../src/resources/ec2/subnet.ts';
import { vpc } from '../../../src/resources/ec2/vpc.ts';
import { lifeOf } from './rig.ts';

/** A network with three public subnets in as many zones, and two security groups: what other resources are put into. */
export async function surroundings(cloud: Cloud) {
  const { vpcId } = await lifeOf(cloud, vpc, 'vpc').create({
    cidr: '10.7.0.0/16',
    dnsSupport: true,
    dnsHostnames: true,
  });
  const gateway = lifeOf(cloud, internetGateway, 'internet-gateway');
  const { internetGatewayId } = await gateway.create({ vpcId });
  const subnetIds: string[] = [];
  for (const [index, letter] of ['a', 'b', 'c'].entries()) {
    const one = lifeOf(cloud, subnet, `subnet-public-${letter}`);
    const cidr = `10.7.${16 * index}.0/20`;
    subnetIds.push((await one.create({ vpcId, cidr, zone: `local${letter}`, mapPublicIp: true })).subnetId);
  }
  await lifeOf(cloud, routeTable, 'route-table-public').create({
    vpcId,
    routes: [{ destination: '0.0.0.0/0', target: internetGatewayId }],
    subnetIds,
  });
  const group = async (name: string) => {
    const egress = [{ protocol: '-1', peer: '0.0.0.0/0' }];
    const props = { name, description: name, vpcId, ingress: [], egress };
    return (await lifeOf(cloud, securityGroup, `security-group-${name}`).create(props)).groupId;
  };
  return { vpcId, subnetIds, groupIds: [await group('one'), await group('two')] as const };
}
