import type { Shape } from '../wire/schema.ts';
import { limitOf } from './constraints.ts';
import type { Constraints } from './constraints.ts';
import { brokenConstraint } from './limit.ts';

/** A value of a request that AWS does not take. */
export interface Violation {
  path: string[];
  value: unknown;
  /** In AWS's words: `Member must satisfy enum value set: [EC2, FARGATE]`. */
  constraint: string;
}

/** The first value in a request that is none of its enumeration's or outside its limit, or undefined. */
export function firstViolation(
  constraints: Constraints,
  shape: Shape,
  value: unknown,
): Violation | undefined {
  if (value === undefined || value === null) return undefined;
  if (shape.isStructSchema()) {
    for (const [name, member] of shape.structIterator()) {
      const found = inMember(constraints, shape.getName() ?? '', name, member, (value as never)[name]);
      if (found !== undefined) return { ...found, path: [name, ...found.path] };
    }
  } else if (shape.isListSchema() && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = firstViolation(constraints, shape.getValueSchema(), item);
      if (found !== undefined) return { ...found, path: [String(index + 1), 'member', ...found.path] };
    }
  }
  return undefined;
}

function inMember(
  constraints: Constraints,
  structure: string,
  name: string,
  member: Shape,
  value: unknown,
): Violation | undefined {
  if (value === undefined || value === null) return undefined;
  const limit = limitOf(constraints, structure, name);
  const broken = limit === undefined || limit.ownWords ? undefined : brokenConstraint(limit, value);
  if (broken !== undefined) return { path: [], value, constraint: broken };
  const allowed = constraints.enumerations[structure]?.[name];
  const foreign = allowed && scalarsOf(value).find((one) => !allowed.includes(one));
  if (foreign !== undefined) {
    const constraint = `Member must satisfy enum value set: [${allowed!.join(', ')}]`;
    return { path: [], value: foreign, constraint };
  }
  return firstViolation(constraints, member, value);
}

function scalarsOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as Record<string, string>);
}
