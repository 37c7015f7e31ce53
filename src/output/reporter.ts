import type { EngineEvent } from '../engine/events.ts';

/** Something that shows a run while it goes on. */
export interface Reporter {
  event(event: EngineEvent): void;
  /** Leaves the terminal as it should be; nothing may be reported afterwards. */
  close(): Promise<void>;
}

/** The streams that a reporter may write to: progress to `stderr`, results to `stdout`. */
export interface Streams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: Record<string, string | undefined>;
}

/** The reporter for where the output goes: JSON lines for programs, the progress tree on a terminal, plain text elsewhere. */
export async function createReporter(
  streams: Streams,
  options: { json: boolean; title: string },
): Promise<Reporter> {
  if (options.json) return (await import('./json-lines.ts')).jsonLinesReporter(streams.stdout);
  const live = streams.stderr.isTTY && streams.env['CI'] === undefined && streams.env['TERM'] !== 'dumb';
  if (live) return (await import('./progress-tree.tsx')).progressTreeReporter(streams.stderr, options.title);
  return (await import('./text.ts')).textReporter(streams.stderr);
}
