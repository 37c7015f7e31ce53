import { createHash } from 'node:crypto';
import type { Call } from '../../operation.ts';
import { createNetworkInterface, deleteNetworkInterface, setSecurityGroups } from './network-interface.ts';
import { ec2State, type StoredVpcEndpoint } from './state.ts';

/** Gives an endpoint one network interface in each of its subnets, in its groups, and one route in each of its route tables; takes others away. */
export function alignEndpoint(call: Call, endpoint: StoredVpcEndpoint): void {
  alignNetworkInterfaces(call, endpoint);
  if (endpoint.VpcEndpointType === 'Gateway') alignRoutes(call, endpoint);
}

function alignNetworkInterfaces(call: Call, endpoint: StoredVpcEndpoint): void {
  const held = endpoint.interfaces;
  for (const subnetId of endpoint.subnetIds) {
    if (held[subnetId] === undefined) held[subnetId] = interfaceIn(call, endpoint, subnetId);
    else setSecurityGroups(call, held[subnetId], endpoint.groupIds);
  }
  for (const [subnetId, id] of Object.entries(held)) {
    if (endpoint.subnetIds.includes(subnetId)) continue;
    deleteNetworkInterface(call, id);
    delete held[subnetId];
  }
}

function interfaceIn(call: Call, { VpcEndpointId, groupIds }: StoredVpcEndpoint, subnetId: string): string {
  const made = createNetworkInterface(call, {
    subnetId,
    securityGroupIds: groupIds,
    description: `VPC Endpoint Interface ${VpcEndpointId}`,
    requester: 'amazon-vpce',
  });
  made.InterfaceType = 'vpc_endpoint';
  return made.NetworkInterfaceId;
}

function alignRoutes(
  call: Call,
  { VpcEndpointId, VpcId, ServiceName, routeTableIds }: StoredVpcEndpoint,
): void {
  for (const table of ec2State(call).routeTables.values()) {
    if (table.VpcId !== VpcId) continue;
    table.Routes = table.Routes.filter(({ GatewayId }) => GatewayId !== VpcEndpointId);
    if (!routeTableIds.includes(table.RouteTableId)) continue;
    table.Routes.push({
      DestinationPrefixListId: prefixListOf(ServiceName),
      GatewayId: VpcEndpointId,
      Origin: 'CreateRoute',
      State: 'active',
    });
  }
}

/** AWS keeps one list of the service's addresses per region. */
function prefixListOf(serviceName: string): string {
  return `pl-${createHash('sha256').update(serviceName).digest('hex').slice(0, 8)}`;
}
