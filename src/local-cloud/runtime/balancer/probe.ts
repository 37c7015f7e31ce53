import { request } from 'node:http';
import type { BalancerTargetGroup } from '../data-plane.ts';
import { matches, type CheckResult } from './health.ts';

/** One HTTP health check as an ALB makes it, on a connection of its own. Never rejects. */
export function probe(
  target: { id: string; host: string; port: number },
  check: BalancerTargetGroup['healthCheck'],
): Promise<CheckResult & { refused?: boolean }> {
  return new Promise((resolve) => {
    const asked = request({
      host: target.host,
      port: target.port,
      path: check.path,
      agent: false,
      headers: {
        Host: target.id,
        Connection: 'close',
        'User-Agent': 'ELB-HealthChecker/2.0',
        'Accept-Encoding': 'gzip, compressed',
      },
    });
    const timer = setTimeout(() => {
      settle({ ok: false, reason: 'Target.Timeout', description: 'Request timed out' });
    }, check.timeoutSeconds * 1000);

    function settle(result: CheckResult & { refused?: boolean }): void {
      clearTimeout(timer);
      resolve(result);
      asked.destroy();
    }

    asked.on('response', ({ statusCode = 0 }) => {
      settle(
        matches(check.matcher, statusCode)
          ? { ok: true }
          : {
              ok: false,
              reason: 'Target.ResponseCodeMismatch',
              description: `Health checks failed with these codes: [${statusCode}]`,
            },
      );
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      settle({
        ok: false,
        reason: 'Target.FailedHealthChecks',
        description: 'Health checks failed',
        refused: error.code === 'ECONNREFUSED',
      });
    });
    asked.end();
  });
}
