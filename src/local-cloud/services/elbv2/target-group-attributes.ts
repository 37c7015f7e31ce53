import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { attributeList, mergeAttributes, type AttributeRules } from './attributes.ts';
import { applyToBalancer } from './balancer.ts';
import { mustFindTargetGroup } from './errors.ts';
import { elbv2State } from './state.ts';

const percentage = { default: 'off', values: { first: 1, last: 100, or: 'off' }, here: ['off'] } as const;
const count = { default: '1', values: { first: 1, last: 1000, or: 'off' }, here: ['1', 'off'] } as const;

/** Every attribute of an HTTP target group of IP addresses, as AWS gives them. */
export const targetGroupAttributes: AttributeRules = {
  'deregistration_delay.timeout_seconds': { default: '300', values: { first: 0, last: 3600 } },
  'load_balancing.algorithm.anomaly_mitigation': { default: 'off', values: ['on', 'off'], here: ['off'] },
  'load_balancing.algorithm.type': {
    default: 'round_robin',
    values: ['round_robin', 'least_outstanding_requests', 'weighted_random'],
    here: ['round_robin', 'least_outstanding_requests'],
  },
  // All targets are on this machine, so that there are no zones to cross.
  'load_balancing.cross_zone.enabled': {
    default: 'use_load_balancer_configuration',
    values: ['true', 'false', 'use_load_balancer_configuration'],
  },
  'slow_start.duration_seconds': { default: '0', values: { first: 30, last: 900, or: '0' }, here: ['0'] },
  'stickiness.app_cookie.cookie_name': { default: '', values: 'text' },
  'stickiness.app_cookie.duration_seconds': { default: '86400', values: { first: 1, last: 604_800 } },
  'stickiness.enabled': { default: 'false', values: ['true', 'false'] },
  'stickiness.lb_cookie.duration_seconds': { default: '86400', values: { first: 1, last: 604_800 } },
  'stickiness.type': { default: 'lb_cookie', values: ['lb_cookie', 'app_cookie'], here: ['lb_cookie'] },
  'target_group_health.dns_failover.minimum_healthy_targets.count': count,
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': percentage,
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': count,
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': percentage,
};

export const targetGroupAttributeOperations: Operations = {
  DescribeTargetGroupAttributes,
  ModifyTargetGroupAttributes,
};

function DescribeTargetGroupAttributes(
  input: DescribeTargetGroupAttributesInput,
  call: Call,
): DescribeTargetGroupAttributesOutput {
  const { attributes } = mustFindTargetGroup(elbv2State(call), input.TargetGroupArn);
  return { Attributes: attributeList(attributes) };
}

function ModifyTargetGroupAttributes(
  input: ModifyTargetGroupAttributesInput,
  call: Call,
): Promise<ModifyTargetGroupAttributesOutput> {
  return applyToBalancer(call, () => {
    const group = mustFindTargetGroup(elbv2State(call), input.TargetGroupArn);
    const { attributes: old } = group;
    group.attributes = mergeAttributes('Target group', targetGroupAttributes, old, input.Attributes);
    return { result: { Attributes: attributeList(group.attributes) }, undo: () => (group.attributes = old) };
  });
}
