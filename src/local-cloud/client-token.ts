import type { LocalCloud } from './cloud.ts';
import type { Call } from './operation.ts';

/** Answers by operation and token: whoever sends a call again gets the answer of the first one. */
const answers = new WeakMap<LocalCloud, Map<string, object>>();

/** So many are kept; a client that sends again does so within minutes. */
const kept = 1_000;

/**
 * Performs a call that carries a client token once, as EC2 and ECS do
 * (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html); one without is just performed.
 */
export async function oncePerToken<Output extends object>(
  operation: string,
  input: Record<string, unknown>,
  { cloud, region }: Call,
  perform: () => Promise<Output>,
): Promise<Output> {
  const token = input['ClientToken'] ?? input['clientToken'];
  if (typeof token !== 'string') return perform();
  const known = answers.get(cloud) ?? new Map<string, object>();
  answers.set(cloud, known);
  const key = `${region} ${operation} ${token}`;
  const before = known.get(key);
  if (before !== undefined) return before as Output;
  const output = await perform();
  known.set(key, output);
  if (known.size > kept) known.delete(known.keys().next().value!);
  return output;
}
