import { useApp, useInput, useStdout } from 'ink';
import type { Key } from 'ink';
import { useEffect, useReducer, useState, useSyncExternalStore } from 'react';
import type { Dispatch } from 'react';
import type { LogNews, Snapshot } from '../read-model/snapshot.ts';
import { Frame } from './frame.tsx';
import type { Size } from './frame.tsx';
import { HelpView } from './help-view.tsx';
import { advanceLogs, emptyLogs } from './log-buffer.ts';
import type { LogAction, LogBuffer } from './log-buffer.ts';
import { LogsView } from './logs-view.tsx';
import { Overview } from './overview.tsx';
import { Look } from './say.tsx';
import { age } from './words.ts';

/** Where snapshots come from: the same object until something has changed. */
export interface SnapshotSource {
  current(): Snapshot;
  subscribe(changed: () => void): () => void;
}

/** Tells log lines as they come, until the signal is aborted. */
export type FollowLogs = (tell: (news: LogNews) => void, signal: AbortSignal) => Promise<void>;

export interface AppProps {
  source: SnapshotSource;
  logs: FollowLogs;
  color: boolean;
}

const tickMs = 1_000;

/** The dashboard: draws the source's snapshot, anew when it has changed or an age that is shown has. */
export function App({ source, logs, color }: AppProps) {
  const { exit } = useApp();
  const size = useSize();
  const snapshot = useSyncExternalStore(source.subscribe, source.current);
  const now = useNow(snapshot);
  const [view, setView] = useState<'stack' | 'logs' | 'help'>('stack');
  const [buffer, tellLogs] = useLogs(logs, view === 'logs');
  const page = Math.max(1, size.rows - 6);

  useInput((input, key) => {
    if (input === 'q') exit();
    else if (input === 'l') setView((current) => (current === 'logs' ? 'stack' : 'logs'));
    else if (input === '?') setView((current) => (current === 'help' ? 'stack' : 'help'));
    else if (key.escape) setView('stack');
    else if (view === 'logs') tellLogs({ type: 'scroll', by: steps(input, key, page), page });
  });

  return (
    <Look.Provider value={{ color, stale: false }}>
      <Frame snapshot={snapshot} size={size} keys={keysOf(view)}>
        {({ width, height }) => {
          if (view === 'help') return <HelpView width={width} height={height} />;
          if (view === 'stack')
            return <Overview snapshot={snapshot} now={now} width={width} height={height} />;
          return <LogsView {...buffer} width={width} height={height} />;
        }}
      </Frame>
    </Look.Provider>
  );
}

function keysOf(view: 'stack' | 'logs' | 'help'): [string, string][] {
  if (view === 'stack')
    return [
      ['l', 'logs'],
      ['?', 'help'],
      ['q', 'quit'],
    ];
  if (view === 'help')
    return [
      ['esc', 'back'],
      ['q', 'quit'],
    ];
  return [
    ['↑↓', 'scroll'],
    ['G', 'follow'],
    ['esc', 'back'],
    ['q', 'quit'],
  ];
}

/** How many lines back a key leads. */
function steps(input: string, key: Key, page: number): number {
  if (key.upArrow || input === 'k') return 1;
  if (key.downArrow || input === 'j') return -1;
  if (key.pageUp || input === 'b') return page;
  if (key.pageDown || input === ' ') return -page;
  if (key.home || input === 'g') return Infinity;
  if (key.end || input === 'G') return -Infinity;
  return 0;
}

function useSize(): Size {
  const { stdout } = useStdout();
  const read = (): Size => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
  const [size, setSize] = useState(read);
  useEffect(() => {
    const resized = () => setSize(read());
    stdout.on('resize', resized);
    return () => void stdout.off('resize', resized);
  }, [stdout]);
  return size;
}

/** The time, in steps: it moves on when an age that is shown would read differently. */
function useNow(snapshot: Snapshot): number {
  const [now, setNow] = useState(snapshot.at);
  useEffect(() => {
    const tick = () =>
      setNow((current) => (ages(snapshot, current) === ages(snapshot, Date.now()) ? current : Date.now()));
    const timer = setInterval(tick, tickMs);
    return () => clearInterval(timer);
  }, [snapshot]);
  return Math.max(now, snapshot.at);
}

/** All ages that a frame may show, as text. */
function ages({ at, ...snapshot }: Snapshot, now: number): string {
  const moments = [
    ...(snapshot.tasks.value ?? []).map((task) => task.startedAt ?? task.createdAt),
    ...(snapshot.service.value?.events ?? []).map((event) => event.at),
    ...(snapshot.service.value?.deployments ?? []).flatMap((each) => [each.createdAt, each.updatedAt]),
    ...Object.values(snapshot).map((part) =>
      typeof part === 'object' && 'error' in part && part.error !== undefined
        ? at - (part.age ?? 0)
        : undefined,
    ),
  ];
  return moments.map((moment) => (moment === undefined ? '' : age(now - moment))).join();
}

/** Follows the logs from the first time that they are looked at. */
function useLogs(follow: FollowLogs, isShown: boolean): [LogBuffer, Dispatch<LogAction>] {
  const [isWanted, setWanted] = useState(false);
  const [buffer, dispatch] = useReducer(advanceLogs, emptyLogs);
  useEffect(() => {
    if (isShown) setWanted(true);
  }, [isShown]);
  useEffect(() => {
    if (!isWanted) return undefined;
    const closed = new AbortController();
    void follow((news) => dispatch({ type: 'news', news }), closed.signal);
    return () => closed.abort();
  }, [isWanted, follow]);
  return [buffer, dispatch];
}
