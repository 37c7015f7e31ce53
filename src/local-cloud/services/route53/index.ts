import type { Operations } from '../../operation.ts';
import { changeOperations } from './change.ts';
import { hostedZoneOperations } from './hosted-zone.ts';
import { recordSetOperations } from './resource-record-set.ts';

/** Route 53: public hosted zones and their records. Nobody resolves them but the local Certificate Manager. */
export const operations: Operations = {
  ...hostedZoneOperations,
  ...recordSetOperations,
  ...changeOperations,
};
