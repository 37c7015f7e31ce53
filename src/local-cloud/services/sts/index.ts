import type { Operations } from '../../operation.ts';
import * as assumeRole from './assume-role.ts';
import * as callerIdentity from './caller-identity.ts';

export const operations: Operations = { ...assumeRole, ...callerIdentity };
