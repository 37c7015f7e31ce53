import { Box, Text, render, useStdout } from 'ink';
import { useEffect, useState } from 'react';
import { formatDuration } from '../lib/durations.ts';
import { advance, grouped } from './progress.ts';
import type { ProgressStep, StepState } from './progress.ts';
import type { Reporter } from './reporter.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const marks: Record<Exclude<StepState, 'running'>, [mark: string, color: string]> = {
  waiting: ['·', 'gray'],
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'yellow'],
};

/** A tree of the run on a terminal: a line per group, and under it what is under way or went wrong, with elapsed times. */
export function progressTreeReporter(stderr: NodeJS.WriteStream, title: string): Reporter {
  let steps: readonly ProgressStep[] = [];
  const app = render(<ProgressTree title={title} steps={steps} />, {
    stdout: stderr,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  return {
    event(event) {
      steps = advance(steps, event, Date.now());
      app.rerender(<ProgressTree title={title} steps={steps} finished={event.type === 'run.finished'} />);
    },
    async close() {
      app.unmount();
      await app.waitUntilExit();
    },
  };
}

interface TreeProps {
  title: string;
  steps: readonly ProgressStep[];
  finished?: boolean;
}

/** The tree at one moment. */
export function ProgressTree({ title, steps, finished = false }: TreeProps) {
  const frame = useFrame(!finished);
  const { stdout } = useStdout();
  const width = stdout.columns ?? 80;
  const complete = steps.filter(({ state }) => state === 'done').length;
  return (
    <Box flexDirection="column">
      <Text>
        <Text bold>{title}</Text>
        {steps.length > 0 && <Text color="gray">{`  ${complete} of ${steps.length}`}</Text>}
      </Text>
      {grouped(steps).map(([group, members]) => (
        <Group key={group} name={group} steps={members} frame={frame} width={width} />
      ))}
    </Box>
  );
}

function Group({
  name,
  steps,
  frame,
  width,
}: {
  name: string;
  steps: ProgressStep[];
  frame: number;
  width: number;
}) {
  const open = steps.filter(({ state }) => state === 'running' || state === 'failed' || state === 'skipped');
  const complete = steps.filter(({ state }) => state === 'done').length;
  const state = stateOf(steps);
  return (
    <Box flexDirection="column">
      <Text wrap="truncate-end">
        <Mark state={state} frame={frame} /> {name.padEnd(18)}
        <Text color="gray">{`${complete}/${steps.length}  ${elapsed(steps)}`}</Text>
      </Text>
      {open.map((step) => (
        <Text key={step.id} wrap="truncate-end">
          {'    '}
          <Mark state={step.state} frame={frame} /> {step.id.padEnd(width < 70 ? 1 : 28)}{' '}
          <Text color="gray">{`${took(step)}  `}</Text>
          {step.note}
        </Text>
      ))}
    </Box>
  );
}

function Mark({ state, frame }: { state: StepState; frame: number }) {
  if (state === 'running') return <Text color="cyan">{spinner[frame % spinner.length]}</Text>;
  const [mark, color] = marks[state];
  return <Text color={color}>{mark}</Text>;
}

function useFrame(active: boolean): number {
  const [frame, setFrame] = useState(0);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => setFrame((current) => current + 1), 100);
    return () => clearInterval(timer);
  }, [active]);
  return frame;
}

function stateOf(steps: ProgressStep[]): StepState {
  for (const state of ['failed', 'running', 'skipped'] as const) {
    if (steps.some((step) => step.state === state)) return state;
  }
  if (steps.every(({ state }) => state === 'done')) return 'done';
  return steps.some(({ state }) => state === 'done') ? 'running' : 'waiting';
}

function took({ state, startedAt, ms }: ProgressStep): string {
  if (ms !== undefined) return formatDuration(ms);
  return state === 'running' && startedAt !== undefined ? formatDuration(Date.now() - startedAt) : '';
}

/** From the first start in the group to its last end. */
function elapsed(steps: ProgressStep[]): string {
  const started = steps.filter(({ startedAt }) => startedAt !== undefined);
  if (started.length === 0) return '';
  const from = Math.min(...started.map(({ startedAt }) => startedAt!));
  const to = Math.max(
    ...started.map(({ startedAt, ms }) => (ms === undefined ? Date.now() : startedAt! + ms)),
  );
  return formatDuration(to - from);
}
