import type { Cloud } from '../aws/cloud.ts';
import type { AnyNode } from '../engine/resource.ts';
import { accessLogsOf } from './access-logs.ts';
import { accessOf } from './access.ts';
import { alarmsOf } from './alarms.ts';
import { dashboardsOf } from './dashboard.ts';
import { dataOf, redisAccessOf } from './data.ts';
import { edgeOf } from './edge.ts';
import { endpointsOf } from './endpoints.ts';
import type { StackInput } from './input.ts';
import { networkOf } from './network.ts';
import { observabilityOf } from './observability.ts';
import { registryOf } from './registry.ts';
import { scalingOf } from './scaling.ts';
import { serviceOf } from './service.ts';

export type { ImageSource } from './input.ts';
export { checkExistingNetwork } from './check-existing-network.ts';
export { hostedZoneOf } from './hosted-zone.ts';
export { usualZones, zonesOf } from './zones.ts';

/** Every resource that a config asks for, with what it needs. Pure: nothing is looked up. */
export function buildStack(input: StackInput): AnyNode<Cloud>[] {
  const network = networkOf(input);
  const accessLogs = accessLogsOf(input);
  const edge = edgeOf(input, network, accessLogs);
  const data = dataOf(input, network, edge);
  const access = accessOf(input);
  const registry = registryOf(input);
  const observability = observabilityOf(input);
  const endpoints = endpointsOf(input, network, edge);
  const parts = { network, edge, data, access, registry, observability, endpoints };
  const service = serviceOf(input, parts);

  const { built, images } = registry;
  return [
    ...network.nodes,
    ...endpoints,
    ...accessLogs.nodes,
    ...edge.nodes,
    ...data.nodes,
    images,
    ...(built === undefined ? [] : [built]),
    ...Object.values(access).filter((node) => node !== undefined),
    ...Object.values(observability),
    ...Object.values(service),
    ...scalingOf(input, service.tasks),
    ...redisAccessOf(input, data, service.tasks),
    ...alarmsOf(input, edge, data, service),
    ...dashboardsOf(input, edge, data, observability),
  ];
}
