import type { LogLine, LogNews } from '../read-model/snapshot.ts';

/** The lines that are kept, and where in them one looks. */
export interface LogBuffer {
  lines: readonly LogLine[];
  /** Lines between the last one in sight and the end; 0 follows. */
  behind: number;
  problem: string | undefined;
}

export const emptyLogs: LogBuffer = { lines: [], behind: 0, problem: undefined };

/** The most lines that are kept. */
const most = 2_000;

export type LogAction = { type: 'news'; news: LogNews } | { type: 'scroll'; by: number; page: number };

/** The buffer after news or a scroll. Whoever looks back keeps the place while new lines come. Pure. */
export function advanceLogs({ lines, behind, problem }: LogBuffer, action: LogAction): LogBuffer {
  if (action.type === 'scroll') {
    const furthest = Math.max(0, lines.length - action.page);
    return { lines, behind: Math.max(0, Math.min(furthest, behind + action.by)), problem };
  }
  const { news } = action;
  const kept = [...lines, ...news.lines].slice(-most);
  const moved = behind === 0 ? 0 : Math.min(kept.length - 1, behind + news.lines.length);
  return { lines: kept, behind: moved, problem: news.problem };
}
