import { randomBytes } from 'node:crypto';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';

export interface RoleState {
  name: string;
  path: string;
  arn: string;
  id: string;
  createdAt: Date;
  /** Milliseconds since 1970 from which services can assume it. */
  assumableAt: number;
  /** JSON as it was given; answers carry it URL-encoded. */
  assumeRolePolicyDocument: string;
  description: string | undefined;
  maxSessionDuration: number;
  tags: Map<string, string>;
  /** Inline policies: name → JSON as it was given. */
  policies: Map<string, string>;
  /** ARNs of attached policies. */
  attached: Set<string>;
}

/** Everything that IAM keeps for the account: roles by name in lower case, since names that differ by case only clash. */
export interface IamState {
  roles: Map<string, RoleState>;
}

/** IAM's state: one per account, whatever the region of a call. */
export const iam = store<IamState>('iam', () => ({ roles: new Map() }), 'global');

/** A role by name. Throws NoSuchEntity. */
export function roleOf(place: { cloud: LocalCloud; region: string }, name: string | undefined): RoleState {
  const role = iam(place).roles.get((name ?? '').toLowerCase());
  if (role === undefined || role.name !== name) {
    throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  }
  return role;
}

/** What a role is made of; the rest follows. */
type NewRole = Pick<RoleState, 'name' | 'path' | 'assumeRolePolicyDocument' | 'description'> &
  Partial<Pick<RoleState, 'maxSessionDuration' | 'tags'>>;

/** Makes a role without policies, which services can assume after a while. */
export function addRole(call: Call, given: NewRole): RoleState {
  const { name, path } = given;
  const role: RoleState = {
    maxSessionDuration: 3600,
    tags: new Map(),
    ...given,
    arn: `arn:aws:iam::${call.account}:role${path}${name}`,
    id: newRoleId(),
    createdAt: call.now,
    assumableAt: call.now.getTime() + call.cloud.clock.latency('role.assumable'),
    policies: new Map(),
    attached: new Set(),
  };
  iam(call).roles.set(name.toLowerCase(), role);
  return role;
}

/** A new unique id: `AROA` and 17 characters of base 32, as roles have it. */
function newRoleId(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `AROA${Array.from(randomBytes(17), (byte) => alphabet[byte & 31]).join('')}`;
}
