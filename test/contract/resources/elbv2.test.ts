import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DataPlane } from '../../../src/local-cloud/runtime/data-plane.ts';
import { listener } from '../../../src/resources/elbv2/listener.ts';
import { loadBalancer } from '../../../src/resources/elbv2/load-balancer.ts';
import { targetGroup } from '../../../src/resources/elbv2/target-group.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';
import { surroundings } from './surroundings.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let taken: Set<number>;
let around: Awaited<ReturnType<typeof surroundings>>;
beforeEach(async () => {
  taken = new Set();
  rig = await startCloud({ dataPlane: withTakenPorts(taken) });
  around = await surroundings(rig.cloud);
});
afterEach(() => rig.close());

function balancerProps() {
  return {
    name: names.loadBalancer,
    scheme: 'internet-facing' as 'internet-facing' | 'internal',
    subnetIds: around.subnetIds.slice(0, 2),
    securityGroupIds: [around.groupIds[0]] as string[],
    attributes: { 'idle_timeout.timeout_seconds': '300', 'deletion_protection.enabled': 'false' },
  };
}

function targetProps() {
  return {
    name: names.targetGroup({ vpcId: 'one' }),
    vpcId: around.vpcId,
    healthCheck: {
      path: '/livez',
      matcher: '200',
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    attributes: {
      'stickiness.enabled': 'true',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '86400',
      'deregistration_delay.timeout_seconds': '60',
      'load_balancing.algorithm.type': 'least_outstanding_requests',
    },
  };
}

it('a load balancer keeps its subnets, groups and attributes', async () => {
  const { cloud } = rig;
  const props = balancerProps();
  const life = lifeOf(cloud, loadBalancer, 'load-balancer');
  const { arn, dnsName } = await life.create(props);
  expect(dnsName).toMatch(/\S/);
  expect(await life.changes({ ...props, scheme: 'internal' })).toEqual(['replace scheme']);
  expect(await life.changes({ ...props, subnetIds: props.subnetIds.toReversed() })).toEqual([]);
  await life.update({ ...props, attributes: { ...props.attributes, 'idle_timeout.timeout_seconds': '60' } });
  await life.update({ ...props, subnetIds: around.subnetIds });
  await life.update({ ...props, securityGroupIds: [...around.groupIds] });
  await life.update(props);

  const LoadBalancerArn = arn;
  await cloud.elbv2.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    }),
  );
  await cloud.elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets: around.subnetIds }));
  await cloud.elbv2.send(
    new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [around.groupIds[1]] }),
  );
  expect(await life.changes(props)).toEqual([
    'update subnetIds',
    'update securityGroupIds',
    'update attributes.idle_timeout.timeout_seconds',
  ]);
  await life.update(props);
  await life.delete();
});

it('a load balancer under deletion protection is not deleted, and the hint says what to do', async () => {
  const { cloud } = rig;
  const props = balancerProps();
  const attributes = { ...props.attributes, 'deletion_protection.enabled': 'true' };
  const life = lifeOf(cloud, loadBalancer, 'load-balancer');
  const attrs = await life.create({ ...props, attributes });
  await expect(loadBalancer.delete(cloud, attrs, stepOf('load-balancer'))).rejects.toMatchObject({
    code: 'load-balancer.protected',
    exit: 5,
    hint: expect.stringContaining('loadBalancer.deletionProtection'),
  });
  await life.update(props);
  await life.delete();
});

it('a load balancer of that name that is not ours is refused, even one with the same settings', async () => {
  const { cloud } = rig;
  const props = balancerProps();
  await cloud.elbv2.send(
    new CreateLoadBalancerCommand({
      Name: props.name,
      Subnets: props.subnetIds,
      SecurityGroups: props.securityGroupIds,
    }),
  );
  await expect(loadBalancer.create(cloud, props, stepOf('load-balancer'))).rejects.toEqual(foreign);
  expect(await loadBalancer.find(cloud, scope)).toEqual([]);
});

it('a target group keeps its health check and its attributes', async () => {
  const { cloud } = rig;
  const props = targetProps();
  const life = lifeOf(cloud, targetGroup, 'target-group');
  const { arn } = await life.create(props);
  expect(await life.changes({ ...props, name: 'other' })).toEqual(['replace name']);
  const check = {
    path: '/?q=1',
    matcher: '200-299,400',
    interval: 30,
    timeout: 6,
    healthyThreshold: 3,
    unhealthyThreshold: 4,
  };
  await life.update({ ...props, healthCheck: check });
  for (const [key, value] of [
    ['stickiness.enabled', 'false'],
    ['stickiness.lb_cookie.duration_seconds', '60'],
    ['deregistration_delay.timeout_seconds', '0'],
    ['load_balancing.algorithm.type', 'round_robin'],
  ] as const) {
    await life.update({ ...props, attributes: { ...props.attributes, [key]: value } });
  }
  await life.update(props);

  await cloud.elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn: arn, HealthCheckPath: '/' }));
  await cloud.elbv2.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: arn,
      Attributes: [{ Key: 'stickiness.enabled', Value: 'false' }],
    }),
  );
  expect(await life.changes(props)).toEqual([
    'update healthCheck.path',
    'update attributes.stickiness.enabled',
  ]);
  await life.update(props);
  await life.delete();
});

it('a target group stands beside the one that it takes the place of', async () => {
  const { cloud } = rig;
  const before = targetProps();
  const after = { ...before, name: names.targetGroup({ vpcId: 'other' }) };
  await targetGroup.create(cloud, before, stepOf('target-group'));
  await targetGroup.create(cloud, after, stepOf('target-group'));
  const found = await targetGroup.find(cloud, scope);
  expect(found.map(({ id, attrs }) => `${id} ${attrs.name}`).toSorted()).toEqual(
    [`target-group ${before.name}`, `target-group ${after.name}`].toSorted(),
  );
});

it('a target group of that name that is not ours is refused', async () => {
  const { cloud } = rig;
  const props = targetProps();
  await cloud.elbv2.send(
    new CreateTargetGroupCommand({
      Name: props.name,
      VpcId: props.vpcId,
      Port: 80,
      Protocol: 'HTTP',
      TargetType: 'ip',
    }),
  );
  await expect(targetGroup.create(cloud, props, stepOf('target-group'))).rejects.toEqual(foreign);
  expect(await targetGroup.find(cloud, scope)).toEqual([]);
});

async function listenerParts() {
  const { cloud } = rig;
  const { arn } = await lifeOf(cloud, loadBalancer, 'load-balancer').create(balancerProps());
  await targetGroup.create(cloud, targetProps(), stepOf('target-group'));
  const second = { ...targetProps(), name: names.targetGroup({ vpcId: 'other' }) };
  await targetGroup.create(cloud, second, stepOf('target-group'));
  const groups = await targetGroup.find(cloud, scope);
  const [one, two] = [targetProps(), second].map(
    ({ name }) => groups.find(({ attrs }) => attrs.name === name)!.attrs.arn,
  );
  const props = {
    loadBalancerArn: arn,
    port: 8200 as number | 'auto',
    protocol: 'HTTP' as const,
    targetGroupArn: one!,
  };
  return { cloud, props, otherTargets: two!, life: lifeOf(cloud, listener, 'listener-http') };
}

it('a listener keeps its port and where it leads', async () => {
  const { cloud, props, otherTargets, life } = await listenerParts();
  const { arn } = await life.create(props);
  expect(await life.changes({ ...props, loadBalancerArn: 'other' })).toEqual(['replace loadBalancerArn']);
  await life.update({ ...props, port: 8201 });
  await life.update({ ...props, targetGroupArn: otherTargets });
  await life.update(props);

  await cloud.elbv2.send(
    new ModifyListenerCommand({
      ListenerArn: arn,
      Port: 8202,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }],
    }),
  );
  expect(await life.changes(props)).toEqual(['update targetGroupArn', 'update port']);
  await life.update(props);
  await life.delete();
});

it('port "auto" is the first free one from 8080 up, and any port satisfies it later', async () => {
  const { props, otherTargets, life } = await listenerParts();
  taken.add(8080).add(8081);
  const auto = { ...props, port: 'auto' as const };
  expect((await life.create(auto)).port).toBe(8082);
  taken.clear();
  expect(await life.changes(auto)).toEqual([]);
  expect((await life.update({ ...auto, targetGroupArn: otherTargets })).port).toBe(8082);
});

it('a port in use is one clear line, for a new listener and for one that should move there', async () => {
  const { cloud, props, life } = await listenerParts();
  taken.add(8200);
  const inUse = {
    message: 'loadBalancer.port: 8200 is in use on this machine',
    code: 'port.in-use',
    exit: 5,
    hint: expect.stringContaining('auto'),
  };
  await expect(listener.create(cloud, props, stepOf('listener-http'))).rejects.toMatchObject(inUse);
  expect(await listener.find(cloud, scope)).toEqual([]);
  await life.create({ ...props, port: 8201 });
  await expect(life.update(props)).rejects.toMatchObject(inUse);
  expect((await life.one()).port).toBe(8201);
});

it('when no automatic port is free, it says so', async () => {
  const { cloud, props } = await listenerParts();
  for (let port = 8080; port <= 8180; port += 1) taken.add(port);
  const creation = listener.create(cloud, { ...props, port: 'auto' }, stepOf('listener-http'));
  await expect(creation).rejects.toThrow(
    'loadBalancer.port: all ports from 8080 to 8180 are in use on this machine',
  );
});

it('a listener on that port that is not ours is refused', async () => {
  const { cloud, props } = await listenerParts();
  await cloud.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: props.loadBalancerArn,
      Port: 8200,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: props.targetGroupArn }],
    }),
  );
  await expect(listener.create(cloud, props, stepOf('listener-http'))).rejects.toEqual(foreign);
  expect(await listener.find(cloud, scope)).toEqual([]);
});

/** A quiet data plane on a machine where other programs listen on some ports. */
function withTakenPorts(ports: ReadonlySet<number>): DataPlane {
  const plane = quietDataPlane();
  return {
    ...plane,
    balancer: {
      ...plane.balancer,
      async configure(listeners, targetGroups) {
        const blocked = listeners.find(({ port }) => ports.has(port));
        if (blocked !== undefined) {
          throw Object.assign(new Error(`listen EADDRINUSE 127.0.0.1:${blocked.port}`), {
            code: 'EADDRINUSE',
          });
        }
        await plane.balancer.configure(listeners, targetGroups);
      },
    },
  };
}
