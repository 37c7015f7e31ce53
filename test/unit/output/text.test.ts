import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { PlannedAction } from '../../../src/engine/events.ts';
import { jsonLinesReporter } from '../../../src/output/json-lines.ts';
import { renderPlan } from '../../../src/output/plan-text.ts';
import { textReporter } from '../../../src/output/text.ts';

const actions: PlannedAction[] = [
  { id: 'vpc', type: 'AWS::EC2::VPC', action: 'none', changes: [] },
  {
    id: 'load-balancer',
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    action: 'update',
    changes: [{ path: 'idleTimeout', from: 60, to: 300, action: 'update' }],
  },
  {
    id: 'parameter-redis-url',
    type: 'AWS::SSM::Parameter',
    action: 'update',
    changes: [
      { path: 'value', from: 'redis://:old@x', to: 'redis://:new@x', action: 'update', secret: true },
    ],
  },
  {
    id: 'target-group',
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    action: 'replace',
    changes: [{ path: 'port', from: 3000, to: 3001, action: 'replace' }],
  },
];

describe('a plan as text', () => {
  it('shows each field that changes, found and wanted, and counts', () => {
    expect(renderPlan(actions)).toBe(
      [
        '~ update  load-balancer        AWS::ElasticLoadBalancingV2::LoadBalancer',
        '            idleTimeout: 60 → 300',
        '~ update  parameter-redis-url  AWS::SSM::Parameter',
        '            value: (secret) → (secret)',
        '± replace target-group         AWS::ElasticLoadBalancingV2::TargetGroup',
        '            port: 3000 → 3001  (forces replacement)',
        '',
        '2 to update, 1 to replace, 1 unchanged',
        '',
      ].join('\n'),
    );
  });

  it('says so when nothing differs', () => {
    expect(renderPlan([actions[0]!])).toBe('no changes: all 1 resources are as the config asks\n');
  });
});

it('JSON lines carry every event and no secret', () => {
  const out = new PassThrough();
  const reporter = jsonLinesReporter(out);
  reporter.event({ type: 'plan.ready', actions });
  reporter.event({ type: 'step.done', id: 'load-balancer', ms: 12 });
  const text = String(out.read());
  expect(text).not.toContain('redis://');
  const [plan, done] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { actions: PlannedAction[] });
  expect(plan!.actions[1]!.changes[0]).toMatchObject({ path: 'idleTimeout', from: 60, to: 300 });
  expect(plan!.actions[2]!.changes[0]).toMatchObject({ path: 'value', to: '(secret)' });
  expect(done).toEqual({ type: 'step.done', id: 'load-balancer', ms: 12 });
});

it('plain text is a line per happening', () => {
  const out = new PassThrough();
  const reporter = textReporter(out);
  reporter.event({ type: 'step.started', id: 'vpc', resource: 'AWS::EC2::VPC', action: 'create' });
  reporter.event({ type: 'step.done', id: 'vpc', ms: 1234 });
  reporter.event({ type: 'step.failed', id: 'service', ms: 1, error: 'no capacity' });
  expect(String(out.read())).toBe(
    `· ${'vpc'.padEnd(28)} creating\n✓ ${'vpc'.padEnd(28)} created in 1.2s\n✗ ${'service'.padEnd(28)} no capacity\n`,
  );
});
