import type { Config } from '../config/schema.ts';
import type { Names, StackIdentity } from '../config/names.ts';

/** One statement of an IAM policy. */
export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Whose stack a policy is for. */
export interface PolicyInput {
  config: Config;
  identity: StackIdentity;
  names: Names;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
  /** Twelve digits, or `*` for whichever account the policy is put into. */
  account: string;
}

/** Allows actions of one service, written without its prefix, on resources. */
export function allow(
  Sid: string,
  service: string,
  actions: readonly string[],
  Resource: string[],
  Condition?: Statement['Condition'],
): Statement {
  const Action = actions.map((action) => `${service}:${action}`);
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}

/** ARNs of a service in the stack's account and region: the last part of each is given. */
export function arnsOf({ partition, account, identity }: PolicyInput, service: string) {
  return (...parts: string[]) =>
    parts.map((part) => `arn:${partition}:${service}:${identity.region}:${account}:${part}`);
}

/** Only what is tagged as this stack's. */
export function taggedAs({ identity }: PolicyInput) {
  return { 'aws:ResourceTag/chatops:stack': identity.stack };
}

/** Only what is tagged as this stack's in the call that makes it. */
export function taggingAs({ identity }: PolicyInput) {
  return { 'aws:RequestTag/chatops:stack': identity.stack };
}
