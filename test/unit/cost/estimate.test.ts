import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { identify } from '../../../src/config/names.ts';
import { resourcesOf } from '../../../src/commands/priced.ts';
import { estimate } from '../../../src/cost/estimate.ts';
import { lcusOf } from '../../../src/cost/lcu.ts';
import { nodePrice } from '../../../src/cost/node-prices.ts';
import { regions } from '../../../src/cost/regions.ts';
import { costChange, costNotes, costRows } from '../../../src/cost/text.ts';
import { trafficOf } from '../../../src/cost/traffic.ts';

const identity = identify('chat', 'default', 'local');

async function costOf(settings: object = {}, region = 'us-east-1', clients = 1000) {
  const result = estimate(await resourcesOf(configSchema.parse(settings), identity, region), region, clients);
  if (result === undefined) throw new Error(`no prices for ${region}`);
  const monthly = (id: string, what: RegExp) =>
    result.lines.find((line) => line.id === id && what.test(line.what))?.monthly;
  return { ...result, monthlyOf: monthly };
}

describe('what a stack costs in a month', () => {
  it('adds up by hand for the defaults in us-east-1', async () => {
    const { monthlyOf, monthly, unknown } = await costOf();
    expect(monthlyOf('service', /^2 tasks × 0.25 vCPU, arm64/)).toBeCloseTo(0.5 * 730 * 0.03238, 6);
    expect(monthlyOf('service', /^2 tasks × 0.5 GB/)).toBeCloseTo(1 * 730 * 0.00356, 6);
    expect(monthlyOf('service', /^2 public IPv4, one per task/)).toBeCloseTo(7.3, 6);
    expect(monthlyOf('load-balancer', /^hours/)).toBeCloseTo(16.425, 6);
    expect(monthlyOf('load-balancer', /^2 public IPv4, one per zone/)).toBeCloseTo(7.3, 6);
    expect(monthlyOf('replication-group', /^1 × cache.t4g.micro, valkey/)).toBeCloseTo(730 * 0.0128, 6);
    expect(monthlyOf('log-group', /taken in/)).toBeCloseTo(1, 6);
    expect(unknown).toEqual([]);
    // 24.3 for computing and addresses, 79 for the load balancer with its LCUs and traffic, 9.3 cache, 1.2 the rest.
    expect(monthly).toBeGreaterThan(80);
    expect(monthly).toBeLessThan(130);
  });

  it('without clients, traffic costs nothing and the fixed part is left', async () => {
    const { lines } = await costOf({}, 'us-east-1', 0);
    expect(lines.filter(({ what }) => /LCUs|internet/.test(what)).map(({ monthly }) => monthly)).toEqual([
      0, 0,
    ]);
  });

  it('grows with what the config asks for', async () => {
    const base = await costOf();
    const three = await costOf({ network: { zones: 3 } });
    expect(three.monthly - base.monthly).toBeCloseTo(3.65, 6);
    const four = await costOf({ service: { count: 4 } });
    expect(four.monthlyOf('service', /vCPU/)).toBeCloseTo(2 * base.monthlyOf('service', /vCPU/)!, 6);
    const x86 = await costOf({ service: { architecture: 'x86_64' } });
    expect(x86.monthlyOf('service', /vCPU, x86_64/)).toBeCloseTo(0.5 * 730 * 0.04048, 6);
    const redis = await costOf({ redis: { engine: 'redis' } });
    expect(redis.monthlyOf('replication-group', /redis/)).toBeCloseTo(730 * 0.016, 6);
  });

  it('is a range where the service scales: the lines for the fewest tasks, the total up to the most', async () => {
    const [two, six] = [await costOf({ service: { count: 2 } }), await costOf({ service: { count: 6 } })];
    const schedule = [{ rate: '1 day', max: 6 }];
    const scaled = await costOf({ service: { autoscaling: { min: 2, max: 4, cpu: 60, schedule } } });
    expect(scaled.lines).toEqual(two.lines);
    expect([scaled.monthly, scaled.monthlyMost]).toEqual([two.monthly, six.monthly]);
    expect(costRows(scaled).at(-1)![0]).toMatch(/^\$\d+\.\d\d–\$\d+\.\d\d$/);
    expect(scaled.assumptions).toContain(
      'the service scales: the lines are for 2 tasks, the total ends with 6',
    );
    expect(costChange(two, scaled)).toMatch(/^cost: \$\d+\.\d\d–\$\d+\.\d\d a month/);
    expect(two.monthlyMost).toBe(two.monthly);
  });

  it('is dearer where the region is, except for public addresses', async () => {
    const [here, paris] = [await costOf(), await costOf({}, 'eu-west-3')];
    expect(paris.monthlyOf('service', /vCPU/)! / here.monthlyOf('service', /vCPU/)!).toBeCloseTo(1.2, 6);
    expect(paris.monthlyOf('service', /IPv4/)).toBe(here.monthlyOf('service', /IPv4/));
    expect(paris.assumptions).toContain(
      'eu-west-3: prices of us-east-1 times 1.2 (Fargate), 1 (to the internet) and 1.18 (the rest, to about 10 %)',
    );
  });

  it('says when it does not know a price', async () => {
    const result = await costOf({ redis: { nodeType: 'cache.x9z.large' } });
    expect(result.unknown).toEqual(['replication-group']);
    expect(costRows(result).map((row) => row.join(' ').trim())).toContainEqual(
      expect.stringMatching(/^unknown replication-group 1 × cache.x9z.large, valkey/),
    );
    expect(costRows(result).at(-1)![0]).toMatch(/^\$[\d.]+ and more$/);
    expect(costChange(result, result)).toContain('and replication-group, whose price is not known');
  });

  it('has no estimate for a region that is not in the table', () => {
    expect(estimate([], 'mars-north-1', 1)).toBeUndefined();
  });

  it('names the prices that are not confirmed, and the date of the others', async () => {
    const notes = costNotes(await costOf());
    expect(notes).toContain('prices as of 2026-03 or later');
    expect(notes.join('\n')).toMatch(/last known, not confirmed: the price per LCU-hour/);
  });

  it('a serverless cache costs by what it holds and does', () => {
    const cache = {
      id: 'serverless-cache',
      type: 'AWS::ElastiCache::ServerlessCache',
      settings: { engine: 'valkey' },
    };
    const { lines, assumptions } = estimate([cache], 'us-east-1', 1200)!;
    // 20 messages a second, 5 ECPUs each.
    expect(lines.map(({ monthly }) => Math.round(monthly! * 100) / 100)).toEqual([6.13, 0.6]);
    expect(assumptions).toContain('a message takes 5 ECPUs; the serverless cache holds the least');
  });

  it('replicas cost as much as the primary', async () => {
    const { monthlyOf } = await costOf({ redis: { replicas: 2 } });
    expect(monthlyOf('replication-group', /^3 × cache.t4g.micro/)).toBeCloseTo(3 * 730 * 0.0128, 6);
  });

  it('each shard of a cluster has its nodes', async () => {
    const { monthlyOf } = await costOf({ redis: { cluster: { shards: 3 }, replicas: 1 } });
    expect(monthlyOf('replication-group', /^6 × cache.t4g.micro/)).toBeCloseTo(6 * 730 * 0.0128, 6);
  });

  it('a NAT gateway and interface endpoints cost by the hour, gateway endpoints nothing', () => {
    const result = estimate(
      [
        { id: 'nat', type: 'AWS::EC2::NatGateway', settings: {} },
        { id: 'endpoint-logs', type: 'AWS::EC2::VPCEndpoint', settings: { subnetIds: ['a', 'b'] } },
        { id: 'endpoint-s3', type: 'AWS::EC2::VPCEndpoint', settings: {} },
      ],
      'us-east-1',
      0,
    );
    expect(result!.lines.map(({ id, monthly }) => [id, Math.round(monthly! * 100) / 100])).toEqual([
      ['nat', 32.85],
      ['nat', 3.65],
      ['endpoint-logs', 14.6],
    ]);
  });
});

describe('LCUs', () => {
  it('the largest of the four measures is charged', () => {
    const [most, second] = lcusOf(trafficOf(6000));
    expect(most).toMatchObject({ name: 'bytes' });
    expect(most!.lcus).toBeCloseTo((6000 / 60) * 51 * 250 * 3600 * 1e-9, 6);
    expect(second).toMatchObject({
      name: 'active connections',
      lcus: 2,
      how: '6,000 active connections / 3,000',
    });
  });

  it('connections decide where nobody talks', () => {
    const [most] = lcusOf({ ...trafficOf(6000), gbPerHour: 0 });
    expect(most).toMatchObject({ name: 'active connections', lcus: 2 });
  });
});

it('Valkey costs a fifth less than Redis on the same node', () => {
  expect(nodePrice('redis', 'cache.r7g.large')!.usd).toBe(0.219);
  expect(nodePrice('valkey', 'cache.r7g.large')!.usd).toBeCloseTo(0.1752, 10);
  expect(nodePrice('redis', 'cache.m8g.large')).toBeUndefined();
});

it('every region is at least as dear as us-east-1', () => {
  for (const [region, factors] of Object.entries(regions))
    for (const factor of Object.values(factors) as number[]) {
      expect(factor, region).toBeGreaterThanOrEqual(1);
      expect(factor, region).toBeLessThan(2);
    }
});
