import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode, type Node } from '../engine/resource.ts';
import { internetGateway } from '../resources/ec2/internet-gateway.ts';
import { routeTable } from '../resources/ec2/route-table.ts';
import { vpc } from '../resources/ec2/vpc.ts';
import { canonicalCidr } from './cidr.ts';
import { existingNetworkOf } from './existing-network.ts';
import type { StackInput } from './input.ts';
import type { NodeOf } from './node-of.ts';
import { privateNetworkOf } from './private-network.ts';
import { edgesTo, subnetIdsOf, subnetsOf, type SubnetNode } from './subnets.ts';

/** What the other parts of the stack need to know of their network, whether it is made or given. */
export interface Network {
  // oxlint-disable-next-line typescript/no-explicit-any -- its properties do not matter to those who need it
  vpc: Node<Cloud, any, { vpcId: string }, any>;
  publicSubnets: SubnetNode[];
  /** What makes the public subnets public. */
  publicWays: AnyNode<Cloud>[];
  isolatedSubnets: SubnetNode[];
  isolatedRoutes: AnyNode<Cloud>;
  privateSubnets: SubnetNode[];
  privateRoutes: NodeOf<typeof routeTable>[];
  /** Where the tasks run, and the routes that lead out from there. */
  taskSubnets: SubnetNode[];
  taskRoutes: AnyNode<Cloud>[];
  nodes: AnyNode<Cloud>[];
}

/** The network that the config asks for: one of the stack's own, or an existing one. */
export function networkOf(input: StackInput): Network {
  return existingNetworkOf(input.config.network) ?? ownNetworkOf(input);
}

/**
 * VPC, internet gateway, and per zone one public subnet (load balancer, tasks) and one isolated one (Redis); where
 * tasks are private, one private subnet per zone, too.
 */
function ownNetworkOf({ config, zones }: StackInput): Network {
  const { cidr, tasks, nat } = config.network;
  const theVpc = resource({
    id: 'vpc',
    kind: vpc,
    needs: {},
    props: () => ({ cidr: canonicalCidr(cidr), dnsSupport: true, dnsHostnames: true }),
  });
  const gateway = resource({
    id: 'internet-gateway',
    kind: internetGateway,
    needs: { vpc: theVpc },
    props: (needs) => ({ vpcId: needs.vpc.vpcId }),
  });
  const publicSubnets = subnetsOf('public', theVpc, cidr, zones);
  const isolatedSubnets = subnetsOf('isolated', theVpc, cidr, zones);
  const publicRoutes = resource({
    id: 'route-table-public',
    kind: routeTable,
    needs: { vpc: theVpc, gateway, ...edgesTo(publicSubnets) },
    props: (needs) => ({
      vpcId: needs.vpc.vpcId,
      routes: [{ destination: '0.0.0.0/0', target: needs.gateway.internetGatewayId }],
      subnetIds: subnetIdsOf(publicSubnets, needs),
    }),
  });
  const isolatedRoutes = resource({
    id: 'route-table-isolated',
    kind: routeTable,
    needs: { vpc: theVpc, ...edgesTo(isolatedSubnets) },
    props: (needs) => ({
      vpcId: needs.vpc.vpcId,
      routes: [],
      subnetIds: subnetIdsOf(isolatedSubnets, needs),
    }),
  });
  const isPrivate = tasks === 'private';
  const privateSubnets = isPrivate ? subnetsOf('private', theVpc, cidr, zones) : [];
  const { addresses, gateways, privateRoutes } = privateNetworkOf({
    vpc: theVpc,
    publicSubnets,
    publicRoutes,
    privateSubnets,
    nat,
  });
  return {
    vpc: theVpc,
    publicSubnets,
    publicWays: [gateway, publicRoutes],
    isolatedSubnets,
    isolatedRoutes,
    privateSubnets,
    privateRoutes,
    taskSubnets: isPrivate ? privateSubnets : publicSubnets,
    taskRoutes: isPrivate ? privateRoutes : [publicRoutes],
    nodes: [
      theVpc,
      gateway,
      ...publicSubnets,
      publicRoutes,
      ...isolatedSubnets,
      isolatedRoutes,
      ...privateSubnets,
      ...privateRoutes,
      ...addresses,
      ...gateways,
    ],
  };
}
