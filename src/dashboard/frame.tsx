import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Snapshot, Verdict } from '../read-model/snapshot.ts';
import { Line, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { cut, plain } from './words.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** Lines around what a view draws: two of the header, an empty one, the footer. */
const around = 4;
/** Columns that stay empty at each edge. */
const margin = 1;
/** From so many rows on, there is an empty line above the keys. */
const roomy = 24;
const leastRows = 6;
const leastColumns = 40;

const verdicts: Record<Verdict['state'], [mark: string, tone: Tone]> = {
  healthy: ['●', 'good'],
  deploying: ['◐', 'busy'],
  degraded: ['▲', 'warn'],
  down: ['✗', 'bad'],
};

interface FrameProps {
  snapshot: Snapshot;
  size: Size;
  /** `q quit`, … */
  keys: [key: string, does: string][];
  children: (size: { width: number; height: number }) => ReactNode;
}

/** The whole screen: the verdict and why on top, what a view draws, the keys below. */
export function Frame({ snapshot, size, keys, children }: FrameProps) {
  const { verdict, stack, endpoint } = snapshot;
  const [mark, tone] = verdicts[verdict.state];
  const width = size.columns - 2 * margin;
  if (size.rows < leastRows || size.columns < leastColumns) {
    return <Line>{cut(`${mark} ${verdict.state}: ${plain(verdict.because)}`, size.columns)}</Line>;
  }
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} paddingX={margin} overflow="hidden">
      <Line>
        <Say tone={tone}>{mark} </Say>
        <Text bold>
          <Say tone={tone}>{verdict.state}</Say>
        </Text>
        <Say>{`  ${plain(verdict.because)}`}</Say>
      </Line>
      <Line>
        <Say tone="quiet">{`  ${stack}`}</Say>
        {endpoint !== undefined && <Say>{`  ${endpoint}`}</Say>}
      </Line>
      <Box height={1} flexShrink={0} />
      {children({ width, height: size.rows - around - (size.rows < roomy ? 0 : 1) })}
      <Box flexGrow={1} />
      <Line>
        {keys.map(([key, does], index) => (
          <Text key={key}>
            {index > 0 && '   '}
            <Say tone="strong">{key}</Say>
            <Say tone="quiet">{` ${does}`}</Say>
          </Text>
        ))}
      </Line>
    </Box>
  );
}
