import { hoursPerMonth } from './traffic.ts';
import { round } from './lcu.ts';
import { lineOf } from './line.ts';
import type { CostLine, PricedResource } from './line.ts';
import { prices } from './prices.ts';
import type { RegionFactors } from './regions.ts';

/** What the tasks of a service pay: vCPU and memory as their task definition says, and their public addresses. */
export function taskLines(
  { id, settings }: PricedResource,
  { all, factors }: { all: readonly PricedResource[]; factors: RegionFactors },
): CostLine[] {
  const definition = all.find(({ type }) => type === 'AWS::ECS::TaskDefinition')?.settings ?? {};
  const count = Number(settings['desiredCount'] ?? 0);
  const [vcpu, gb] = [Number(definition['cpu'] ?? 0) / 1024, Number(definition['memory'] ?? 0) / 1024];
  const architecture = /arm/i.test(String(definition['architecture'])) ? 'arm64' : 'x86_64';
  const spot = settings['spot'] === true;
  const rate = (spot ? prices.fargateSpot : prices.fargate)[architecture];
  const kind = `${architecture}${spot ? ' Spot' : ''}`;
  const tasks = `${count} ${count === 1 ? 'task' : 'tasks'}`;
  return [
    lineOf(
      id,
      `${tasks} × ${round(vcpu)} vCPU, ${kind}`,
      count * vcpu * hoursPerMonth,
      rate.vcpu,
      factors.fargate,
    ),
    lineOf(id, `${tasks} × ${round(gb)} GB, ${kind}`, count * gb * hoursPerMonth, rate.gb, factors.fargate),
    ...(settings['assignPublicIp'] === true
      ? [lineOf(id, `${count} public IPv4, one per task`, count * hoursPerMonth, prices.publicIpv4)]
      : []),
  ];
}
