import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { kinds } from '../../../src/resources/index.ts';
import { pictureOf } from './picture.ts';
import { startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, inWords, planOf, stackOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
let start: Awaited<ReturnType<typeof pictureOf>>;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
  await up({});
  start = await pictureOf(cloud);
});
afterAll(() => rig.close());

const image = { build: await smallImage('private') };

const planned = (network: object) =>
  planOf({ cloud, image }, { network }, (one) =>
    one.action === 'update' ? inWords.paths(one) : inWords.action(one),
  );

/** Brings the stack there, and shows it. */
async function up(network: object, service: object = {}) {
  await bringTo({ cloud, image }, { network, service });
  return pictureOf(cloud);
}

it('tasks move to private subnets behind one NAT gateway', async () => {
  const one = { tasks: 'private' };
  expect((await planned(one)).todo).toEqual([
    'create elastic-ip-a',
    'create nat-gateway-a',
    'create route-table-private-a',
    'create route-table-private-b',
    'create subnet-private-a',
    'create subnet-private-b',
    'service: assignPublicIp, subnetIds',
  ]);
  const picture = await up(one);
  expect(picture.subnets).toMatchObject({
    'subnet-private-a': ['vpc', '10.0.64.0/20', 'locala', false],
    'subnet-private-b': ['vpc', '10.0.80.0/20', 'localb', false],
  });
  expect(picture.elasticIps).toEqual({ 'elastic-ip-a': 'in use' });
  expect(picture.natGateways).toEqual({
    'nat-gateway-a': ['available', 'subnet-public-a', 'elastic-ip-a'],
  });
  const routes = ['0.0.0.0/0 → nat-gateway-a', '10.0.0.0/16 → local'];
  expect(picture.routeTables).toMatchObject({
    'route-table-private-a': { routes, subnets: ['subnet-private-a'] },
    'route-table-private-b': { routes, subnets: ['subnet-private-b'] },
  });
  expect(picture.services[0]?.network).toEqual({
    subnets: ['subnet-private-a', 'subnet-private-b'],
    securityGroups: ['security-group-tasks'],
    assignPublicIp: 'DISABLED',
  });
  expect(picture.services[0]?.counts).toEqual([2, 2]);
});

it('one NAT gateway becomes one per zone, and the other way round, by routes alone', async () => {
  const each = { tasks: 'private', nat: 'per-zone' };
  expect((await planned(each)).todo).toEqual([
    'create elastic-ip-b',
    'create nat-gateway-b',
    'route-table-private-b: routes',
  ]);
  const picture = await up(each);
  expect(picture.natGateways).toMatchObject({
    'nat-gateway-b': ['available', 'subnet-public-b', 'elastic-ip-b'],
  });
  expect(picture.routeTables).toMatchObject({
    'route-table-private-a': { routes: ['0.0.0.0/0 → nat-gateway-a', '10.0.0.0/16 → local'] },
    'route-table-private-b': { routes: ['0.0.0.0/0 → nat-gateway-b', '10.0.0.0/16 → local'] },
  });
  const back = await up({ tasks: 'private', nat: 'one' });
  expect(Object.keys(back.natGateways)).toEqual(['nat-gateway-a']);
  expect(Object.keys(back.elasticIps)).toEqual(['elastic-ip-a']);
});

it('endpoints take the place of NAT, one more where ECS Exec needs it, one subnet more per zone', async () => {
  const endpoints = { tasks: 'private', endpoints: true };
  const picture = await up(endpoints);
  expect(picture.natGateways).toEqual({});
  expect(picture.elasticIps).toEqual({});
  const places = ['subnet-private-a', 'subnet-private-b'];
  const groups = ['security-group-endpoints'];
  const way = (name: string) => ({
    service: `com.amazonaws.local.${name}`,
    type: 'Interface',
    privateDns: true,
    places,
    groups,
  });
  expect(picture.vpcEndpoints).toEqual({
    'vpc-endpoint-ecr-api': way('ecr.api'),
    'vpc-endpoint-ecr-dkr': way('ecr.dkr'),
    'vpc-endpoint-logs': way('logs'),
    'vpc-endpoint-ssm': way('ssm'),
    'vpc-endpoint-elasticloadbalancing': way('elasticloadbalancing'),
    'vpc-endpoint-s3': {
      service: 'com.amazonaws.local.s3',
      type: 'Gateway',
      privateDns: false,
      places: ['route-table-private-a', 'route-table-private-b'],
      groups: [],
    },
  });
  expect(picture.routeTables).toMatchObject({
    'route-table-private-a': { routes: ['10.0.0.0/16 → local', 'prefix list → vpc-endpoint-s3'] },
  });
  expect(picture.securityGroups).toMatchObject({
    'security-group-endpoints': { ingress: ['tcp 443-443 security-group-tasks'], egress: [] },
  });

  const exec = await up(endpoints, { exec: true });
  expect(exec.vpcEndpoints).toMatchObject({ 'vpc-endpoint-ssmmessages': way('ssmmessages') });

  const three = { ...endpoints, zones: 3 };
  expect((await planned(three)).todo).toEqual(
    expect.arrayContaining(['vpc-endpoint-s3: routeTableIds', 'vpc-endpoint-logs: subnetIds']),
  );
  const wider = await up(three);
  expect(Object.keys(wider.vpcEndpoints)).not.toContain('vpc-endpoint-ssmmessages');
  expect(wider.vpcEndpoints['vpc-endpoint-logs']).toMatchObject({ places: [...places, 'subnet-private-c'] });
});

it('public again, everything private is gone', async () => {
  const picture = await up({});
  expect({ ...picture, services: [] }).toEqual({
    ...start,
    services: [],
    taskDefinitions: picture.taskDefinitions,
  });
  expect(picture.services[0]?.network).toEqual(start.services[0]?.network);
});

it.each([{ nat: 'per-zone' }, { endpoints: true }])(
  'a private stack with %j goes as a whole',
  async (network) => {
    await up({ tasks: 'private', ...network });
    const nodes = await stackOf(cloud, image, { network: { tasks: 'private', ...network } });
    const { outcome, error } = await destroy(engineContext(cloud), nodes, kinds);
    expect(error).toBeUndefined();
    expect(outcome).toBe('done');
    const left = Object.entries(await pictureOf(cloud)).filter(([, all]) => Object.keys(all).length > 0);
    expect(left).toEqual([]);
  },
);
