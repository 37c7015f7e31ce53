import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  paginateDescribeRouteTables,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { isNamed, unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, compareSet, setDifference } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface Route {
  /** IPv4 range, such as `0.0.0.0/0`. */
  destination: string;
  /** Id of the internet gateway, NAT gateway, or whatever else it leads to. */
  target: string;
}

interface RouteTableProps {
  vpcId: string;
  /** All routes besides the VPC's own. */
  routes: Route[];
  /** The subnets that follow this table. */
  subnetIds: string[];
}

interface RouteTableAttrs extends RouteTableProps {
  routeTableId: string;
  /** Association id by subnet id. */
  associations: Record<string, string>;
}

/** A route table with its routes and associations, which cannot be tagged (`aws ec2 describe-route-tables`). */
export const routeTable: ResourceKind<Cloud, RouteTableProps, RouteTableAttrs> = {
  type: 'AWS::EC2::RouteTable',

  async find(cloud, scope) {
    const pages = paginateDescribeRouteTables({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const tables = await collect(pages, (page) => page.RouteTables);
    return owned(
      scope,
      tables.map((table) => ({ tags: table.Tags, ref: table.RouteTableId!, attrs: attrsOf(table) })),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { vpcId: 'replace' }),
    ...compareSet('routes', current.routes, desired.routes),
    ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
  ],

  async create(cloud, props, step) {
    const { RouteTable } = await cloud.ec2.send(
      new CreateRouteTableCommand({
        VpcId: props.vpcId,
        TagSpecifications: tagSpecifications('route-table', step.tags),
      }),
    );
    await reconcile(cloud, attrsOf(RouteTable!), props);
  },

  async update(cloud, props, current) {
    await reconcile(cloud, current, props);
  },

  tag: (cloud, { routeTableId }, change) => retag(cloud, routeTableId, change),

  async delete(cloud, current) {
    await disassociate(cloud, Object.values(current.associations));
    await unless(
      cloud.ec2.send(new DeleteRouteTableCommand({ RouteTableId: current.routeTableId })),
      'InvalidRouteTableID.NotFound',
    );
  },
};

function attrsOf({ RouteTableId, VpcId, Routes = [], Associations = [] }: RouteTable): RouteTableAttrs {
  const associations = Object.fromEntries(
    Associations.filter(({ SubnetId, AssociationState }) => {
      return SubnetId !== undefined && AssociationState?.State !== 'disassociated';
    }).map(({ SubnetId, RouteTableAssociationId }) => [SubnetId!, RouteTableAssociationId!]),
  );
  return {
    routeTableId: RouteTableId!,
    vpcId: VpcId!,
    // The route of the VPC's own range cannot be changed; a gateway endpoint brings its own, by prefix list.
    routes: Routes.filter(
      (route) => route.GatewayId !== 'local' && route.DestinationCidrBlock !== undefined,
    ).map((route) => ({
      destination: route.DestinationCidrBlock!,
      target: route.GatewayId ?? route.NatGatewayId ?? route.NetworkInterfaceId ?? 'other',
    })),
    subnetIds: Object.keys(associations),
    associations,
  };
}

async function reconcile(cloud: Cloud, current: RouteTableAttrs, desired: RouteTableProps): Promise<void> {
  const RouteTableId = current.routeTableId;
  const routes = setDifference(current.routes, desired.routes);
  const destinations = new Set(current.routes.map(({ destination }) => destination));
  for (const { destination, target } of routes.added) {
    const Command = destinations.has(destination) ? ReplaceRouteCommand : CreateRouteCommand;
    const input = { RouteTableId, DestinationCidrBlock: destination, ...targetOf(target) };
    await cloud.ec2.send(new Command(input));
  }
  const kept = new Set(desired.routes.map(({ destination }) => destination));
  for (const { destination } of routes.removed.filter((route) => !kept.has(route.destination))) {
    await unless(
      cloud.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: destination })),
      'InvalidRoute.NotFound',
    );
  }
  const subnets = setDifference(current.subnetIds, desired.subnetIds);
  await Promise.all(subnets.added.map((subnetId) => associate(cloud, RouteTableId, subnetId)));
  await disassociate(
    cloud,
    subnets.removed.map((subnetId) => current.associations[subnetId]!),
  );
}

function targetOf(id: string): { NatGatewayId: string } | { GatewayId: string } {
  return id.startsWith('nat-') ? { NatGatewayId: id } : { GatewayId: id };
}

async function associate(cloud: Cloud, RouteTableId: string, SubnetId: string): Promise<void> {
  try {
    await cloud.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  } catch (error) {
    if (!isNamed(error, 'Resource.AlreadyAssociated')) throw error;
    // A subnet follows one table at a time: take it over from whichever it was given to.
    const { RouteTables } = await cloud.ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }),
    );
    const other = RouteTables?.map(attrsOf).find(({ routeTableId }) => routeTableId !== RouteTableId);
    const AssociationId = other?.associations[SubnetId];
    if (AssociationId === undefined) return;
    await cloud.ec2.send(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }));
  }
}

async function disassociate(cloud: Cloud, associationIds: string[]): Promise<void> {
  await Promise.all(
    associationIds.map((AssociationId) =>
      unless(
        cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId })),
        'InvalidAssociationID.NotFound',
      ),
    ),
  );
}
