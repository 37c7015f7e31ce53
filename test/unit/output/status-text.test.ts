import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../../src/output/status-text.ts';
import type { Snapshot } from '../../../src/read-model/snapshot.ts';
import { judge } from '../../../src/read-model/verdict.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  const parts = {
    stack: 'chat/default/local',
    region: 'local',
    at,
    endpoint: { value: { url: 'http://localhost:8080', loadBalancer: 'chat-1', state: 'active' } },
    service: {
      value: {
        name: 'chat-1',
        status: 'ACTIVE',
        desired: 2,
        running: 2,
        pending: 0,
        image: 'registry/chat@sha256:abc',
        deployments: [
          {
            id: 'd1',
            status: 'PRIMARY',
            rollout: 'COMPLETED',
            reason: 'completed',
            desired: 2,
            running: 2,
            failed: 0,
          },
        ],
        events: [{ at, message: '(service chat-1) has reached a steady state.' }],
      },
    },
    tasks: {
      value: ['10.0.0.4', '10.0.16.4'].map((privateIp, index) => ({
        id: `${index}abcdef0123456789`,
        status: 'RUNNING',
        zone: index === 0 ? 'locala' : 'localb',
        privateIp,
        taskDefinition: 'chat-1:3',
        image: 'abcabcabcabc',
        startedAt: at - 65_000,
      })),
    },
    targets: {
      value: ['10.0.0.4', '10.0.16.4'].map((id) => ({
        id,
        port: 3000,
        zone: 'locala',
        state: 'healthy',
        reason: undefined,
      })),
    },
    redis: {
      value: { id: 'chat-1', status: 'available', engine: 'valkey', endpoint: '127.0.0.9:6379', nodes: 1 },
    },
    ...change,
  } satisfies Omit<Snapshot, 'verdict'>;
  return { ...parts, verdict: judge(parts) };
}

describe('status as text', () => {
  it('shows the verdict, each task with its target, and the last event', () => {
    const text = renderStatus(snapshot());
    expect(text).toContain('state     healthy: 2 of 2 tasks run, 2 targets are healthy');
    expect(text).toContain('endpoint  http://localhost:8080 (active)');
    expect(text).toMatch(/0abcdef0 {2}RUNNING {2}healthy {2}locala {2}chat-1:3 {4}abcabcabcabc {2}1m 05s/);
    expect(text).toContain('03:04:05  (service chat-1) has reached a steady state.');
  });

  it('says which part could not be read, and shows the others', () => {
    const text = renderStatus(snapshot({ redis: { error: 'Rate exceeded' } }));
    expect(text).toContain('redis     could not be read: Rate exceeded');
    expect(text).toContain('RUNNING');
  });
});

describe('the verdict', () => {
  const service = snapshot().service.value!;
  it.each<[string, Partial<Snapshot>, string, RegExp]>([
    ['no task runs', { service: { value: { ...service, running: 0 } } }, 'down', /none of 2 tasks/],
    [
      'one task is missing',
      { service: { value: { ...service, running: 1 } } },
      'degraded',
      /1 of 2 tasks run/,
    ],
    [
      'a deployment is under way',
      {
        service: {
          value: {
            ...service,
            deployments: [{ ...service.deployments[0]!, rollout: 'IN_PROGRESS', running: 1 }],
          },
        },
      },
      'deploying',
      /1 of 2 tasks of the new deployment/,
    ],
    [
      'redis is away',
      { redis: { value: { ...snapshot().redis.value!, status: 'modifying' } } },
      'degraded',
      /redis is modifying/,
    ],
    [
      'targets cannot be read',
      { targets: { error: 'Rate exceeded' } },
      'degraded',
      /could be read: Rate exceeded/,
    ],
    [
      'the service is gone',
      { service: { error: 'service chat-1 does not exist' } },
      'down',
      /does not exist/,
    ],
  ])('%s', (_, change, state, because) => {
    const { verdict } = snapshot(change);
    expect(verdict.state).toBe(state);
    expect(verdict.because).toMatch(because);
  });
});
