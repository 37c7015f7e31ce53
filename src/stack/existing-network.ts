import type { Cloud } from '../aws/cloud.ts';
import type { Config } from '../config/schema.ts';
import { resource, type ResourceKind } from '../engine/resource.ts';
import type { Network } from './network.ts';

/** The network of `network.vpc` and `network.subnets`, of which chatops changes nothing; undefined where they are not set. Pure. */
export function existingNetworkOf({ vpc, subnets, tasks }: Config['network']): Network | undefined {
  if (vpc === undefined || subnets === undefined) return undefined;
  const ids = [...new Set([...subnets.public, ...(subnets.private ?? []), ...(subnets.isolated ?? [])])];
  const found = [
    { id: vpc, ref: vpc, attrs: { vpcId: vpc, subnetId: '' } },
    ...ids.map((subnetId) => ({ id: subnetId, ref: subnetId, attrs: { vpcId: vpc, subnetId } })),
  ];
  const kind = given(found);
  const nodes = new Map(
    found.map(({ id }) => [id, resource({ id, kind, needs: {}, props: () => ({}) })] as const),
  );
  const nodesOf = (wanted: string[]) => wanted.map((id) => nodes.get(id)!);
  const publicSubnets = nodesOf(subnets.public);
  const privateSubnets = nodesOf(subnets.private ?? []);
  const theVpc = nodes.get(vpc)!;
  return {
    vpc: theVpc,
    publicSubnets,
    publicWays: [],
    isolatedSubnets: nodesOf(subnets.isolated ?? subnets.private ?? subnets.public),
    isolatedRoutes: theVpc,
    privateSubnets,
    privateRoutes: [],
    taskSubnets: tasks === 'private' ? privateSubnets : publicSubnets,
    taskRoutes: [],
    nodes: [...nodes.values()],
  };
}

/** The VPC and the subnets as the graph's other nodes see them. */
function given(
  found: { id: string; ref: string; attrs: { vpcId: string; subnetId: string } }[],
): ResourceKind<Cloud, object, { vpcId: string; subnetId: string }> {
  const never = () => Promise.reject(new Error('an existing network is never changed'));
  return {
    type: 'chatops::ExistingNetwork',
    given: true,
    find: () => Promise.resolve(found),
    diff: () => [],
    create: never,
    update: never,
    delete: never,
  };
}
