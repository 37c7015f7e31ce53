import { Box, Text } from 'ink';
import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';

/** What a piece of text means; colour only repeats what words and marks say. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'busy' | 'warn' | 'bad';

/** Whether colours may be used, and whether what is drawn is out of date. */
export const Look = createContext({ color: true, stale: false });

const colors: Partial<Record<Tone, string>> = { good: 'green', busy: 'cyan', warn: 'yellow', bad: 'red' };

/** Text in a tone, or greyed where the panel is out of date. */
export function Say({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  const { color, stale } = useContext(Look);
  if (stale) return <Text dimColor>{children}</Text>;
  return (
    <Text
      bold={tone === 'strong'}
      dimColor={tone === 'quiet'}
      {...(color && colors[tone] !== undefined && { color: colors[tone] })}
    >
      {children}
    </Text>
  );
}

/** One line that is cut at the edge. */
export function Line({ children }: { children: ReactNode }) {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate-end">{children}</Text>
    </Box>
  );
}
