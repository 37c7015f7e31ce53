import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../../src/output/status-text.ts';
import { deploying, dying, snapshot, throttling } from '../../helpers/snapshots.ts';

describe('status as text', () => {
  it('shows the verdict first, each task with its target and use, and the last event', () => {
    const text = renderStatus(snapshot());
    expect(text.split('\n')[0]).toBe('state     healthy: 2 of 2 tasks run, 2 targets are healthy');
    expect(text).toContain('endpoint  http://localhost:8080 (active)');
    expect(text).toMatch(/service {3}2 of 2 tasks run, cpu \d+(\.\d)?%, memory 11% on average/);
    expect(text).toContain('version   v1');
    expect(text).toMatch(
      /1abcdef0 {2}RUNNING {2}healthy {2}locala {2}v1 {7}chat-1a2b3c4d:1 {2}3m 05s {2}2\.4% {2}11%/,
    );
    expect(text).toContain('03:01:05    (service chat-1a2b3c4d) has reached a steady state.');
    expect(text).not.toContain('DEPLOYMENT');
  });

  it('shows both deployments while one takes the place of the other', () => {
    const text = renderStatus(deploying());
    expect(text).toMatch(/PRIMARY +v2 +IN_PROGRESS +1 of 2 +0/);
    expect(text).toMatch(/ACTIVE +v1 +COMPLETED +2 of 2 +0/);
  });

  it('says over how many shards the nodes of a cluster are', () => {
    const node = (shard: string, id: string) => ({ id, shard, role: undefined, zone: 'locala' });
    const nodes = [node('0001', 'a'), node('0001', 'b'), node('0002', 'c'), node('0002', 'd')];
    const redis = { age: 1, value: { ...snapshot().redis.value!, nodes } };
    expect(renderStatus(snapshot({ redis }))).toContain('4 nodes in 2 shards (available)');
  });

  it('says why a task stops', () => {
    expect(renderStatus(dying())).toMatch(
      /2abcdef0 +DEPROVISIONING +exit code 137: Essential container in task exited/,
    );
  });

  it('says which part could not be read, and shows the others', () => {
    const text = renderStatus(snapshot({ redis: { error: throttling } }));
    expect(text).toContain('redis     could not be read: elasticache DescribeReplicationGroups: Throttling');
    expect(text).toContain('RUNNING');
  });

  it('says why there is no CPU and memory', () => {
    const tasks = snapshot().tasks.value!.map((task) => ({ ...task, cpu: undefined, memory: undefined }));
    expect(renderStatus(snapshot({ tasks: { value: tasks, age: 1 } }))).toContain(
      'no CPU and memory per task: none yet, or the cluster has no Container Insights',
    );
    expect(renderStatus(snapshot({ metrics: { error: throttling } }))).toContain(
      'metrics could not be read: elasticache',
    );
  });
});
