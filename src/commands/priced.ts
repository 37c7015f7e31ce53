import type { Cloud } from '../aws/cloud.ts';
import type { Config } from '../config/schema.ts';
import { identify, namesOf } from '../config/names.ts';
import type { StackIdentity } from '../config/names.ts';
import type { Estimate } from '../cost/estimate.ts';
import type { PricedResource } from '../cost/line.ts';
import type { Plan } from '../engine/plan.ts';
import type { AnyNode } from '../engine/resource.ts';
import { placeholders } from '../engine/unknown.ts';

/** What a config asks for in a region, as far as it has a price; nothing is looked up. */
export async function resourcesOf(
  config: Config,
  { app, environment }: StackIdentity,
  region: string,
): Promise<PricedResource[]> {
  const { buildStack, usualZones } = await import('../stack/build.ts');
  const identity = identify(app, environment, region);
  const nodes = buildStack({
    config,
    identity,
    names: namesOf(identity),
    zones: usualZones(region, config.network.zones),
    cloud: { account: '000000000000', partition: 'aws', region },
    image: { reference: '' },
  });
  return nodes.map(wanted);
}

/** The monthly cost of what stands now, and of what the plan leads to; undefined where the table has no such region. */
export async function costOfPlan(
  plan: Plan<Cloud>,
  region: string,
): Promise<{ before: Estimate; after: Estimate } | undefined> {
  const [{ estimate }, { usualClients }] = await Promise.all([
    import('../cost/estimate.ts'),
    import('../cost/traffic.ts'),
  ]);
  const before = estimate(standing(plan), region, usualClients);
  const after = estimate([...plan.graph.nodes.values()].map(wanted), region, usualClients);
  return before && after && { before, after };
}

function wanted(node: AnyNode<Cloud>): PricedResource {
  const needs = Object.fromEntries(Object.keys(node.needs).map((edge) => [edge, placeholders()]));
  return { id: node.id, type: node.kind.type, settings: node.props(needs) as PricedResource['settings'] };
}

function standing({ nodes, orphans }: Plan<Cloud>): PricedResource[] {
  const kept = [...nodes.values()].flatMap(({ node, current, superseded }) =>
    [...(current ? [current] : []), ...superseded].map(({ id, attrs }) => ({ id, attrs, kind: node.kind })),
  );
  const going = orphans.map(({ kind, found: { id, attrs } }) => ({ id, attrs, kind }));
  return [...kept, ...going].map(({ id, attrs, kind }) => ({
    id,
    type: kind.type,
    settings: attrs as PricedResource['settings'],
  }));
}
