import type { Reporter } from './reporter.ts';

/** Each event as one line of JSON, as it comes. Values that must not be shown are not in the line. */
export function jsonLinesReporter(stdout: NodeJS.WritableStream): Reporter {
  return {
    event: (event) => void stdout.write(`${JSON.stringify(event, hideSecrets)}\n`),
    close: () => Promise.resolve(),
  };
}

/** For JSON.stringify: a change that is marked secret keeps its path and action, and loses its values. */
export function hideSecrets(_key: string, value: unknown): unknown {
  const isSecretChange =
    typeof value === 'object' && value !== null && 'secret' in value && value.secret === true;
  return isSecretChange ? { ...value, secret: undefined, from: '(secret)', to: '(secret)' } : value;
}
