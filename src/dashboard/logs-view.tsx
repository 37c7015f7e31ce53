import { Box, Text } from 'ink';
import type { LogBuffer } from './log-buffer.ts';
import { Line, Say } from './say.tsx';
import { cut, plain, readable } from './words.ts';

interface LogsViewProps extends LogBuffer {
  width: number;
  height: number;
}

/** What the tasks log, oldest first. Pure. */
export function LogsView({ lines, behind, problem, width, height }: LogsViewProps) {
  const room = Math.max(0, height - 1);
  const end = lines.length - Math.min(behind, Math.max(0, lines.length - room));
  const shown = lines.slice(Math.max(0, end - room), end);
  const note =
    problem ?? (behind > 0 ? `${lines.length - end} newer` : lines.length === 0 ? 'waiting' : 'following');
  const said = cut(plain(note), width - 10);
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Line>
        <Say tone="strong">{problem === undefined ? 'logs' : '! logs'}</Say>
        <Text
          dimColor
        >{` ${'─'.repeat(Math.max(1, width - (problem === undefined ? 6 : 8) - said.length))} `}</Text>
        <Say tone={problem === undefined ? 'quiet' : 'warn'}>{said}</Say>
      </Line>
      {shown.map(({ at, task, message }, index) => (
        <Line key={end - shown.length + index}>
          <Say tone="quiet">{`${new Date(at).toISOString().slice(11, width < 90 ? 19 : 23)} `}</Say>
          <Say tone="busy">{`${task.slice(0, 8)} `}</Say>
          <Say>{readable(message)}</Say>
        </Line>
      ))}
    </Box>
  );
}
