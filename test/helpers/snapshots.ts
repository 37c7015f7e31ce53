import type {
  DeploymentPart,
  PartError,
  Series,
  Snapshot,
  TargetPart,
  TaskPart,
} from '../../src/read-model/snapshot.ts';
import { judge } from '../../src/read-model/verdict.ts';

/** When all snapshots here were made. */
export const at = Date.UTC(2026, 0, 2, 3, 4, 5);

type Change = Partial<Omit<Snapshot, 'verdict'>>;

/** A stack of two tasks at rest, but for what is changed. */
export function snapshot(change: Change = {}): Snapshot {
  const parts: Omit<Snapshot, 'verdict'> = {
    stack: 'chat/default/local',
    region: 'local',
    at,
    endpoint: 'http://localhost:8080',
    service: {
      age: 400,
      value: {
        name: 'chat-1a2b3c4d',
        status: 'ACTIVE',
        desired: 2,
        running: 2,
        pending: 0,
        deployments: [deployment()],
        events: [
          { at: at - 180_000, message: '(service chat-1a2b3c4d) has reached a steady state.' },
          {
            at: at - 184_000,
            message:
              '(service chat-1a2b3c4d) registered 1 targets in (target-group arn:aws:elasticloadbalancing:local:000000000000:targetgroup/chat-1a2b3c4d-f1d0ad/998eefba3e100c63)',
          },
        ],
      },
    },
    scaling: { age: 400, value: { limits: undefined, targets: [], lastActivity: undefined } },
    tasks: { age: 400, value: [task(1), task(2)] },
    targets: { age: 400, value: [target(1), target(2)] },
    redis: {
      age: 400,
      value: {
        id: 'chat-1a2b3c4d',
        status: 'available',
        engine: 'valkey',
        endpoint: '127.0.0.9:6379',
        nodes: [{ id: 'chat-1a2b3c4d-001', role: 'primary', zone: 'locala' }],
      },
    },
    loadBalancer: {
      age: 400,
      value: {
        name: 'chat-1a2b3c4d',
        state: 'active',
        url: 'http://localhost:8080',
        zones: ['locala', 'localb'],
        dimension: 'app/chat-1a2b3c4d/0123456789abcdef',
      },
    },
    metrics: {
      age: 400,
      value: {
        period: 10,
        cpu: wave(2, 3),
        memory: wave(11, 0.2),
        connections: wave(120, 40),
        requests: [],
        tasks: {
          [task(1).id]: { cpu: wave(2, 3), memory: wave(11, 0.2) },
          [task(2).id]: { cpu: wave(3, 2), memory: wave(12, 0.1) },
        },
      },
    },
    ...change,
  };
  return { ...parts, verdict: judge(parts) };
}

export function deployment(change: Partial<DeploymentPart> = {}): DeploymentPart {
  return {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    rollout: 'COMPLETED',
    reason: 'ECS deployment ecs-svc/1 completed.',
    taskDefinition: 'chat-1a2b3c4d:1',
    version: 'v1',
    image: 'registry/chat@sha256:abc',
    desired: 2,
    running: 2,
    pending: 0,
    failed: 0,
    createdAt: at - 190_000,
    updatedAt: at - 180_000,
    ...change,
  };
}

export function task(number: number, change: Partial<TaskPart> = {}): TaskPart {
  return {
    id: `${number}abcdef0`.repeat(4),
    status: 'RUNNING',
    stoppedReason: undefined,
    health: 'UNKNOWN',
    zone: number % 2 === 1 ? 'locala' : 'localb',
    privateIp: `10.0.0.${number}`,
    taskDefinition: 'chat-1a2b3c4d:1',
    version: 'v1',
    digest: 'sha256:abc',
    cpuUnits: 256,
    memoryMiB: 512,
    createdAt: at - 190_000,
    startedAt: at - 185_000,
    target: { state: 'healthy', reason: undefined },
    cpu: 2.4,
    memory: 11,
    ...change,
  };
}

export function target(number: number, change: Partial<TargetPart> = {}): TargetPart {
  const zone = number % 2 === 1 ? 'locala' : 'localb';
  return { id: `10.0.0.${number}`, port: 3000, zone, state: 'healthy', reason: undefined, ...change };
}

/** Five minutes of a value that goes up and down, a point each ten seconds. */
export function wave(middle: number, height: number): Series {
  return Array.from({ length: 30 }, (_, index) => ({
    at: at - (29 - index) * 10_000,
    value: Math.round((middle + height * Math.sin(index / 3)) * 100) / 100,
  }));
}

const service = () => snapshot().service.value!;

/** v2 comes, v1 still serves: one new task runs and is healthy, one starts. */
export function deploying(): Snapshot {
  return snapshot({
    service: {
      age: 400,
      value: {
        ...service(),
        running: 3,
        pending: 1,
        deployments: [
          deployment({
            id: 'ecs-svc/2',
            rollout: 'IN_PROGRESS',
            reason: 'ECS deployment ecs-svc/2 in progress.',
            version: 'v2',
            taskDefinition: 'chat-1a2b3c4d:2',
            running: 1,
            pending: 1,
            createdAt: at - 12_000,
            updatedAt: at - 2_000,
          }),
          deployment({ status: 'ACTIVE' }),
        ],
        events: [
          {
            at: at - 9_000,
            message:
              '(service chat-1a2b3c4d) has started 2 tasks: (task 3abcdef03abcdef03abcdef03abcdef0) (task 4abcdef04abcdef04abcdef04abcdef0).',
          },
          ...service().events,
        ],
      },
    },
    tasks: {
      age: 400,
      value: [
        task(1, { target: { state: 'draining', reason: 'Target.DeregistrationInProgress' } }),
        task(2),
        task(3, {
          version: 'v2',
          createdAt: at - 10_000,
          startedAt: at - 8_000,
          cpu: undefined,
          memory: undefined,
        }),
        task(4, {
          version: 'v2',
          status: 'PENDING',
          target: undefined,
          createdAt: at - 9_000,
          startedAt: undefined,
          cpu: undefined,
          memory: undefined,
        }),
      ],
    },
    targets: {
      age: 400,
      value: [
        target(1, { state: 'draining', reason: 'Target.DeregistrationInProgress' }),
        target(2),
        target(3),
      ],
    },
  });
}

/** The second task was killed; its place is taken by one that starts. */
export function dying(): Snapshot {
  return snapshot({
    service: { age: 400, value: { ...service(), running: 1, pending: 1 } },
    tasks: {
      age: 400,
      value: [
        task(1),
        task(2, {
          status: 'DEPROVISIONING',
          stoppedReason: 'exit code 137: Essential container in task exited',
        }),
        task(3, {
          status: 'PENDING',
          target: undefined,
          createdAt: at - 3_000,
          startedAt: undefined,
          cpu: undefined,
          memory: undefined,
        }),
      ],
    },
    targets: { age: 400, value: [target(1), target(2, { state: 'draining' })] },
  });
}

export const throttling: PartError = {
  kind: 'throttled',
  message: 'elasticache DescribeReplicationGroups: Throttling: Rate exceeded',
};

/** All is well, but Redis was last read twelve seconds ago. */
export function throttled(): Snapshot {
  return snapshot({ redis: { ...snapshot().redis, age: 12_000, error: throttling } });
}

/** Nothing runs any more. */
export function down(): Snapshot {
  return snapshot({
    service: {
      age: 400,
      value: { ...service(), running: 0, deployments: [deployment({ running: 0, failed: 3 })] },
    },
    tasks: {
      age: 400,
      value: [
        task(1, {
          status: 'STOPPED',
          stoppedReason: 'exit code 1: Essential container in task exited',
          target: undefined,
          cpu: undefined,
          memory: undefined,
        }),
      ],
    },
    targets: { age: 400, value: [] },
  });
}
