import { resource } from '../engine/resource.ts';
import { internetGateway } from '../resources/ec2/internet-gateway.ts';
import { routeTable } from '../resources/ec2/route-table.ts';
import { vpc } from '../resources/ec2/vpc.ts';
import { canonicalCidr } from './cidr.ts';
import type { StackInput } from './input.ts';
import { edgesTo, subnetIdsOf, subnetsOf } from './subnets.ts';

/** VPC, internet gateway, and per zone one public subnet (load balancer, tasks) and one isolated one (Redis). */
export function networkOf({ config, zones }: StackInput) {
  const { cidr } = config.network;
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
  return { vpc: theVpc, gateway, publicSubnets, isolatedSubnets, publicRoutes, isolatedRoutes };
}

export type Network = ReturnType<typeof networkOf>;
