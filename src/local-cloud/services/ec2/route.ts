import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import { dryRun, invalidValue, missing, mustFind } from './errors.ts';
import { ec2State, type StoredRouteTable } from './state.ts';

export const routeOperations: Operations = { CreateRoute, ReplaceRoute, DeleteRoute };

/** EC2's order: route table, destination, target, is there such a route already. */
function CreateRoute(input: CreateRouteRequest, call: Call): CreateRouteResult {
  const table = mustFind(ec2State(call).routeTables, 'routeTable', input.RouteTableId ?? '');
  const destination = destinationOf(input);
  const target = targetOf(input, table, call);
  if (table.Routes.some(({ DestinationCidrBlock }) => DestinationCidrBlock === destination)) {
    throw new AwsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
  }
  dryRun(input);
  table.Routes.push({
    DestinationCidrBlock: destination,
    ...target,
    Origin: 'CreateRoute',
    State: 'active',
  });
  return { Return: true };
}

function ReplaceRoute(input: ReplaceRouteRequest, call: Call): object {
  const table = mustFind(ec2State(call).routeTables, 'routeTable', input.RouteTableId ?? '');
  const destination = destinationOf(input);
  const target = targetOf(input, table, call);
  const route = table.Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination);
  if (route === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
    );
  }
  dryRun(input);
  delete route.GatewayId;
  delete route.NatGatewayId;
  Object.assign(route, target);
  return {};
}

/** The local route of a VPC cannot be removed. */
function DeleteRoute(input: DeleteRouteRequest, call: Call): object {
  const table = mustFind(ec2State(call).routeTables, 'routeTable', input.RouteTableId ?? '');
  const destination = destinationOf(input);
  const route = table.Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination);
  if (route === undefined) {
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with destination-cidr-block ${destination} in route table ${table.RouteTableId}`,
    );
  }
  if (route.GatewayId === 'local') {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot remove local route ${destination} in route table ${table.RouteTableId}`,
    );
  }
  dryRun(input);
  table.Routes = table.Routes.filter((other) => other !== route);
  return {};
}

function destinationOf({ DestinationCidrBlock }: { DestinationCidrBlock?: string | undefined }): string {
  if (DestinationCidrBlock === undefined) throw missing('destinationCidrBlock');
  const block = parseCidr(DestinationCidrBlock);
  if (block === undefined) {
    throw invalidValue('destinationCidrBlock', DestinationCidrBlock, 'This is not a valid CIDR block.');
  }
  return formatCidr(block);
}

/** Internet and NAT gateways are the targets here: the local cloud has no peerings, transit gateways or instances. */
function targetOf(
  { GatewayId, NatGatewayId }: CreateRouteRequest,
  table: StoredRouteTable,
  call: Call,
): Pick<Route, 'GatewayId' | 'NatGatewayId'> {
  const { internetGateways, natGateways } = ec2State(call);
  if (NatGatewayId !== undefined) {
    const { VpcId, State } = natGateways.get(NatGatewayId) ?? {};
    if (State === undefined || State === 'deleted') {
      throw new AwsError(
        'InvalidNatGatewayID.NotFound',
        `The natGateway ID '${NatGatewayId}' does not exist`,
      );
    }
    if (VpcId !== table.VpcId) throw differentNetworks(table, NatGatewayId);
    return { NatGatewayId };
  }
  if (GatewayId === undefined) throw missing('gatewayId');
  const gateway = internetGateways.get(GatewayId);
  if (gateway === undefined) {
    throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${GatewayId}' does not exist`);
  }
  if (!gateway.Attachments.some(({ VpcId }) => VpcId === table.VpcId)) {
    throw differentNetworks(table, GatewayId);
  }
  return { GatewayId };
}

function differentNetworks({ RouteTableId }: StoredRouteTable, gatewayId: string): AwsError {
  return new AwsError(
    'InvalidParameterValue',
    `route table ${RouteTableId} and network gateway ${gatewayId} belong to different networks`,
  );
}
