import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  DuplicateListenerException,
  ListenerNotFoundException,
  LoadBalancerNotFoundException,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  RegisterTargetsCommand,
  TargetGroupAssociationLimitException,
  TargetGroupNotFoundException,
  type CreateListenerCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startBalancer, type BalancerProcess } from '../../../src/local-cloud/runtime/balancer.ts';
import { createNetworkInterface } from '../../../src/local-cloud/services/ec2/network-interface.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';
import { startLocalCloud, type TestCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';
import { freePort, startTarget } from '../balancer/rig.ts';
import { createLoadBalancer, createNetwork, createTargetGroup, type Network } from './elbv2-network.ts';

let entry: string;
let balancer: BalancerProcess;
let cloud: TestCloud;
let network: Network;
let LoadBalancerArn: string;
let TargetGroupArn: string;
beforeAll(async () => {
  entry = (await bundlePrograms(['balancer'])).balancer;
});
beforeEach(async () => {
  balancer = startBalancer({ entry });
  cloud = await startLocalCloud({ dataPlane: { ...quietDataPlane(), balancer } });
  network = await createNetwork(cloud);
  ({ LoadBalancerArn } = await createLoadBalancer(cloud, network));
  ({ TargetGroupArn } = await createTargetGroup(cloud, network));
});
afterEach(async () => {
  await cloud.close();
  await balancer.close();
});

async function listen(port: number, input: Partial<CreateListenerCommandInput> = {}): Promise<string> {
  const { Listeners } = await cloud.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      ...input,
    }),
  );
  return Listeners![0]!.ListenerArn!;
}

const answerOf = (port: number) =>
  fetch(`http://localhost:${port}/`).then(
    ({ status }) => status,
    () => 'refused',
  );

test('a listener is a real port of this machine, from its creation to its deletion', async () => {
  const port = await freePort();
  const arn = await listen(port);
  expect(arn).toMatch(
    new RegExp(`^${LoadBalancerArn.replace(':loadbalancer/', ':listener/')}/[0-9a-f]{16}$`),
  );
  expect(await answerOf(port)).toBe(503);
  const { Listeners } = await cloud.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  expect(Listeners).toEqual([
    {
      ListenerArn: arn,
      LoadBalancerArn,
      Port: port,
      Protocol: 'HTTP',
      DefaultActions: [
        {
          Type: 'forward',
          TargetGroupArn,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    },
  ]);
  const { Rules } = await cloud.elbv2.send(new DescribeRulesCommand({ ListenerArn: arn }));
  expect(Rules).toMatchObject([
    { IsDefault: true, Priority: 'default', Actions: Listeners![0]!.DefaultActions },
  ]);

  const moved = await freePort();
  await cloud.elbv2.send(new ModifyListenerCommand({ ListenerArn: arn, Port: moved }));
  expect([await answerOf(port), await answerOf(moved)]).toEqual(['refused', 503]);
  await cloud.elbv2.send(new DeleteListenerCommand({ ListenerArn: arn }));
  expect(await answerOf(moved)).toBe('refused');
  await expect(cloud.elbv2.send(new DeleteListenerCommand({ ListenerArn: arn }))).rejects.toThrow(
    ListenerNotFoundException,
  );
});

test('a port that somebody else has is PortInUse, names the port and makes nothing', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  await expect(listen(taken)).rejects.toMatchObject({
    name: 'PortInUse',
    message: `Port ${taken} is in use on this machine`,
    $metadata: { httpStatusCode: 400 },
  });
  const list = async () =>
    (await cloud.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners!.map(
      ({ Port }) => Port,
    );
  expect(await list()).toEqual([]);
  const port = await freePort();
  const arn = await listen(port);
  await expect(
    cloud.elbv2.send(new ModifyListenerCommand({ ListenerArn: arn, Port: taken })),
  ).rejects.toMatchObject({ name: 'PortInUse' });
  expect(await list()).toEqual([port]);
  expect(await answerOf(port)).toBe(503);
  server.close();
});

test('two load balancers of this machine cannot share a port, unlike on AWS', async () => {
  const other = await createLoadBalancer(cloud, network, 'other');
  const group = await createTargetGroup(cloud, network, 'other');
  const port = await freePort();
  await listen(port);
  await expect(
    listen(port, {
      LoadBalancerArn: other.LoadBalancerArn,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group.TargetGroupArn }],
    }),
  ).rejects.toMatchObject({ name: 'PortInUse' });
});

test('the same creation again is the same listener; another one on its port is a duplicate', async () => {
  const port = await freePort();
  const [first, second] = await Promise.all([listen(port), listen(port)]);
  expect(second).toBe(first);
  await expect(
    listen(port, {
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '410' } }],
    }),
  ).rejects.toThrow(DuplicateListenerException);
});

test('load balancer, target group and actions are checked', async () => {
  const port = await freePort();
  const gone = (arn: string) => arn.replace(/[0-9a-f]{16}$/, '0000000000000000');
  await expect(listen(port, { LoadBalancerArn: gone(LoadBalancerArn) })).rejects.toThrow(
    LoadBalancerNotFoundException,
  );
  const forwardTo = (arn: string) => ({
    DefaultActions: [{ Type: 'forward' as const, TargetGroupArn: arn }],
  });
  await expect(listen(port, forwardTo(gone(TargetGroupArn)))).rejects.toThrow(TargetGroupNotFoundException);
  await expect(listen(port, forwardTo('chat'))).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(listen(70_000)).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(
    listen(port, { DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }] }),
  ).rejects.toMatchObject({ name: 'InvalidLoadBalancerActionException' });
  await listen(port);
  const other = await createLoadBalancer(cloud, network, 'other');
  await expect(listen(await freePort(), { LoadBalancerArn: other.LoadBalancerArn })).rejects.toThrow(
    TargetGroupAssociationLimitException,
  );
});

test('deleting the load balancer closes its ports', async () => {
  const port = await freePort();
  await listen(port);
  await cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  expect(await answerOf(port)).toBe('refused');
});

test('a private address leads to what really listens behind it, from the first check to the last connection', async () => {
  const target = await startTarget('task');
  target.server.removeAllListeners('request');
  target.server.on('request', (_request, response) => response.end('hello'));
  const local = { host: '127.0.0.1', port: target.port };
  const { PrivateIpAddress: Id } = createNetworkInterface(cloud.call(), {
    subnetId: network.subnetIds[0],
    securityGroupIds: [],
    description: 'task',
    local,
  });
  const port = await freePort();
  const Targets = [{ Id, Port: 3000 }];
  await cloud.elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const health = async () => {
    const { TargetHealthDescriptions } = await cloud.elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn }),
    );
    return TargetHealthDescriptions!.map(({ TargetHealth }) => [TargetHealth!.State, TargetHealth!.Reason]);
  };
  expect(await health()).toEqual([['unused', 'Target.NotInUse']]);
  await listen(port);
  await expect.poll(health).toEqual([['healthy', undefined]]);
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('hello');

  const socket = new WebSocket(`ws://localhost:${port}/`);
  await once(socket, 'message');
  await cloud.elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
  expect(await health()).toEqual([['draining', 'Target.DeregistrationInProgress']]);
  expect(await answerOf(port)).toBe(503);
  socket.close();
  await expect.poll(health).toEqual([]);
  await target.close();
});

test('a changed idle timeout reaches open connections', async () => {
  const target = await startTarget('task');
  target.server.removeAllListeners('request');
  target.server.on('request', (_request, response) => response.end('hello'));
  const { PrivateIpAddress: Id } = createNetworkInterface(cloud.call(), {
    subnetId: network.subnetIds[0],
    securityGroupIds: [],
    description: 'task',
    local: { host: '127.0.0.1', port: target.port },
  });
  const port = await freePort();
  await listen(port);
  await cloud.elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  await expect.poll(() => answerOf(port)).toBe(200);
  const socket = new WebSocket(`ws://localhost:${port}/`);
  await once(socket, 'message');
  const Attributes = [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }];
  await cloud.elbv2.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  expect((await once(socket, 'close'))[0]).toBe(1006);
  await target.close();
});
