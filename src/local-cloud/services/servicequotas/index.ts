import type { Operations } from '../../operation.ts';
import { serviceQuotaOperations } from './service-quota.ts';

/** Service Quotas: what a stack takes of an account, with AWS's defaults; the local cloud itself keeps none of them. */
export const operations: Operations = serviceQuotaOperations;
