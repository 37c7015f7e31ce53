import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { dryRun, mustFind } from './errors.ts';
import { newAssociation } from './route-table.ts';
import { ec2State, type StoredRouteTable } from './state.ts';

export const routeTableAssociationOperations: Operations = {
  AssociateRouteTable,
  DisassociateRouteTable,
  ReplaceRouteTableAssociation,
};

/** EC2's order: route table, subnet, the same VPC, has the subnet one already (even this very table). */
function AssociateRouteTable(input: AssociateRouteTableRequest, call: Call): AssociateRouteTableResult {
  const state = ec2State(call);
  const table = mustFind(state.routeTables, 'routeTable', input.RouteTableId ?? '');
  const { SubnetId, VpcId } = mustFind(state.subnets, 'subnet', input.SubnetId ?? '');
  mustShareNetwork(table, { SubnetId, VpcId });
  const associated = [...state.routeTables.values()].some(({ Associations }) =>
    Associations.some((association) => association.SubnetId === SubnetId),
  );
  if (associated) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
    );
  }
  dryRun(input);
  const made = newAssociation(table.RouteTableId, { subnetId: SubnetId });
  table.Associations.push(made);
  return { AssociationId: made.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}

/** The subnet falls back to the main route table; the main association itself can only be replaced. */
function DisassociateRouteTable(input: DisassociateRouteTableRequest, call: Call): object {
  const { table, association } = mustFindAssociation(call, input.AssociationId ?? '');
  if (association.Main === true) {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot disassociate the main route table association ${association.RouteTableAssociationId}`,
    );
  }
  dryRun(input);
  remove(table, association);
  return {};
}

/** Moves a subnet, or the role of the main route table, to another table under a new association id. */
function ReplaceRouteTableAssociation(
  input: ReplaceRouteTableAssociationRequest,
  call: Call,
): ReplaceRouteTableAssociationResult {
  const state = ec2State(call);
  const { table: from, association } = mustFindAssociation(call, input.AssociationId ?? '');
  const to = mustFind(state.routeTables, 'routeTable', input.RouteTableId ?? '');
  mustShareNetwork(to, { SubnetId: association.SubnetId ?? '', VpcId: from.VpcId });
  dryRun(input);
  const made = newAssociation(
    to.RouteTableId,
    association.SubnetId === undefined ? {} : { subnetId: association.SubnetId },
  );
  remove(from, association);
  to.Associations.push(made);
  return { NewAssociationId: made.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}

function mustShareNetwork(table: StoredRouteTable, subnet: { SubnetId: string; VpcId: string }): void {
  if (table.VpcId === subnet.VpcId) return;
  throw new AwsError(
    'InvalidParameterValue',
    `Route table ${table.RouteTableId} and subnet ${subnet.SubnetId} belong to different networks`,
  );
}

function mustFindAssociation(call: Call, id: string) {
  const associations = new Map(
    [...ec2State(call).routeTables.values()].flatMap((table) =>
      table.Associations.map((association) => [
        association.RouteTableAssociationId ?? '',
        { table, association },
      ]),
    ),
  );
  return mustFind(associations, 'association', id);
}

function remove(table: StoredRouteTable, association: RouteTableAssociation): void {
  table.Associations = table.Associations.filter((other) => other !== association);
}
