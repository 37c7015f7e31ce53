import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line that any script can read (`Tests: 12 passed, 0 failed, 1 skipped`), and before it
 * names each test that passed only when it was run again: it is either badly written or has found a race.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
        if (state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0) {
          console.log(`passed only when run again: ${module.relativeModuleId} > ${test.fullName}`);
        }
      }
    }
    console.log(`Tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
