import type { Finding } from './check.ts';

/** Findings as text: a line each, what to do about it below, and a count at the end. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, says, todo }) => [
    `${state.padEnd(4)}  ${name.padEnd(width)}  ${says}`,
    ...(todo === undefined ? [] : [`${' '.repeat(width + 8)}→ ${todo}`]),
  ]);
  const counts = (['OK', 'WARN', 'FAIL', 'SKIP'] as const)
    .map((state) => [findings.filter((each) => each.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`);
  return `${lines.join('\n')}\n\n${counts.join(', ')}\n`;
}
