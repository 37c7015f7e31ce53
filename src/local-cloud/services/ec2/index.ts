import type { Operations } from '../../operation.ts';
import { availabilityZoneOperations } from './availability-zone.ts';
import { networkInterfaceOperations } from './network-interface.ts';

export const operations: Operations = {
  ...availabilityZoneOperations,
  ...networkInterfaceOperations,
};
