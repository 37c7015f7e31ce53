/** What both stacks are reached by. */
const secure = { port: 9100, https: { domain: 'chat.localhost', hostedZone: 'localhost', port: 9300 } };

/** A stack with everything that the config can ask for besides each other. */
export const fullStack = {
  network: { zones: 3, tasks: 'private', nat: 'one' },
  loadBalancer: { ...secure, allowFrom: ['192.0.2.0/24', '198.51.100.0/24'], accessLogs: true },
  redis: {
    cluster: { shards: 2 },
    replicas: 1,
    multiAz: true,
    encryption: { inTransit: true },
    authToken: true,
    snapshotRetention: 3,
    maintenanceWindow: 'sun:03:00-sun:04:00',
  },
  service: {
    exec: true,
    env: { CACHE: '${redis.host}:${redis.port}' },
    secrets: { TOKEN_SECRET: '/chatops/chat/default/local/redis-url' },
    user: 'node',
    healthCheck: { command: ['CMD', 'node', 'check.js'] },
    autoscaling: { min: 2, max: 6, cpu: 60, memory: 70, schedule: [{ cron: '0 8 ? * * *', min: 3 }] },
  },
  monitoring: { containerInsights: 'enhanced', alarms: true, dashboard: true },
};

/** The same after an update of many fields: some in place, some with a new target group, some with subnets, a NAT gateway, alarms or a scalable target that go. */
export const changedStack = {
  network: { zones: 2, tasks: 'private', endpoints: true },
  loadBalancer: {
    ...secure,
    https: { ...secure.https, domain: 'talk.localhost' },
    allowFrom: ['203.0.113.0/24'],
    accessLogs: { retention: 7 },
    idleTimeout: 120,
    deregistrationDelay: 5,
    algorithm: 'round_robin',
    healthCheck: { path: '/ready', interval: 20 },
  },
  redis: {
    cluster: { shards: 3 },
    replicas: 0,
    encryption: { inTransit: true },
    authToken: true,
    authTokenRotation: 2,
    snapshotRetention: 5,
    autoMinorVersionUpgrade: false,
  },
  service: { cpu: 512, memory: 1024, count: 3, port: 4000, exec: false, logs: { retention: 7 } },
  monitoring: { containerInsights: 'on', dashboard: true },
};

/** A small stack whose cache is no cluster: a primary with a replica, encrypted and with a token. */
export const replicaStack = {
  service: { count: 1 },
  redis: { replicas: 1, encryption: { inTransit: true }, authToken: true },
};

/** The same with another token, one more replica, and a setting of the nodes. */
export const changedReplicaStack = {
  ...replicaStack,
  redis: { ...replicaStack.redis, replicas: 2, authTokenRotation: 2, snapshotRetention: 2 },
};
