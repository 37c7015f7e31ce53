import type { Operations } from '../../operation.ts';
import { addressOperations } from './address.ts';
import { availabilityZoneOperations } from './availability-zone.ts';
import { internetGatewayOperations } from './internet-gateway.ts';
import { natGatewayOperations } from './nat-gateway.ts';
import { networkAclOperations } from './network-acl.ts';
import { networkInterfaceOperations } from './network-interface.ts';
import { routeTableAssociationOperations } from './route-table-association.ts';
import { routeTableOperations } from './route-table.ts';
import { routeOperations } from './route.ts';
import { securityGroupRuleOperations } from './security-group-rule.ts';
import { securityGroupOperations } from './security-group.ts';
import { subnetOperations } from './subnet.ts';
import { tagOperations } from './tag.ts';
import { vpcEndpointOperations } from './vpc-endpoint.ts';
import { vpcOperations } from './vpc.ts';

export const operations: Operations = {
  ...addressOperations,
  ...availabilityZoneOperations,
  ...internetGatewayOperations,
  ...natGatewayOperations,
  ...networkAclOperations,
  ...networkInterfaceOperations,
  ...routeOperations,
  ...routeTableAssociationOperations,
  ...routeTableOperations,
  ...securityGroupOperations,
  ...securityGroupRuleOperations,
  ...subnetOperations,
  ...tagOperations,
  ...vpcEndpointOperations,
  ...vpcOperations,
};
