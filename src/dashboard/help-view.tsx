import { Box } from 'ink';
import { Line, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { cell } from './words.ts';

const lines: [name: string, tone: Tone, text: string][] = [
  ['keys', 'strong', ''],
  ['l', 'plain', 'what the tasks log, and back'],
  ['?', 'plain', 'this page, and back'],
  ['esc', 'plain', 'back to the stack'],
  ['q', 'plain', 'quit (so does Ctrl-C)'],
  ['↑ ↓ PgUp PgDn', 'plain', 'in the logs: scroll; g to the first line, G to the last, which follows'],
  ['', 'plain', ''],
  ['verdicts', 'strong', ''],
  ['● healthy', 'good', 'every task runs, every target is healthy, redis is available'],
  ['◐ deploying', 'busy', 'ECS brings a new version, and what is there answers'],
  ['▲ degraded', 'warn', 'it answers, but a task, a target, redis or a reading is missing'],
  ['✗ down', 'bad', 'no task runs, no target is healthy, or there is no way in'],
  ['', 'plain', ''],
  ['marks', 'strong', ''],
  ['✓ ◐ ◌ ✗', 'plain', 'well · on its way in · on its way out · failed'],
  ['! and grey', 'plain', 'could not be read just now: the last values, how old they are, and why'],
  ['-', 'plain', 'not known to CloudWatch'],
];

/** Keys, verdicts and marks. */
export function HelpView({ width, height }: { width: number; height: number }) {
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      {lines.slice(0, height).map(([name, tone, text], index) => (
        <Line key={index}>
          <Say tone={tone}>{cell(name, 15)}</Say>
          <Say>{text}</Say>
        </Line>
      ))}
    </Box>
  );
}
