import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { kinds } from '../../../src/resources/index.ts';
import { checkExistingNetwork } from '../../../src/stack/check-existing-network.ts';
import { stacksOf } from '../../../src/stack/facts.ts';
import { pictureOf } from './picture.ts';
import { startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, inWords, planOf, stackOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
let theirs: Awaited<ReturnType<typeof madeByHand>>;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
  theirs = await madeByHand();
});
afterAll(() => rig.close());

const image = { build: await smallImage('existing') };

/** A network as somebody else made it: two public subnets, a third in the zone of the first, and two that lead nowhere. */
async function madeByHand() {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.42.0.0/16' }));
  const VpcId = Vpc!.VpcId!;
  const { InternetGateway } = await cloud.ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  const { RouteTable } = await cloud.ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  await cloud.ec2.send(
    new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId }),
  );
  const subnet = async (index: number, zone: string, isPublic: boolean) => {
    const input = { VpcId, CidrBlock: `10.42.${index}.0/24`, AvailabilityZone: `local${zone}` };
    const SubnetId = (await cloud.ec2.send(new CreateSubnetCommand(input))).Subnet!.SubnetId!;
    if (isPublic) await cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    return SubnetId;
  };
  return {
    vpc: VpcId,
    public: [await subnet(0, 'a', true), await subnet(1, 'b', true)],
    extra: await subnet(2, 'a', true),
    private: [await subnet(3, 'a', false), await subnet(4, 'b', false)],
  };
}

async function networkNow() {
  const answers = await Promise.all([
    cloud.ec2.send(new DescribeVpcsCommand({})),
    cloud.ec2.send(new DescribeSubnetsCommand({})),
    cloud.ec2.send(new DescribeRouteTablesCommand({})),
    cloud.ec2.send(new DescribeInternetGatewaysCommand({})),
  ]);
  return answers.map((answer) => ({ ...answer, $metadata: undefined }));
}

const planned = (network: object) => planOf({ cloud, image }, { network }, inWords.id);

async function up(network: object) {
  await bringTo({ cloud, image }, { network });
  return pictureOf(cloud);
}

it('a stack stands in an existing network, moves in it, and leaves it as it was', async () => {
  const before = await networkNow();
  const base = { vpc: theirs.vpc, subnets: { public: theirs.public } };
  const { whole } = await planned(base);
  expect(whole.actions.map(({ id }) => id)).not.toContain(theirs.vpc);
  const picture = await up(base);
  expect([picture.vpcs, picture.internetGateways, picture.subnets, picture.routeTables]).toEqual([
    [],
    [],
    {},
    {},
  ]);
  expect(picture.services[0]).toMatchObject({
    counts: [2, 2],
    network: { subnets: theirs.public, assignPublicIp: 'ENABLED' },
  });
  expect(picture.loadBalancers[0]?.subnets).toEqual(theirs.public);
  expect(picture.targetGroups[0]?.vpc).toBe(theirs.vpc);
  expect(await stacksOf(cloud, 'chat')).toEqual(['chat/default/local']);

  const inside = {
    vpc: theirs.vpc,
    tasks: 'private',
    subnets: { public: theirs.public, private: theirs.private, isolated: theirs.public },
  };
  expect((await planned(inside)).todo).toEqual(['service']);
  const moved = await up(inside);
  expect(moved.services[0]?.network).toMatchObject({ subnets: theirs.private, assignPublicIp: 'DISABLED' });

  const nodes = await stackOf(cloud, image, { network: inside });
  expect(await destroy(engineContext(cloud), nodes, kinds)).toMatchObject({ outcome: 'done' });
  const left = Object.entries(await pictureOf(cloud)).filter(([, all]) => Object.keys(all).length > 0);
  expect(left).toEqual([]);
  expect(await networkNow()).toEqual(before);
});

it('what is wrong with the network is said before anything is made', async () => {
  const check = (network: object) => checkExistingNetwork(cloud, configSchema.parse({ network }).network);
  const isPublic = theirs.public;
  await check({ vpc: theirs.vpc, subnets: { public: isPublic, isolated: theirs.private } });

  const gone = { vpc: 'vpc-00000000', subnets: { public: isPublic } };
  await expect(check(gone)).rejects.toMatchObject({
    message: 'network.vpc: vpc-00000000 does not exist in local',
    exit: 3,
  });
  const refused: [object, string[]][] = [
    [
      { public: [isPublic[0], 'subnet-00000000'] },
      ['network.subnets.public: subnet-00000000 is not in the VPC'],
    ],
    [
      { public: theirs.private },
      theirs.private.map((id) => `network.subnets.public: ${id} has no route to an internet gateway`),
    ],
    [
      { public: [isPublic[0], theirs.extra] },
      [
        'network.subnets.public: must be in two zones at least',
        'network.subnets.public: a load balancer takes one subnet per zone',
      ],
    ],
    [
      { public: isPublic, isolated: [isPublic[0], theirs.extra] },
      ['network.subnets.isolated: must be in two zones at least'],
    ],
  ];
  for (const [subnets, [message, ...details]] of refused) {
    await expect(check({ vpc: theirs.vpc, subnets })).rejects.toMatchObject({ message, details, exit: 3 });
  }
});
