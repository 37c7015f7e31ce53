import type { Cloud } from '../aws/cloud.ts';
import type { NodePlan, Plan } from '../engine/plan.ts';
import type { ResourceKind } from '../engine/resource.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { replicationGroup } from '../resources/elasticache/replication-group.ts';
import { cacheSubnetGroup } from '../resources/elasticache/subnet-group.ts';

/**
 * Why Redis cannot leave a zone now: a node of it is there, and ElastiCache takes no subnet away that has one
 * (`SubnetInUse`), which would end a run half-way. Pure.
 */
export function zoneRefusals({ nodes }: Pick<Plan<Cloud>, 'nodes'>): ChatopsError[] {
  const group = plannedOf(nodes, replicationGroup);
  const subnets = plannedOf(nodes, cacheSubnetGroup);
  const change = subnets?.plan.changes.find(({ path }) => path === 'subnetIds');
  if (group === undefined || subnets === undefined || change === undefined) return [];
  const wanted = change.to as string[];
  const zonesOf = (isWanted: boolean) =>
    subnets.attrs.subnetIds
      .filter((id) => wanted.includes(id) === isWanted)
      .map((id) => subnets.attrs.zones[id]!);
  const kept = zonesOf(true);
  const going = zonesOf(false).filter((zone) => !kept.includes(zone));
  const { zones, replicationGroupId } = group.attrs;
  return going.flatMap((zone) => {
    const there = Object.keys(zones).filter((node) => zones[node] === zone);
    return there.length === 0 ? [] : [refusal(replicationGroupId, zone, there)];
  });
}

function plannedOf<Props, Attrs>(
  nodes: ReadonlyMap<string, NodePlan<Cloud>>,
  { type }: ResourceKind<Cloud, Props, Attrs>,
): { plan: NodePlan<Cloud>; attrs: Attrs } | undefined {
  const plan = [...nodes.values()].find(({ node }) => node.kind.type === type);
  return plan?.current && { plan, attrs: plan.current.attrs as Attrs };
}

function refusal(group: string, zone: string, nodes: string[]): ChatopsError {
  const are = nodes.length === 1 ? 'is' : 'are';
  return new ChatopsError(`${nodes.join(', ')} of Redis ${are} in ${zone}, which the stack would leave`, {
    code: 'plan.zone-in-use',
    exit: ExitCode.failed,
    hint: `keep the zone ("network.zones"); or lower "redis.replicas" first, run \`chatops up\`, and then leave the zone; where the primary is there, have it fail over before (\`aws elasticache test-failover --replication-group-id ${group}\`)`,
    fields: { id: 'replication-group', zone, nodes },
  });
}
