import type { Operations } from '../../operation.ts';
import { listenerOperations } from './listener.ts';
import { loadBalancerOperations } from './load-balancer.ts';
import { loadBalancerAttributeOperations } from './load-balancer-attributes.ts';
import { networkOperations } from './network.ts';
import { ruleOperations } from './rule.ts';
import { tagOperations } from './tags.ts';
import { targetOperations } from './target.ts';
import { targetGroupOperations } from './target-group.ts';
import { targetGroupAttributeOperations } from './target-group-attributes.ts';

/** Elastic Load Balancing v2: application load balancers that forward HTTP to IP addresses. */
export const operations: Operations = {
  ...loadBalancerOperations,
  ...loadBalancerAttributeOperations,
  ...networkOperations,
  ...targetGroupOperations,
  ...targetGroupAttributeOperations,
  ...targetOperations,
  ...listenerOperations,
  ...ruleOperations,
  ...tagOperations,
};
