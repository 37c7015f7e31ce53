import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { mustFind } from './errors.ts';
import { ec2State } from './state.ts';

/** Where an endpoint is: network interfaces in subnets, or routes in route tables. */
export interface EndpointPlaces {
  subnetIds: string[];
  groupIds: string[];
  routeTableIds: string[];
}

/** The services of AWS that have endpoints, as far as the local cloud knows them. */
const services: Record<string, readonly string[]> = {
  Interface: [
    'ecr.api',
    'ecr.dkr',
    'ecs',
    'ecs-agent',
    'ecs-telemetry',
    'ec2messages',
    'elasticloadbalancing',
    'kms',
    'logs',
    'monitoring',
    's3',
    'secretsmanager',
    'ssm',
    'ssmmessages',
    'sts',
  ],
  Gateway: ['s3', 'dynamodb'],
};

/** Throws InvalidServiceName, InvalidParameter where the service has no endpoint of this type. */
export function checkServiceName(call: Call, name: string, type: string): void {
  const prefix = `com.amazonaws.${call.region}.`;
  const service = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  if (services[type]?.includes(service)) return;
  if (Object.values(services).some((names) => names.includes(service))) {
    throw new AwsError(
      'InvalidParameter',
      `Endpoint type (${type}) does not match available service types for ${name}.`,
    );
  }
  throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}

/** Subnets (one per zone), groups (the VPC's default where there are none) and route tables, all of one VPC. Throws the not-found errors of each, InvalidParameter, DuplicateSubnetsInSameZone. */
export function checkPlaces(call: Call, vpcId: string, type: string, places: EndpointPlaces): EndpointPlaces {
  const state = ec2State(call);
  const wrong = type === 'Gateway' ? [...places.subnetIds, ...places.groupIds] : places.routeTableIds;
  if (wrong.length > 0) {
    const what = type === 'Gateway' ? 'Subnet IDs and security groups are' : 'Route table IDs are';
    throw new AwsError('InvalidParameter', `${what} not supported for ${type} endpoints.`);
  }
  const subnets = places.subnetIds.map((id) => mustFind(state.subnets, 'subnet', id));
  const groups = places.groupIds.map((id) => mustFind(state.securityGroups, 'securityGroup', id));
  const tables = places.routeTableIds.map((id) => mustFind(state.routeTables, 'routeTable', id));
  const other = [...subnets, ...groups, ...tables].some(({ VpcId }) => VpcId !== vpcId);
  if (other) {
    throw new AwsError('InvalidParameter', `A resource does not belong to the network ${vpcId}`);
  }
  if (new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < subnets.length) {
    throw new AwsError(
      'DuplicateSubnetsInSameZone',
      `Found another VPC endpoint subnet in the availability zone of ${places.subnetIds.join(', ')}`,
    );
  }
  if (type === 'Gateway' || groups.length > 0) return places;
  const defaults = [...state.securityGroups.values()].filter(
    ({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default',
  );
  return { ...places, groupIds: defaults.map(({ GroupId }) => GroupId) };
}

/** Private DNS needs the VPC's name server, and no other endpoint that answers to the same name. Throws InvalidParameter. */
export function checkPrivateDns(call: Call, vpcId: string, serviceName: string): void {
  const { vpcs, vpcEndpoints } = ec2State(call);
  const { enableDnsSupport, enableDnsHostnames } = mustFind(vpcs, 'vpc', vpcId);
  if (!enableDnsSupport || !enableDnsHostnames) {
    throw new AwsError(
      'InvalidParameter',
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
    );
  }
  const taken = [...vpcEndpoints.values()].some(
    (endpoint) =>
      endpoint.VpcId === vpcId && endpoint.ServiceName === serviceName && endpoint.PrivateDnsEnabled === true,
  );
  if (!taken) return;
  const domain = `${serviceName.split('.').slice(3).toReversed().join('.')}.${call.region}.amazonaws.com`;
  throw new AwsError(
    'InvalidParameter',
    `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${domain} in the VPC ${vpcId}`,
  );
}
