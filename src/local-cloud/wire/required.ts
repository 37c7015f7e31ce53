import { requiredMembers } from './schema.ts';
import type { Shape } from './schema.ts';

/** The path of the first required member that a value lacks, such as `listeners.1.member.port`, or undefined when all are there. */
export function missingMember(shape: Shape, value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (shape.isStructSchema()) {
    const struct = value as Record<string, unknown>;
    const missing = requiredMembers(shape).find(
      (name) => struct[name] === undefined || struct[name] === null,
    );
    if (missing !== undefined) return [missing];
    for (const [name, member] of shape.structIterator()) {
      const below = missingMember(member, struct[name]);
      if (below !== undefined) return [name, ...below];
    }
  } else if (shape.isListSchema() && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const below = missingMember(shape.getValueSchema(), item);
      if (below !== undefined) return [String(index + 1), 'member', ...below];
    }
  } else if (shape.isMapSchema()) {
    for (const [key, item] of Object.entries(value)) {
      const below = missingMember(shape.getValueSchema(), item);
      if (below !== undefined) return [key, 'member', ...below];
    }
  }
  return undefined;
}
