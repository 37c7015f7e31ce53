import { randomUUID } from 'node:crypto';
import type { LocalCloud } from './cloud.ts';
import { AwsError } from './operation.ts';
import { services } from './services/index.ts';
import type { ServiceDefinition } from './services/index.ts';
import { operationShape, requiredMembers } from './wire/schema.ts';

/** How many resources there are, by `<service>@<region>` and by the listing call that shows them (`DescribeVpcs`). */
export type ResourceCount = Record<string, Record<string, number>>;

/** Counts what every listing call of every service would show, less what an account has from the start (default parameter groups, zones). */
export async function countResources(cloud: LocalCloud): Promise<ResourceCount> {
  const untouched: LocalCloud = { ...cloud, states: new Map() };
  const counts: ResourceCount = {};
  for (const service of services) {
    for (const region of service.global ? ['local'] : regionsOf(cloud)) {
      const listed = await countListed(service, region, cloud);
      const fromTheStart = await countListed(service, region, untouched);
      const made = Object.entries(listed)
        .map(([name, count]) => [name, count - (fromTheStart[name] ?? 0)] as const)
        .filter(([, count]) => count > 0);
      if (made.length > 0) counts[`${service.signingName}@${region}`] = Object.fromEntries(made);
    }
  }
  return counts;
}

/** The values of the tag `chatops:stack` on anything that is not deleted. */
export function stacksIn(cloud: LocalCloud): string[] {
  const stacks = new Set<string>();
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value) || isGone(value)) return;
    seen.add(value);
    const stack = stackTag(value);
    if (stack !== undefined) stacks.add(stack);
    const below = value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
    for (const item of below) walk(item);
  };
  for (const state of cloud.states.values()) walk(state);
  return [...stacks].sort();
}

function regionsOf(cloud: LocalCloud): string[] {
  const used = [...cloud.states.keys()].filter((key) => key.includes('@')).map((key) => key.split('@')[1]!);
  return [...new Set(['local', ...used])];
}

async function countListed(
  service: ServiceDefinition,
  region: string,
  cloud: LocalCloud,
): Promise<Record<string, number>> {
  const schemas = await service.schemas();
  const counts: Record<string, number> = {};
  for (const [name, operation] of Object.entries(await service.operations())) {
    const shape = operationShape(schemas, name);
    if (!/^(Describe|List)/.test(name) || notResources.test(name) || shape === undefined) continue;
    const required = shape.input.isStructSchema() ? requiredMembers(shape.input) : [];
    if (required.some((member) => !(member in given))) continue;
    const call = {
      cloud,
      region,
      account: cloud.account,
      requestId: randomUUID(),
      now: new Date(cloud.clock.now()),
    };
    try {
      counts[name] = longestList(await operation(given, call));
    } catch (error) {
      // A listing that wants to know of what (services of which cluster) lists parts of something counted elsewhere.
      if (!(error instanceof AwsError)) throw error;
    }
  }
  return counts;
}

/** What some listings want to be told, and there is only one of here; and which certificates, for else only RSA is listed. */
const given = {
  ServiceNamespace: 'ecs',
  Includes: { keyTypes: ['EC_prime256v1', 'EC_secp384r1', 'RSA_2048', 'RSA_4096'] },
};

/** Listings of what outlives a resource, or belongs to one. */
const notResources = /(Events|Tags|Families|Metrics|Activities)$/;

function longestList(output: object): number {
  const lists = Object.entries(output).filter(([name, value]) => name !== 'failures' && Array.isArray(value));
  const lengths = lists.map(([, items]) => (items as unknown[]).filter((item) => !isGone(item)).length);
  return Math.max(0, ...lengths);
}

/** ECS, EC2 and ElastiCache go on describing some things for a while after their deletion. */
function isGone(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { status, Status, state, State } = value as Record<string, unknown>;
  return [status, Status, state, State].some(
    (word) => typeof word === 'string' && ['INACTIVE', 'DELETED'].includes(word.toUpperCase()),
  );
}

function stackTag(value: object): string | undefined {
  if (value instanceof Map) return textOf(value.get('chatops:stack'));
  const object = value as Record<string, unknown>;
  for (const [key, text] of [
    ['Key', 'Value'],
    ['key', 'value'],
  ] as const) {
    if (object[key] === 'chatops:stack') return textOf(object[text]);
  }
  return textOf(object['chatops:stack']);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
