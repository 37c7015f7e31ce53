import {
  CreateListenerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  DuplicateTargetGroupNameException,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
  ResourceInUseException,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalCloud, type TestCloud } from '../../helpers/local-cloud.ts';
import { createLoadBalancer, createNetwork, createTargetGroup, type Network } from './elbv2-network.ts';

let cloud: TestCloud;
let network: Network;
beforeEach(async () => {
  cloud = await startLocalCloud();
  network = await createNetwork(cloud);
});
afterEach(() => cloud.close());

test('a target group has the defaults of AWS, and the same creation again is the same one', async () => {
  const made = await createTargetGroup(cloud, network);
  expect(made).toEqual({
    TargetGroupArn: expect.stringMatching(
      /^arn:aws:elasticloadbalancing:local:000000000000:targetgroup\/chat\/[0-9a-f]{16}$/,
    ),
    TargetGroupName: 'chat',
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    Port: 3000,
    VpcId: network.vpcId,
    TargetType: 'ip',
    IpAddressType: 'ipv4',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckPath: '/',
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [],
  });
  expect((await createTargetGroup(cloud, network)).TargetGroupArn).toBe(made.TargetGroupArn);
  await expect(
    cloud.elbv2.send(
      new CreateTargetGroupCommand({
        Name: 'chat',
        VpcId: network.vpcId,
        Port: 3001,
        Protocol: 'HTTP',
        TargetType: 'ip',
      }),
    ),
  ).rejects.toThrow(DuplicateTargetGroupNameException);
});

test('its health check can be changed within the ranges of AWS', async () => {
  const { TargetGroupArn } = await createTargetGroup(cloud, network);
  const modify = (input: object) =>
    cloud.elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...input }));
  const wanted = {
    HealthCheckPath: '/livez?x=1',
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 3,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 10,
    Matcher: { HttpCode: '200,204-299' },
  };
  await modify(wanted);
  for (const input of [
    { HealthCheckIntervalSeconds: 4 },
    { HealthCheckIntervalSeconds: 301 },
    { HealthCheckTimeoutSeconds: 1 },
    { HealthCheckTimeoutSeconds: 10 },
    { HealthyThresholdCount: 1 },
    { UnhealthyThresholdCount: 11 },
    { HealthCheckPath: 'livez' },
    { HealthCheckPath: `/${'x'.repeat(1024)}` },
    { Matcher: { HttpCode: '500' } },
    { Matcher: { HttpCode: '299-200' } },
    { Matcher: { HttpCode: 'ok' } },
  ]) {
    await expect(modify(input), JSON.stringify(input)).rejects.toMatchObject({ name: 'ValidationError' });
  }
  const { TargetGroups } = await cloud.elbv2.send(new DescribeTargetGroupsCommand({ Names: ['chat'] }));
  expect(TargetGroups![0]).toMatchObject(wanted);
});

test('its attributes have the defaults of AWS, and ranges', async () => {
  const { TargetGroupArn } = await createTargetGroup(cloud, network);
  const { Attributes } = await cloud.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(Object.fromEntries(Attributes!.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
    'deregistration_delay.timeout_seconds': '300',
    'stickiness.enabled': 'false',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '86400',
    'load_balancing.algorithm.type': 'round_robin',
    'slow_start.duration_seconds': '0',
  });
  const modify = (Key: string, Value: string) =>
    cloud.elbv2.send(
      new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [{ Key, Value }] }),
    );
  await modify('deregistration_delay.timeout_seconds', '0');
  await modify('stickiness.lb_cookie.duration_seconds', '604800');
  for (const [key, value] of [
    ['deregistration_delay.timeout_seconds', '3601'],
    ['stickiness.lb_cookie.duration_seconds', '0'],
    ['stickiness.enabled', 'yes'],
    ['load_balancing.algorithm.type', 'random'],
    ['unknown', '1'],
  ] as const) {
    await expect(modify(key, value), key).rejects.toMatchObject({ name: 'ValidationError' });
  }
});

test('it cannot be deleted while a listener forwards to it, and knows its load balancer', async () => {
  const { LoadBalancerArn } = await createLoadBalancer(cloud, network);
  const { TargetGroupArn } = await createTargetGroup(cloud, network);
  const { Listeners } = await cloud.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 8080,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  const { TargetGroups } = await cloud.elbv2.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
  expect(TargetGroups![0]!.LoadBalancerArns).toEqual([LoadBalancerArn]);
  await expect(cloud.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }))).rejects.toThrow(
    ResourceInUseException,
  );
  await cloud.elbv2.send(new DeleteListenerCommand({ ListenerArn: Listeners![0]!.ListenerArn }));
  await cloud.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  await expect(
    cloud.elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] })),
  ).rejects.toThrow(TargetGroupNotFoundException);
  await cloud.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
});

test('targets are registered with the port of the group unless they have their own, and described with their zone', async () => {
  const { TargetGroupArn } = await createTargetGroup(cloud, network);
  const send = { TargetGroupArn };
  await cloud.elbv2.send(
    new RegisterTargetsCommand({ ...send, Targets: [{ Id: '10.0.0.10' }, { Id: '10.0.1.10', Port: 3001 }] }),
  );
  const health = await cloud.elbv2.send(new DescribeTargetHealthCommand(send));
  expect(health.TargetHealthDescriptions).toEqual([
    {
      Target: { Id: '10.0.0.10', Port: 3000, AvailabilityZone: 'locala' },
      HealthCheckPort: '3000',
      TargetHealth: { State: 'healthy' },
    },
    {
      Target: { Id: '10.0.1.10', Port: 3001, AvailabilityZone: 'localb' },
      HealthCheckPort: '3001',
      TargetHealth: { State: 'healthy' },
    },
  ]);
  await cloud.elbv2.send(
    new DeregisterTargetsCommand({ ...send, Targets: [{ Id: '10.0.0.10' }, { Id: '10.0.9.9' }] }),
  );
  const left = await cloud.elbv2.send(new DescribeTargetHealthCommand(send));
  expect(left.TargetHealthDescriptions!.map(({ Target }) => Target!.Id)).toEqual(['10.0.1.10']);
  const asked = await cloud.elbv2.send(
    new DescribeTargetHealthCommand({ ...send, Targets: [{ Id: '10.0.0.10', Port: 3000 }] }),
  );
  expect(asked.TargetHealthDescriptions![0]!.TargetHealth).toEqual({
    State: 'unused',
    Reason: 'Target.NotRegistered',
    Description: 'Target is not registered to the target group',
  });
});

test('an address that is none, or of another network, is refused, and the others of the call with it', async () => {
  const { TargetGroupArn } = await createTargetGroup(cloud, network);
  const register = (Id: string, Port?: number) =>
    cloud.elbv2.send(
      new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.0.0.10' }, { Id, Port }] }),
    );
  await expect(register('task-1')).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(register('10.0.0.11', 70_000)).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(register('10.9.0.1')).rejects.toMatchObject({ name: 'InvalidTargetException' });
  const { TargetHealthDescriptions } = await cloud.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  expect(TargetHealthDescriptions).toEqual([]);
});
