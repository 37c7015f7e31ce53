import type { Operations } from '../../operation.ts';
import * as callerIdentity from './caller-identity.ts';

export const operations: Operations = { ...callerIdentity };
