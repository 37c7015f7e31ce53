import type {
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  Route,
  RouteTableAssociation,
  Tag,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, hasDependencies, mustFind } from './errors.ts';
import { ec2State, newId, type Ec2State, type StoredRouteTable } from './state.ts';
import { tagsOf } from './tag-specification.ts';

/** Gives a new VPC the route table of all subnets that have none of their own. */
export function addMainRouteTable(call: Call, vpc: { VpcId: string; CidrBlock: string }): void {
  const table = add(call, vpc, []);
  table.Associations.push(newAssociation(table.RouteTableId, {}));
}

/** An association of a route table: with a subnet, or as the main one of its VPC where there is none. */
export function newAssociation(
  routeTableId: string,
  { subnetId }: { subnetId?: string },
): RouteTableAssociation {
  return {
    RouteTableAssociationId: newId('rtbassoc'),
    RouteTableId: routeTableId,
    Main: subnetId === undefined,
    ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
    AssociationState: { State: 'associated' },
  };
}

export const routeTableOperations: Operations = { CreateRouteTable, DescribeRouteTables, DeleteRouteTable };

function CreateRouteTable(input: CreateRouteTableRequest, call: Call): CreateRouteTableResult {
  const vpc = mustFind(ec2State(call).vpcs, 'vpc', input.VpcId ?? '');
  const tags = tagsOf(input.TagSpecifications, 'route-table');
  dryRun(input);
  return { RouteTable: add(call, vpc, tags) };
}

const fields: FilterFields<StoredRouteTable> = {
  'route-table-id': ({ RouteTableId }) => RouteTableId,
  'vpc-id': ({ VpcId }) => VpcId,
  'owner-id': ({ OwnerId }) => OwnerId,
  'association.main': ({ Associations }) => Associations.map(({ Main }) => String(Main)),
  'association.route-table-association-id': ({ Associations }) =>
    Associations.map(({ RouteTableAssociationId }) => RouteTableAssociationId),
  'association.route-table-id': ({ Associations }) => Associations.map(({ RouteTableId }) => RouteTableId),
  'association.subnet-id': ({ Associations }) => Associations.map(({ SubnetId }) => SubnetId),
  'route.destination-cidr-block': ({ Routes }) =>
    Routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock),
  'route.nat-gateway-id': ({ Routes }) => Routes.map(({ NatGatewayId }) => NatGatewayId),
  'route.gateway-id': ({ Routes }) => Routes.map(({ GatewayId }) => GatewayId),
  'route.origin': ({ Routes }) => Routes.map(({ Origin }) => Origin),
  'route.state': ({ Routes }) => Routes.map(({ State }) => State),
};

function DescribeRouteTables(input: DescribeRouteTablesRequest, call: Call): DescribeRouteTablesResult {
  const state = ec2State(call);
  const found = asked(state.routeTables, 'routeTable', input.RouteTableIds);
  dryRun(input);
  const told = found.map((table) => ({
    ...table,
    Routes: table.Routes.map((route) => ({ ...route, State: stateOf(route, table.VpcId, state) })),
  }));
  const { page, NextToken } = select(told, input, fields, ({ Tags }) => Tags);
  return { RouteTables: page, NextToken };
}

/** The main route table and those that subnets are associated with stay. */
function DeleteRouteTable(input: DeleteRouteTableRequest, call: Call): object {
  const { routeTables } = ec2State(call);
  const id = input.RouteTableId ?? '';
  const table = mustFind(routeTables, 'routeTable', id);
  if (table.Associations.length > 0) throw hasDependencies('routeTable', id);
  dryRun(input);
  routeTables.delete(id);
  return {};
}

function add(call: Call, vpc: { VpcId: string; CidrBlock: string }, tags: Tag[]): StoredRouteTable {
  const table: StoredRouteTable = {
    RouteTableId: newId('rtb'),
    VpcId: vpc.VpcId,
    Associations: [],
    OwnerId: call.account,
    PropagatingVgws: [],
    Routes: [
      {
        DestinationCidrBlock: vpc.CidrBlock,
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
    ],
    Tags: tags,
  };
  ec2State(call).routeTables.set(table.RouteTableId, table);
  return table;
}

/** A route whose gateway has left the VPC, or is deleted, leads nowhere. */
function stateOf(
  { GatewayId, NatGatewayId }: Route,
  vpcId: string,
  { internetGateways, natGateways, vpcEndpoints }: Ec2State,
): Route['State'] {
  if (GatewayId === 'local') return 'active';
  if (NatGatewayId !== undefined) {
    const { State = 'deleted' } = natGateways.get(NatGatewayId) ?? {};
    return State === 'deleted' || State === 'failed' ? 'blackhole' : 'active';
  }
  if (vpcEndpoints.has(GatewayId ?? '')) return 'active';
  const attachments = internetGateways.get(GatewayId ?? '')?.Attachments ?? [];
  return attachments.some(({ VpcId }) => VpcId === vpcId) ? 'active' : 'blackhole';
}
