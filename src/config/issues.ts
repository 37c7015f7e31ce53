import type * as z from 'zod';
import { closest } from '../lib/closest.ts';
import { knownPaths } from './schema.ts';

/** Problems of a config as lines of `path: what is allowed, what is there`; `locate` says where the user wrote a path. */
export function describeIssues(error: z.ZodError, raw: unknown, locate: (path: string) => string): string[] {
  return error.issues.flatMap((issue) => describe(issue, raw, locate));
}

function describe(issue: z.core.$ZodIssue, raw: unknown, locate: (path: string) => string): string[] {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(at === '' ? key : `${at}.${key}`, locate));
  }
  if (issue.code === 'invalid_key')
    return issue.issues.flatMap((inner) => [`${locate(at)}: ${inner.message}`]);
  const value = issue.path.reduce<unknown>(
    (current, key) => (current as Record<PropertyKey, unknown> | undefined)?.[key],
    raw,
  );
  // It may hold a password.
  const hidden = value === undefined || at === 'redis.url';
  const is = hidden ? '' : `, is ${JSON.stringify(value)}`;
  return [`${locate(at)}: ${allowed(issue)}${is}`];
}

function unknownKey(path: string, locate: (path: string) => string): string {
  const parent = path.split('.').slice(0, -1).join('.');
  const siblings = knownPaths().filter((known) => known.split('.').slice(0, -1).join('.') === parent);
  const key = path.split('.').at(-1)!;
  const names = siblings.map((sibling) => sibling.split('.').at(-1)!);
  const suggestion = closest(key, names);
  if (suggestion !== undefined) return `${locate(path)}: unknown field; did you mean "${suggestion}"?`;
  // The right name in the wrong place is as common as the wrong name.
  const elsewhere = knownPaths().find((known) => known.split('.').at(-1) === key);
  return `${locate(path)}: unknown field${elsewhere === undefined ? '' : `; did you mean "${elsewhere}"?`}`;
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return bounds('at least', issue.minimum, issue.origin);
    case 'too_big':
      return bounds('at most', issue.maximum, issue.origin);
    case 'invalid_union':
      return `must be ${[...new Set(issue.errors.flat().map((inner) => allowed(inner).replace(/^must be (one of )?/, '')))].join(' or ')}`;
    case 'invalid_format':
      if (issue.format === 'cidrv4') return 'must be an IPv4 range such as "10.0.0.0/16"';
      if (issue.format === 'starts_with')
        return `must start with "${(issue as z.core.$ZodIssueStringStartsWith).prefix}"`;
      return issue.message;
    default:
      return issue.message;
  }
}

function bounds(word: string, limit: number | bigint, origin: string): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  return `must be ${word} ${limit}${unit}`;
}

function article(type: string): string {
  const name = type === 'int' ? 'whole number' : type === 'record' ? 'object' : type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
