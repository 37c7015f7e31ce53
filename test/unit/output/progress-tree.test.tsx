import { render } from 'ink-testing-library';
import { expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { advance } from '../../../src/output/progress.ts';
import type { ProgressStep } from '../../../src/output/progress.ts';
import { ProgressTree } from '../../../src/output/progress-tree.tsx';

const planned = (id: string, type: string) => ({ id, type, action: 'create' as const, changes: [] });
const start: EngineEvent[] = [
  {
    type: 'plan.ready',
    actions: [
      planned('vpc', 'AWS::EC2::VPC'),
      planned('subnet-public-a', 'AWS::EC2::Subnet'),
      planned('replication-group', 'AWS::ElastiCache::ReplicationGroup'),
      { ...planned('cluster', 'AWS::ECS::Cluster'), action: 'none' },
    ],
  },
];

function frameAfter(events: EngineEvent[], finished = false): string {
  const steps = [...start, ...events].reduce<readonly ProgressStep[]>(
    (all, event) => advance(all, event, Date.now()),
    [],
  );
  const { lastFrame, unmount } = render(
    <ProgressTree title="chatops up chat/default/local" steps={steps} finished={finished} />,
  );
  const frame = lastFrame() ?? '';
  unmount();
  return frame;
}

it('shows a line per group and only counts what changes', () => {
  const frame = frameAfter([]);
  expect(frame).toContain('chatops up chat/default/local  0 of 3');
  expect(frame).toMatch(/· network +0\/2/);
  expect(frame).toMatch(/· cache +0\/1/);
  expect(frame).not.toContain('service');
});

it('opens what is under way, with its note', () => {
  const frame = frameAfter([
    { type: 'step.started', id: 'vpc', resource: 'AWS::EC2::VPC', action: 'create' },
    { type: 'step.done', id: 'vpc', ms: 300 },
    {
      type: 'step.started',
      id: 'replication-group',
      resource: 'AWS::ElastiCache::ReplicationGroup',
      action: 'create',
    },
    { type: 'step.note', id: 'replication-group', text: 'creating' },
  ]);
  expect(frame).toMatch(/network +1\/2 {2}0\.3s/);
  expect(frame).toMatch(/replication-group +0\.0s {2}creating/);
  expect(frame).not.toContain('subnet-public-a');
});

it('keeps what failed and what was skipped in sight', () => {
  const frame = frameAfter(
    [
      { type: 'step.started', id: 'vpc', resource: 'AWS::EC2::VPC', action: 'create' },
      { type: 'step.failed', id: 'vpc', ms: 1200, error: 'too many VPCs' },
      { type: 'step.skipped', id: 'subnet-public-a', because: 'vpc failed' },
    ],
    true,
  );
  expect(frame).toMatch(/✗ vpc +1\.2s {2}too many VPCs/);
  expect(frame).toMatch(/- subnet-public-a +vpc failed/);
});
