/** A stack with everything that the config can ask for besides each other. */
export const fullStack = {
  network: { zones: 3 },
  loadBalancer: { allowFrom: ['192.0.2.0/24', '198.51.100.0/24'] },
  redis: {
    cluster: { shards: 2 },
    replicas: 1,
    snapshotRetention: 3,
    maintenanceWindow: 'sun:03:00-sun:04:00',
  },
  service: { exec: true, env: { CACHE: '${redis.host}:${redis.port}' }, user: 'node' },
  monitoring: { containerInsights: 'enhanced' },
};

/** The same after an update of many fields: some in place, some with a new target group, some with subnets that go. */
export const changedStack = {
  network: { zones: 2 },
  loadBalancer: {
    allowFrom: ['203.0.113.0/24'],
    idleTimeout: 120,
    deregistrationDelay: 5,
    algorithm: 'round_robin',
    healthCheck: { path: '/ready', interval: 20 },
  },
  redis: { cluster: { shards: 3 }, replicas: 0, snapshotRetention: 5, autoMinorVersionUpgrade: false },
  service: { cpu: 512, memory: 1024, count: 3, port: 4000, exec: false, logs: { retention: 7 } },
  monitoring: { containerInsights: 'on' },
};
