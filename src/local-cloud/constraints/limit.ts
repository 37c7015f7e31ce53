/** The range, length, count or pattern that AWS gives for a member of a request. */
export interface Limit {
  /** The page of the AWS documentation that says so. */
  page: string;
  /** Of a number, or of the digits in a string. */
  min?: number;
  max?: number;
  /** Of a string, in characters. */
  minLength?: number;
  maxLength?: number;
  /** Of the whole string. */
  pattern?: RegExp;
  /** Of a list or a map. */
  maxItems?: number;
  /** The service refuses it in words of its own: its handler looks, not the check that all services share. */
  ownWords?: true;
}

/** By `Structure.member`, or by `member` wherever it occurs in requests of the service. */
export type Limits = Record<string, Limit>;

/** The constraint that a value does not keep, in AWS's words, or undefined. */
export function brokenConstraint(limit: Limit, value: unknown): string | undefined {
  const { min = -Infinity, max = Infinity, minLength = 0, maxLength = Infinity, maxItems = Infinity } = limit;
  if (typeof value === 'object' && value !== null) {
    const items = Array.isArray(value) ? value.length : Object.keys(value).length;
    return items > maxItems ? `Member must have length less than or equal to ${maxItems}` : undefined;
  }
  const text = String(value);
  if (text.length < minLength) return `Member must have length greater than or equal to ${minLength}`;
  if (text.length > maxLength) return `Member must have length less than or equal to ${maxLength}`;
  if (Number(text) < min) return `Member must have value greater than or equal to ${min}`;
  if (Number(text) > max) return `Member must have value less than or equal to ${max}`;
  if (limit.pattern !== undefined && !new RegExp(`^(?:${limit.pattern.source})$`, 'u').test(text)) {
    return `Member must satisfy regular expression pattern: ${limit.pattern.source}`;
  }
  return undefined;
}
