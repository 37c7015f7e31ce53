import type { Call, Operations } from '../../../operation.ts';

/** Calls an operation of another service inside the local cloud; throws what it throws. */
export async function ask<Output>(
  operations: Operations,
  name: string,
  input: object,
  call: Call,
): Promise<Output> {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`there is no operation ${name}`);
  return (await operation(input, call)) as Output;
}
