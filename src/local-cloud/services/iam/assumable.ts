import type { LocalCloud } from '../../cloud.ts';
import { iam } from './state.ts';

/** Whether a role exists and has been there for as long as a new role takes until services can assume it (10 s on AWS). */
export function isAssumable(place: { cloud: LocalCloud; region: string }, arn: string): boolean {
  const name = arn.split('/').at(-1) ?? '';
  const role = iam(place).roles.get(name.toLowerCase());
  return role?.arn === arn && role.assumableAt <= place.cloud.clock.now();
}

/** Whether a role was made so short a time ago that a service takes it for one that the caller may not pass. */
export function isTooNew(place: { cloud: LocalCloud; region: string }, arn: string): boolean {
  const role = iam(place).roles.get((arn.split('/').at(-1) ?? '').toLowerCase());
  return role?.arn === arn && role.assumableAt > place.cloud.clock.now();
}
