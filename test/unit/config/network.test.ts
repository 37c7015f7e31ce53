import { expect, it } from 'vitest';
import { describeIssues } from '../../../src/config/issues.ts';
import { configSchema } from '../../../src/config/schema.ts';

function problemsOf(network: object): string[] {
  const { error } = configSchema.safeParse({ network });
  return error === undefined ? [] : describeIssues(error, { network }, (path) => path);
}

it('gives private tasks one NAT gateway, where nothing else is said', () => {
  const natOf = (network: object) => configSchema.parse({ network }).network.nat;
  expect(natOf({})).toBe('none');
  expect(natOf({ tasks: 'private' })).toBe('one');
  expect(natOf({ tasks: 'private', nat: 'per-zone' })).toBe('per-zone');
  expect(natOf({ tasks: 'private', endpoints: true })).toBe('none');
});

it.each([
  [{ nat: 'one' }, 'network.nat: has a meaning only where network.tasks is "private", is "one"'],
  [{ endpoints: true }, 'network.endpoints: has a meaning only where network.tasks is "private", is true'],
  [
    { tasks: 'private', nat: 'one', endpoints: true },
    'network.endpoints: takes the place of network.nat: choose one of them, is true',
  ],
  [
    { tasks: 'private', nat: 'none' },
    'network.nat: must be "one" or "per-zone" where tasks are private, unless network.endpoints is true, is "none"',
  ],
])('refuses %j', (network, problem) => {
  expect(problemsOf(network)).toEqual([problem]);
});

const vpc = 'vpc-0123456789abcdef0';
const pair = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];

it('takes an existing network, with its own ways out', () => {
  const parsed = configSchema.parse({
    network: { vpc, tasks: 'private', subnets: { public: pair, private: pair } },
  });
  expect(parsed.network).toMatchObject({ vpc, nat: 'none', endpoints: false });
});

it.each([
  [{ vpc: 'main' }, /^network.vpc: must be the id of a VPC/],
  [{ vpc }, /^network.subnets: must be set where network.vpc is, and only there/],
  [{ subnets: { public: pair } }, /^network.subnets: must be set where network.vpc is, and only there/],
  [{ vpc, subnets: { public: pair.slice(1) } }, /^network.subnets.public: must be at least 2 entries/],
  [{ vpc, subnets: { public: ['a', 'b'] } }, /^network.subnets.public.0: must be the id of a subnet/],
  [
    { vpc, tasks: 'private', subnets: { public: pair } },
    /^network.subnets.private: must be set where network.tasks is "private"/,
  ],
  [
    { vpc, tasks: 'private', nat: 'one', subnets: { public: pair, private: pair } },
    /^network.vpc: brings its own ways out/,
  ],
  [{ vpc, zones: 3, subnets: { public: pair } }, /^network.zones: belongs to a VPC of the stack’s own/],
  [
    { vpc, cidr: '10.1.0.0/16', subnets: { public: pair } },
    /^network.cidr: belongs to a VPC of the stack’s own/,
  ],
])('refuses the existing network %j', (network, problem) => {
  expect(problemsOf(network)[0]).toMatch(problem);
});

it.each([
  ['123456789012.dkr.ecr.eu-west-3.amazonaws.com/chat:1', true],
  ['123456789012.dkr-ecr.eu-west-3.on.aws/chat:1', true],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com/chat:1', false],
  ['public.ecr.aws/nginx/nginx:1', false],
  ['ghcr.io/team/chat:1', false],
  ['nginx', false],
])('with endpoints alone, the image %s can be pulled: %s', (image, reachable) => {
  const network = { tasks: 'private', endpoints: true };
  const { success } = configSchema.safeParse({ region: 'eu-west-3', network, service: { image } });
  expect(success).toBe(reachable);
  const anywhere = { region: 'eu-west-3', network: { tasks: 'private' }, service: { image } };
  expect(configSchema.safeParse(anywhere).success).toBe(true);
});
