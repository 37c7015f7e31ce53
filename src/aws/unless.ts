import { classify } from './error-class.ts';

/** Waits for a call; one of the named errors counts as an answer without content. */
export async function unless<Answer>(call: Promise<Answer>, ...names: string[]): Promise<Answer | undefined> {
  return unlessSo(call, (error) => isNamed(error, ...names));
}

/** The same for every error that says that the thing does not exist. */
export async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  return unlessSo(call, (error) => classify(error) === 'not-found');
}

/** Whether an error of the SDK carries one of AWS's error codes. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

async function unlessSo<Answer>(
  call: Promise<Answer>,
  isAnswer: (error: unknown) => boolean,
): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}
