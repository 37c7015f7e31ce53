import { expect, test } from 'vitest';
import {
  afterCheck,
  describeHealth,
  initialHealth,
  matches,
  type CheckResult,
} from '../../../src/local-cloud/runtime/balancer/health.ts';

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
const ok: CheckResult = { ok: true };
const bad: CheckResult = { ok: false, reason: 'Target.Timeout', description: 'Request timed out' };

function states(results: CheckResult[]): string[] {
  let health = initialHealth;
  return results.map((result) => {
    health = afterCheck(health, result, thresholds);
    return health.state;
  });
}

test.each([
  ['the first success is enough for a new target', [ok], ['healthy']],
  ['also after a failure', [bad, ok], ['initial', 'healthy']],
  ['a new target is unhealthy after as many failures as for any other', [bad, bad], ['initial', 'unhealthy']],
  ['one failure is none', [ok, bad, ok, bad, ok], ['healthy', 'healthy', 'healthy', 'healthy', 'healthy']],
  ['failures in a row count', [ok, bad, bad], ['healthy', 'healthy', 'unhealthy']],
  [
    'an unhealthy target needs the whole threshold, in a row',
    [bad, bad, ok, ok, bad, ok, ok, ok],
    ['initial', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
  ],
])('%s', (_what, results, expected) => {
  expect(states(results)).toEqual(expected);
});

test('an unhealthy target says what its last check found', () => {
  const mismatch: CheckResult = {
    ok: false,
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [500]',
  };
  const health = [bad, bad, mismatch].reduce(
    (now, result) => afterCheck(now, result, thresholds),
    initialHealth,
  );
  expect(describeHealth(health)).toEqual({
    state: 'unhealthy',
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [500]',
  });
});

test.each([
  ['200', 200, true],
  ['200', 201, false],
  ['200,204', 204, true],
  ['200-299', 299, true],
  ['200-299', 300, false],
  ['200,300-302,404', 301, true],
])('the matcher %s and the code %i', (matcher, status, expected) => {
  expect(matches(matcher, status)).toBe(expected);
});
