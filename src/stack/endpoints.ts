import { resource } from '../engine/resource.ts';
import { securityGroup } from '../resources/ec2/security-group.ts';
import { vpcEndpoint } from '../resources/ec2/vpc-endpoint.ts';
import type { Edge } from './edge.ts';
import type { StackInput } from './input.ts';
import type { Network } from './network.ts';
import { readableSecrets } from './secrets.ts';
import { attrsOf, edgesTo, subnetIdsOf } from './subnets.ts';

/** What tasks need of AWS: images (whose layers are in S3), logs, parameters, and the drain watch. */
const always = ['ecr.api', 'ecr.dkr', 'logs', 'ssm', 'elasticloadbalancing'];

/** In place of NAT: an interface endpoint per service of AWS that the tasks need, open to the tasks alone, and a gateway endpoint for S3. */
export function endpointsOf(
  { config, cloud, identity, names }: StackInput,
  { vpc, privateSubnets, privateRoutes }: Network,
  { tasksGroup }: Edge,
) {
  if (!config.network.endpoints) return [];
  const nameOf = (service: string) => `com.amazonaws.${cloud.region}.${service}`;
  const group = resource({
    id: 'security-group-endpoints',
    kind: securityGroup,
    needs: { vpc, tasksGroup },
    props: (needs) => ({
      name: names.securityGroup('endpoints'),
      description: `${identity.stack}: VPC endpoints, open to the tasks`,
      vpcId: needs.vpc.vpcId,
      ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, peer: needs.tasksGroup.groupId }],
      egress: [],
    }),
  });
  const services = [
    ...always,
    ...(config.service.exec ? ['ssmmessages'] : []),
    ...(readableSecrets(config.service, cloud).secrets.length > 0 ? ['secretsmanager'] : []),
  ];
  const interfaces = services.map((service) =>
    resource({
      id: `vpc-endpoint-${service.replace('.', '-')}`,
      kind: vpcEndpoint,
      needs: { vpc, group, ...edgesTo(privateSubnets) },
      seconds: 60,
      props: (needs) => ({
        vpcId: needs.vpc.vpcId,
        serviceName: nameOf(service),
        type: 'Interface' as const,
        subnetIds: subnetIdsOf(privateSubnets, needs),
        securityGroupIds: [needs.group.groupId],
        routeTableIds: [],
      }),
    }),
  );
  const s3 = resource({
    id: 'vpc-endpoint-s3',
    kind: vpcEndpoint,
    needs: { vpc, ...edgesTo(privateRoutes) },
    props: (needs) => ({
      vpcId: needs.vpc.vpcId,
      serviceName: nameOf('s3'),
      type: 'Gateway' as const,
      subnetIds: [],
      securityGroupIds: [],
      routeTableIds: attrsOf(privateRoutes, needs).map(({ routeTableId }) => routeTableId),
    }),
  });
  return [group, ...interfaces, s3];
}

export type Endpoints = ReturnType<typeof endpointsOf>;
