import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode, type Node } from '../engine/resource.ts';
import { subnet } from '../resources/ec2/subnet.ts';
import type { vpc } from '../resources/ec2/vpc.ts';
import { sixteenth } from './cidr.ts';
import type { NodeOf } from './node-of.ts';

/** Which of the sixteen parts of the VPC's range the subnets begin at. */
const firstPart = { public: 0, private: 4, isolated: 8 } as const;

/** One subnet per zone: `subnet-public-a`, `subnet-public-b`. Those that are public give their interfaces public addresses. */
export function subnetsOf(
  of: keyof typeof firstPart,
  theVpc: NodeOf<typeof vpc>,
  cidr: string,
  zones: string[],
) {
  return zones.map((zone, index) =>
    resource({
      id: `subnet-${of}-${zone.slice(-1)}`,
      kind: subnet,
      needs: { vpc: theVpc },
      props: (needs) => ({
        vpcId: needs.vpc.vpcId,
        cidr: cidrOf(of, cidr, index),
        zone,
        mapPublicIp: of === 'public',
      }),
    }),
  );
}

/** The range of the subnet in the `index`-th zone. */
export function cidrOf(of: keyof typeof firstPart, cidr: string, index: number): string {
  return sixteenth(cidr, firstPart[of] + index);
}

/** Edges to a list of nodes, each named like the node that it leads to. */
export function edgesTo(nodes: readonly AnyNode<Cloud>[]): Record<string, AnyNode<Cloud>> {
  return Object.fromEntries(nodes.map((node) => [node.id, node]));
}

/** The attributes of the nodes that a node has {@link edgesTo edges to}. */
export function attrsOf<Attrs>(
  // oxlint-disable-next-line typescript/no-explicit-any -- only the attributes matter
  nodes: readonly Node<Cloud, any, Attrs, any>[],
  needs: object,
): Attrs[] {
  // A spread of edges with computed names loses their types.
  return nodes.map(({ id }) => (needs as Record<string, Attrs>)[id]!);
}

/** A subnet, made or given. */
// oxlint-disable-next-line typescript/no-explicit-any -- whether it is made or given does not matter to those who need it
export type SubnetNode = Node<Cloud, any, { subnetId: string }, any>;

/** The ids of the subnets that a node has {@link edgesTo edges to}. */
export function subnetIdsOf(subnets: readonly SubnetNode[], needs: object): string[] {
  return attrsOf(subnets, needs).map(({ subnetId }) => subnetId);
}
