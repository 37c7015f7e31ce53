import type { Shape } from '../../src/local-cloud/wire/schema.ts';

/** A string or number in a request, and the member that it is the value of. */
export interface SentValue {
  signingName?: string;
  structure: string;
  member: string;
  value: unknown;
}

/** All strings and numbers in a request; those in lists and maps belong to the member that holds the list or map. */
export function* valuesIn(
  shape: Shape,
  value: unknown,
  at?: Pick<SentValue, 'structure' | 'member'>,
): Generator<SentValue> {
  if (value === undefined || value === null) return;
  if (shape.isListSchema() || shape.isMapSchema()) {
    for (const item of Object.values(value)) yield* valuesIn(shape.getValueSchema(), item, at);
  } else if (shape.isStructSchema()) {
    for (const [member, below] of shape.structIterator()) {
      yield* valuesIn(below, (value as Record<string, unknown>)[member], {
        structure: shape.getName()!,
        member,
      });
    }
  } else if (at !== undefined && (shape.isStringSchema() || shape.isNumericSchema())) {
    yield { ...at, value };
  }
}
