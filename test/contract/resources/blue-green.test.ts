import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import { names, startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { bringTo, engineContext, planOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
});
afterAll(() => rig.close());

const image = { build: await smallImage('blue-green') };
const monitoring = { alarms: true, dashboard: true };

const planned = (service: object) => planOf({ cloud, image }, { service, monitoring });

const up = (service: object) => bringTo({ cloud, image }, { service, monitoring });

async function service() {
  const answer = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
  );
  return answer.services![0]!;
}

/** The weight of each target group of the listener. */
async function weights() {
  const { LoadBalancers } = await cloud.elbv2.send(new DescribeLoadBalancersCommand({}));
  const { Listeners } = await cloud.elbv2.send(
    new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn }),
  );
  return Listeners![0]!.DefaultActions![0]!.ForwardConfig!.TargetGroups!.map(({ Weight }) => Weight);
}

const blueGreen = { strategy: 'blue-green', bakeTime: 0 };

/** Another deployment of what runs; resolves when it is over. */
async function deployAgain() {
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: names.cluster, service: names.service, forceNewDeployment: true }),
  );
  await expect
    .poll(async () => {
      const { deployments } = await service();
      return deployments!.length === 1 && deployments![0]!.rolloutState;
    })
    .toBe('COMPLETED');
}

it('a service goes from rolling deployments to blue/green and back, in place', async () => {
  await up({});
  const { serviceArn, createdAt } = await service();
  const { todo } = await planned(blueGreen);
  expect(todo).toEqual(
    expect.arrayContaining([
      'create role-infrastructure',
      'create target-group-alternate',
      'update listener-http',
      'update service',
    ]),
  );
  expect(todo.filter((one) => one.startsWith('replace'))).toEqual([]);
  await up(blueGreen);
  expect(await service()).toMatchObject({
    serviceArn,
    createdAt,
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
  });
  expect(await weights()).toEqual([1, 0]);

  await deployAgain();
  expect(await weights()).toEqual([0, 100]);
  // What ECS has shifted is no change of ours.
  expect((await planned(blueGreen)).todo).toEqual([]);
  await up({ ...blueGreen, bakeTime: 3 });
  expect(await weights()).toEqual([0, 100]);
  await up(blueGreen);

  const refused = await apply(engineContext(cloud), (await planned({})).whole);
  expect(refused.outcome).not.toBe('done');
  expect(refused.error?.message).toContain('service.strategy: the listener on port');
  expect(await weights()).toEqual([0, 100]);

  // The refused run may have left a revision, which then is another deployment.
  await up(blueGreen);
  if ((await weights())[0] === 0) await deployAgain();
  expect(await weights()).toEqual([100, 0]);
  await up({});
  expect(await service()).toMatchObject({ createdAt, deploymentConfiguration: { strategy: 'ROLLING' } });
  expect((await service()).loadBalancers![0]!.advancedConfiguration).toBeUndefined();
  expect(await weights()).toHaveLength(1);
});
