import { ChatopsError, messageOf } from '../lib/errors.ts';

/** How a check came out. */
export interface Outcome {
  state: 'OK' | 'WARN' | 'FAIL' | 'SKIP';
  /** What was found, or why it was not looked at. */
  says: string;
  /** What to do about it, as an imperative. */
  todo?: string;
}

/** One thing that has to be in order. */
export interface Check {
  /** A word or two: `open files`. */
  name: string;
  run(): Promise<Outcome>;
}

/** What became of a check. Plain data. */
export type Finding = Outcome & { name: string };

/** Runs all checks at once and resolves with their findings in the same order; one that throws has failed. */
export function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => ({
      name,
      ...(await run().catch((error: unknown) => failed(error))),
    })),
  );
}

/** All is well. */
export function ok(says: string): Outcome {
  return { state: 'OK', says };
}

/** It may go wrong, or is not as it should be. */
export function warn(says: string, todo: string): Outcome {
  return { state: 'WARN', says, todo };
}

/** It will go wrong. */
export function fail(says: string, todo: string): Outcome {
  return { state: 'FAIL', says, todo };
}

/** It was not looked at. */
export function skip(says: string, todo?: string): Outcome {
  return { state: 'SKIP', says, ...(todo === undefined ? {} : { todo }) };
}

/** An error as the outcome of a check, with its hint as what to do. */
export function failed(error: unknown): Outcome {
  const hint = error instanceof ChatopsError ? error.hint : undefined;
  return { state: 'FAIL', says: messageOf(error), ...(hint === undefined ? {} : { todo: hint }) };
}
