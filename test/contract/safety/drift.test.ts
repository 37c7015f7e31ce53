import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { knownPaths } from '../../../src/config/schema.ts';
import { byHand } from './by-hand.ts';
import { startSafety, withSafety } from './safety-rig.ts';
import type { Snapshot } from './safety-rig.ts';

const settings = {
  network: { zones: 3 },
  loadBalancer: { port: 9100 },
  redis: { snapshotRetention: 3, maintenanceWindow: 'sun:03:00-sun:04:00' },
  service: { env: { A: 'b' }, user: 'node' },
};

const checked = { service: { healthCheck: { command: ['CMD', 'node', 'check.js'] } } };
const secure = {
  loadBalancer: { port: 9200, https: { domain: 'chat.localhost', hostedZone: 'localhost', port: 9300 } },
};

const blueGreen = { service: { strategy: 'blue-green' } };

const registrySecret = 'arn:aws:secretsmanager:local:000000000000:secret:registry-AbCdEf';

const scaling = {
  service: {
    autoscaling: { min: 2, max: 6, cpu: 60, memory: 70, schedule: [{ cron: '0 8 ? * * *', min: 3 }] },
  },
};

/** For each field of the config: the beginning of the id of the resource at which the plan shows it, what somebody changes by hand, and the settings of the stack where the usual ones do not have it. */
const changes: Record<string, [at: string, hand: (cloud: Cloud) => Promise<void>, settings?: object]> = {
  'network.zones': ['load-balancer', (cloud) => byHand.fewerSubnets(cloud)],
  'network.tasks': ['service', (cloud) => byHand.withoutAddress(cloud)],
  'network.nat': [
    'route-table-private',
    (cloud) => byHand.noWayOut(cloud),
    { network: { tasks: 'private' } },
  ],
  'network.endpoints': [
    'vpc-endpoint',
    (cloud) => byHand.noEndpoint(cloud),
    { network: { tasks: 'private', endpoints: true } },
  ],
  'loadBalancer.port': ['listener-http', (cloud) => byHand.listenerPort(cloud, 9101)],
  'loadBalancer.https.domain': ['record-a', (cloud) => byHand.noRecord(cloud, 'A'), secure],
  'loadBalancer.https.hostedZone': ['certificate', (cloud) => byHand.noRecord(cloud, 'CNAME'), secure],
  'loadBalancer.https.port': ['listener-https', (cloud) => byHand.listenerPort(cloud, 9301, 'HTTPS'), secure],
  'loadBalancer.redirectHttp': ['listener-http', (cloud) => byHand.noRedirect(cloud), secure],
  'loadBalancer.idleTimeout': [
    'load-balancer',
    (cloud) => byHand.balancer(cloud, 'idle_timeout.timeout_seconds', '30'),
  ],
  'loadBalancer.deletionProtection': [
    'load-balancer',
    (cloud) => byHand.balancer(cloud, 'deletion_protection.enabled', 'true'),
  ],
  'loadBalancer.accessLogs': [
    'access-log-bucket',
    (cloud) => byHand.bucketPolicy(cloud),
    { loadBalancer: { accessLogs: true } },
  ],
  'loadBalancer.allowFrom': [
    'security-group-load-balancer',
    (cloud) => byHand.allow(cloud, 'security-group-load-balancer', '192.0.2.0/24'),
  ],
  'loadBalancer.stickiness.enabled': [
    'target-group',
    (cloud) => byHand.targets(cloud, 'stickiness.enabled', 'false'),
  ],
  'loadBalancer.stickiness.duration': [
    'target-group',
    (cloud) => byHand.targets(cloud, 'stickiness.lb_cookie.duration_seconds', '60'),
  ],
  'loadBalancer.deregistrationDelay': [
    'target-group',
    (cloud) => byHand.targets(cloud, 'deregistration_delay.timeout_seconds', '10'),
  ],
  'loadBalancer.algorithm': [
    'target-group',
    (cloud) => byHand.targets(cloud, 'load_balancing.algorithm.type', 'round_robin'),
  ],
  'loadBalancer.healthCheck.path': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { HealthCheckPath: '/other' }),
  ],
  'loadBalancer.healthCheck.matcher': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { Matcher: { HttpCode: '200-299' } }),
  ],
  'loadBalancer.healthCheck.interval': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { HealthCheckIntervalSeconds: 60 }),
  ],
  'loadBalancer.healthCheck.timeout': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { HealthCheckTimeoutSeconds: 3 }),
  ],
  'loadBalancer.healthCheck.healthy': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { HealthyThresholdCount: 9 }),
  ],
  'loadBalancer.healthCheck.unhealthy': [
    'target-group',
    (cloud) => byHand.healthCheck(cloud, { UnhealthyThresholdCount: 9 }),
  ],
  'redis.nodeType': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { CacheNodeType: 'cache.t4g.small' }),
  ],
  'redis.replicas': ['replication-group', (cloud) => byHand.replicas(cloud, 2), { redis: { replicas: 1 } }],
  'redis.cluster.shards': [
    'replication-group',
    (cloud) => byHand.shards(cloud, 3),
    { redis: { cluster: { shards: 2 } } },
  ],
  'redis.durability': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { Durability: 'async' }),
    {
      redis: {
        cluster: { shards: 1 },
        durability: 'sync',
        nodeType: 'cache.r7g.large',
        replicas: 1,
        version: '9.0',
      },
    },
  ],
  'redis.multiAz': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { MultiAZEnabled: false }),
    { redis: { replicas: 1 } },
  ],
  'redis.maintenanceWindow': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { PreferredMaintenanceWindow: 'mon:03:00-mon:04:00' }),
  ],
  'redis.snapshotRetention': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { SnapshotRetentionLimit: 9 }),
  ],
  'redis.autoMinorVersionUpgrade': [
    'replication-group',
    (cloud) => byHand.cache(cloud, { AutoMinorVersionUpgrade: false }),
  ],
  'service.imageTagMutability': ['repository', (cloud) => byHand.tagMutability(cloud, 'MUTABLE')],
  'service.drainWatch': ['role-task', (cloud) => byHand.noTaskPolicy(cloud)],
  'service.port': [
    'task-definition',
    (cloud) => byHand.container(cloud, { portMappings: [{ containerPort: 4000 }, { containerPort: 3000 }] }),
  ],
  'service.cpu': ['task-definition', (cloud) => byHand.definition(cloud, { cpu: '512', memory: '1024' })],
  'service.memory': ['task-definition', (cloud) => byHand.definition(cloud, { memory: '1024' })],
  'service.architecture': [
    'task-definition',
    (cloud) =>
      byHand.definition(cloud, {
        runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      }),
  ],
  'service.env': [
    'task-definition',
    (cloud) => byHand.container(cloud, { environment: [{ name: 'A', value: 'c' }] }),
  ],
  'service.secrets': [
    'task-definition',
    (cloud) => byHand.container(cloud, { secrets: [] }),
    { service: { secrets: { TOKEN: '/chatops/chat/default/local/redis-url' } } },
  ],
  'service.registryCredentials': [
    'task-definition',
    (cloud) =>
      byHand.container(cloud, { repositoryCredentials: { credentialsParameter: `${registrySecret}2` } }),
    { service: { registryCredentials: registrySecret } },
  ],
  'service.spot': [
    'service',
    (cloud) =>
      byHand.service(cloud, {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        forceNewDeployment: true,
      }),
    { service: { spot: true } },
  ],
  'service.init': [
    'task-definition',
    (cloud) => byHand.container(cloud, { linuxParameters: { initProcessEnabled: false } }),
  ],
  'service.readonlyRootFilesystem': [
    'task-definition',
    (cloud) => byHand.container(cloud, { readonlyRootFilesystem: false }),
  ],
  'service.user': ['task-definition', (cloud) => byHand.container(cloud, { user: 'root' })],
  'service.stopTimeout': ['task-definition', (cloud) => byHand.container(cloud, { stopTimeout: 5 })],
  'service.count': ['service', (cloud) => byHand.service(cloud, { desiredCount: 1 })],
  'service.strategy': [
    'service',
    (cloud) => byHand.service(cloud, { deploymentConfiguration: { strategy: 'ROLLING' } }),
    blueGreen,
  ],
  'service.bakeTime': [
    'service',
    (cloud) => byHand.service(cloud, { deploymentConfiguration: { bakeTimeInMinutes: 9 } }),
    blueGreen,
  ],
  'service.minHealthyPercent': [
    'service',
    (cloud) => byHand.service(cloud, { deploymentConfiguration: { minimumHealthyPercent: 50 } }),
  ],
  'service.maxPercent': [
    'service',
    (cloud) => byHand.service(cloud, { deploymentConfiguration: { maximumPercent: 150 } }),
  ],
  'service.startSpread': [
    'service',
    (cloud) => byHand.service(cloud, { deploymentConfiguration: { maximumPercent: 200 } }),
    { service: { startSpread: 10 } },
  ],
  'service.healthCheck.command': [
    'task-definition',
    (cloud) => byHand.containerHealth(cloud, { command: ['CMD', 'true'] }),
    checked,
  ],
  'service.healthCheck.interval': [
    'task-definition',
    (cloud) => byHand.containerHealth(cloud, { interval: 60 }),
    checked,
  ],
  'service.healthCheck.timeout': [
    'task-definition',
    (cloud) => byHand.containerHealth(cloud, { timeout: 60 }),
    checked,
  ],
  'service.healthCheck.retries': [
    'task-definition',
    (cloud) => byHand.containerHealth(cloud, { retries: 9 }),
    checked,
  ],
  'service.healthCheck.startPeriod': [
    'task-definition',
    (cloud) => byHand.containerHealth(cloud, { startPeriod: 60 }),
    checked,
  ],
  'service.circuitBreaker': [
    'service',
    (cloud) =>
      byHand.service(cloud, {
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
      }),
  ],
  'service.healthCheckGracePeriod': [
    'service',
    (cloud) => byHand.service(cloud, { healthCheckGracePeriodSeconds: 5 }),
  ],
  'service.autoscaling.min': [
    'scalable-target',
    (cloud) => byHand.limits(cloud, { MinCapacity: 1 }),
    scaling,
  ],
  'service.autoscaling.max': [
    'scalable-target',
    (cloud) => byHand.limits(cloud, { MaxCapacity: 9 }),
    scaling,
  ],
  'service.autoscaling.cpu': ['scalable-target', (cloud) => byHand.policy(cloud, 'cpu', 90), scaling],
  'service.autoscaling.memory': ['scalable-target', (cloud) => byHand.noPolicy(cloud, 'memory'), scaling],
  'service.autoscaling.schedule': [
    'scalable-target',
    (cloud) => byHand.scheduledAction(cloud, 'schedule-1', { MinCapacity: 4 }),
    scaling,
  ],
  'service.exec': ['service', (cloud) => byHand.service(cloud, { enableExecuteCommand: true })],
  'service.logs.retention': ['log-group', (cloud) => byHand.retention(cloud, 1)],
  'monitoring.alarms': [
    'alarm-cpu',
    (cloud) => byHand.alarm(cloud, 'cpu', { Threshold: 99 }),
    { monitoring: { alarms: true } },
  ],
  'monitoring.dashboard': [
    'dashboard',
    (cloud) => byHand.dashboard(cloud),
    { monitoring: { dashboard: true } },
  ],
  'monitoring.containerInsights': ['cluster', (cloud) => byHand.insights(cloud, 'enhanced')],
  tags: ['vpc', (cloud) => byHand.tag(cloud, 'team', 'other'), { tags: { team: 'chat' } }],
};

/** Fields that nobody can change by hand in a running stack, and why. */
const exceptions: Record<string, string> = {
  app: 'names the stack',
  region: 'names the stack',
  account: 'is compared with the credentials before anything is read',
  profile: 'chooses credentials',
  'assumeRole.roleArn': 'chooses credentials',
  'assumeRole.externalId': 'chooses credentials',
  'assumeRole.sessionName': 'names the session',
  protect: 'is read by `down` only',
  'network.vpc': 'belongs to somebody else',
  'network.subnets.public': 'belong to somebody else',
  'network.subnets.private': 'belong to somebody else',
  'network.subnets.isolated': 'belong to somebody else',
  'network.cidr': 'EC2 does not change the range of a VPC',
  'loadBalancer.https.certificateArn': 'is of a certificate that its own contract test imports',
  'redis.mode': 'off has no resource',
  'redis.url': 'belongs to somebody else',
  'redis.engine': 'ElastiCache goes from redis to valkey and not back',
  'redis.version': 'ElastiCache does not go back to an earlier version',
  'redis.port': 'ElastiCache does not change it',
  'redis.encryption.atRest': 'ElastiCache does not change it',
  'redis.encryption.inTransit': 'goes over two steps, which its own contract test takes',
  'redis.authToken': 'cannot be read back; its own contract test compares what marks it',
  'redis.authTokenRotation': 'cannot be read back; its own contract test compares what marks it',
  'service.build': 'the running image is what was deployed last',
  'service.image': 'the running image is what was deployed last',
};

let standing: Snapshot;
let seen = 0;
beforeAll(async () => {
  const rig = await startSafety();
  await rig.up(settings);
  standing = await rig.snapshot();
  await rig.close();
});
afterAll(() => console.log(`drift test: ${seen} fields changed by hand, seen by plan and put right by up`));

it('every field of the config has a change by hand, or a reason why it cannot have one', () => {
  const paths = knownPaths();
  const fields = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
  const told = [...Object.keys(changes), ...Object.keys(exceptions)];
  expect(told.toSorted()).toEqual(fields.toSorted());
});

it.each(Object.entries(changes))(
  '%s changed by hand is seen by plan and put right by up',
  async (_path, [at, hand, own]) => {
    const wanted = own ?? settings;
    await withSafety(own ? {} : { from: standing }, async (rig) => {
      if (own) await rig.up(own);
      expect((await rig.plan(wanted)).changes).toBe(false);
      await hand(rig.cloud);
      const { actions } = await rig.plan(wanted);
      const changed = actions.filter(({ action }) => action !== 'none').map(({ id }) => id);
      expect(changed.find((id) => id.startsWith(at))).toBeDefined();
      await rig.up(wanted);
      expect((await rig.plan(wanted)).changes).toBe(false);
    });
    seen += 1;
  },
);
