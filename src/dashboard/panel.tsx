import { Box, Text } from 'ink';
import { useContext } from 'react';
import type { ReactNode } from 'react';
import type { Part } from '../read-model/snapshot.ts';
import { Line, Look, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { age, cut, plain } from './words.ts';

export interface PanelProps {
  /** Characters and lines, the heading included. */
  width: number;
  height: number;
}

interface FrameProps<T> extends PanelProps {
  title: string;
  /** Its freshness and error. */
  part: Part<T>;
  /** Milliseconds since the snapshot was made. */
  since: number;
  /** What the heading says in a few words: all there is when only the heading fits. */
  summary: (value: T) => string;
  children: (value: T) => ReactNode;
}

/** A heading with a rule, and under it what was read last: greyed, with the reason, when the latest reading failed. */
export function Panel<T>({ title, part, since, summary, width, height, children }: FrameProps<T>) {
  const look = useContext(Look);
  const { value, error, age: readAgo = 0 } = part;
  const [mark, tone]: [string, Tone] = error === undefined ? ['', 'strong'] : ['! ', 'warn'];
  const right = error === undefined ? (value === undefined ? 'reading' : summary(value)) : problem();
  const said = cut(plain(right), width - mark.length - title.length - 4);
  const end = said === '' ? '' : ` ${said}`;
  const rule = '─'.repeat(Math.max(1, width - mark.length - title.length - end.length - 1));
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden" flexShrink={0}>
      <Line>
        <Say tone={tone}>{`${mark}${title}`}</Say>
        <Text dimColor>{` ${rule}`}</Text>
        <Say tone={error === undefined ? 'quiet' : 'warn'}>{end}</Say>
      </Line>
      <Look.Provider value={{ ...look, stale: error !== undefined }}>
        {value !== undefined && height > 1 && children(value)}
      </Look.Provider>
    </Box>
  );

  function problem(): string {
    const { message } = error!;
    return value === undefined ? message : `${age(readAgo + since)} old: ${message}`;
  }
}
