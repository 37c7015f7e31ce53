import type { Clock } from './clock.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** A structured log: one short sentence and plain fields. */
export type Logger = Record<LogLevel, (message: string, fields?: Record<string, unknown>) => void>;

/** Makes a logger that writes one JSON object per line and leaves out what is below `level`. */
export function createLogger(
  write: (line: string) => void,
  level: LogLevel,
  clock: Clock,
  base: Record<string, unknown> = {},
): Logger {
  const at =
    (own: LogLevel): Logger[LogLevel] =>
    (message, fields) => {
      if (LOG_LEVELS.indexOf(own) < LOG_LEVELS.indexOf(level)) return;
      const time = new Date(clock.now()).toISOString();
      write(`${JSON.stringify({ time, level: own, message, ...base, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The text of whatever was thrown, for a log field. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
