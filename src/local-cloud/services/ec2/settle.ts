import type { Ec2State } from './state.ts';

/** How long EC2 goes on describing a NAT gateway that is deleted or has failed, in milliseconds. */
const remembered = 3_600_000;

/** Brings NAT gateways and endpoints to where they are by `now`: transitions are timestamps that are compared when somebody looks. */
export function settle(state: Ec2State, now: number): void {
  settleNatGateways(state, now);
  settleVpcEndpoints(state, now);
}

/** A NAT gateway that is gone gives its network interface back; its address stays allocated, and routes to it stay. */
function settleNatGateways(state: Ec2State, now: number): void {
  for (const [id, gateway] of state.natGateways) {
    if (gateway.State === 'pending' && now >= gateway.availableAt) {
      gateway.State = gateway.FailureCode === undefined ? 'available' : 'failed';
    }
    if (gateway.State === 'deleting' && now >= gateway.deletedAt!) {
      gateway.State = 'deleted';
      for (const { NetworkInterfaceId, AllocationId } of gateway.NatGatewayAddresses) {
        state.networkInterfaces.delete(NetworkInterfaceId ?? '');
        const address = state.addresses.get(AllocationId ?? '');
        delete address?.AssociationId;
        delete address?.NetworkInterfaceId;
        delete address?.PrivateIpAddress;
      }
    }
    const over = gateway.State === 'failed' ? gateway.availableAt : gateway.deletedAt;
    if (over !== undefined && now >= over + remembered) state.natGateways.delete(id);
  }
}

function settleVpcEndpoints(state: Ec2State, now: number): void {
  for (const [id, endpoint] of state.vpcEndpoints) {
    if (endpoint.State === 'pending' && now >= endpoint.availableAt) endpoint.State = 'available';
    if (endpoint.State !== 'deleting' || now < endpoint.deletedAt!) continue;
    for (const interfaceId of Object.values(endpoint.interfaces)) state.networkInterfaces.delete(interfaceId);
    state.vpcEndpoints.delete(id);
  }
}
