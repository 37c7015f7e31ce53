import { notHere, validationError } from './errors.ts';

/** One attribute: what AWS gives it, what values it may have, and which of those work here (all, when left out). */
export interface AttributeRule {
  default: string;
  values: readonly string[] | { first: number; last: number; or?: string } | 'text';
  here?: readonly string[];
}

export type AttributeRules = Record<string, AttributeRule>;

type Attribute = { Key?: string | undefined; Value?: string | undefined };

/** What a new resource's attributes are. */
export function defaultAttributes(rules: AttributeRules): Record<string, string> {
  return Object.fromEntries(Object.entries(rules).map(([key, rule]) => [key, rule.default]));
}

/** Old attributes overwritten by new ones. Throws ValidationError, naming the attribute, for one that is not known, malformed or out of range. */
export function mergeAttributes(
  noun: 'Load balancer' | 'Target group',
  rules: AttributeRules,
  old: Record<string, string>,
  changes: Attribute[] | undefined,
): Record<string, string> {
  const merged = { ...old };
  for (const { Key = '', Value = '' } of changes ?? []) {
    const rule = rules[Key];
    if (rule === undefined) throw validationError(`${noun} attribute key '${Key}' is not recognized`);
    if (!isAllowed(rule.values, Value)) {
      throw validationError(
        `${noun} attribute value '${Value}' is not valid for '${Key}': it must be ${listed(rule.values)}`,
      );
    }
    if (rule.here !== undefined && !rule.here.includes(Value)) {
      throw notHere(`the value '${Value}' of '${Key}'`);
    }
    merged[Key] = Value;
  }
  return merged;
}

/** Attributes as the Describe calls list them. */
export function attributeList(attributes: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

function isAllowed(values: AttributeRule['values'], value: string): boolean {
  if (values === 'text') return value.length <= 1024;
  if ('first' in values) {
    if (value === values.or) return true;
    return /^\d{1,9}$/.test(value) && Number(value) >= values.first && Number(value) <= values.last;
  }
  return values.includes(value);
}

function listed(values: AttributeRule['values']): string {
  if (values === 'text') return 'at most 1024 characters';
  if ('first' in values) {
    return `${values.or === undefined ? '' : `'${values.or}' or `}between ${values.first} and ${values.last}`;
  }
  return `one of ${values.join(', ')}`;
}
