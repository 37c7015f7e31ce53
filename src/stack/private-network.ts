import { resource } from '../engine/resource.ts';
import { elasticIp } from '../resources/ec2/elastic-ip.ts';
import { natGateway } from '../resources/ec2/nat-gateway.ts';
import { routeTable } from '../resources/ec2/route-table.ts';
import type { vpc } from '../resources/ec2/vpc.ts';
import type { Config } from '../config/schema.ts';
import type { NodeOf } from './node-of.ts';
import { attrsOf, edgesTo, type subnetsOf } from './subnets.ts';

interface Surroundings {
  vpc: NodeOf<typeof vpc>;
  publicSubnets: ReturnType<typeof subnetsOf>;
  publicRoutes: NodeOf<typeof routeTable>;
  /** None where the tasks are public. */
  privateSubnets: ReturnType<typeof subnetsOf>;
  nat: Config['network']['nat'];
}

/**
 * How private subnets reach the internet: a NAT gateway with an elastic IP in the first zone or in each, and one route
 * table per zone in any case, so that going from one NAT gateway to several changes routes and nothing else.
 */
export function privateNetworkOf({ vpc, publicSubnets, publicRoutes, privateSubnets, nat }: Surroundings) {
  const count = nat === 'none' ? 0 : nat === 'one' ? 1 : privateSubnets.length;
  const homes = publicSubnets.slice(0, count);
  const addresses = homes.map(({ id }) =>
    resource({ id: `elastic-ip-${letterOf(id)}`, kind: elasticIp, needs: {}, props: () => ({}) }),
  );
  const gateways = homes.map((subnet, index) =>
    resource({
      id: `nat-gateway-${letterOf(subnet.id)}`,
      kind: natGateway,
      // Without a way to the internet it would fail.
      needs: { subnet, address: addresses[index]!, publicRoutes },
      seconds: 105,
      props: (needs) => ({
        subnetId: needs.subnet.subnetId,
        allocationId: needs.address.allocationId,
      }),
    }),
  );
  const privateRoutes = privateSubnets.map((subnet, index) => {
    // The zone's own, or the only one, or none.
    const ways = gateways.slice(Math.min(index, gateways.length - 1)).slice(0, 1);
    return resource({
      id: `route-table-private-${letterOf(subnet.id)}`,
      kind: routeTable,
      needs: { vpc, subnet, ...edgesTo(ways) },
      props: (needs) => ({
        vpcId: needs.vpc.vpcId,
        routes: attrsOf(ways, needs).map(({ natGatewayId }) => ({
          destination: '0.0.0.0/0',
          target: natGatewayId,
        })),
        subnetIds: [needs.subnet.subnetId],
      }),
    });
  });
  return { addresses, gateways, privateRoutes };
}

function letterOf(id: string): string {
  return id.slice(-1);
}
