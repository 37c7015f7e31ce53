import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { attributeList, mergeAttributes, type AttributeRules } from './attributes.ts';
import { checkAccessLogs } from './access-logs.ts';
import { applyToBalancer } from './balancer.ts';
import { mustFindLoadBalancer } from './errors.ts';
import { elbv2State } from './state.ts';

const onOff = ['true', 'false'] as const;
const off = { default: 'false', values: onOff } as const;
/** Nothing here writes them. */
const noLogs = { default: 'false', values: onOff, here: ['false'] } as const;
const text = { default: '', values: 'text' } as const;

/** Every attribute of an application load balancer, as AWS gives them. */
export const loadBalancerAttributes: AttributeRules = {
  'access_logs.s3.enabled': off,
  'access_logs.s3.bucket': text,
  'access_logs.s3.prefix': text,
  'client_keep_alive.seconds': { default: '3600', values: { first: 60, last: 604_800 } },
  'connection_logs.s3.enabled': noLogs,
  'connection_logs.s3.bucket': text,
  'connection_logs.s3.prefix': text,
  'deletion_protection.enabled': off,
  'health_check_logs.s3.enabled': noLogs,
  'health_check_logs.s3.bucket': text,
  'health_check_logs.s3.prefix': text,
  'idle_timeout.timeout_seconds': { default: '60', values: { first: 1, last: 4000 } },
  'ipv6.deny_all_igw_traffic': off,
  // AWS: it is true for application load balancers and cannot be changed.
  'load_balancing.cross_zone.enabled': { default: 'true', values: ['true'] },
  'routing.http.desync_mitigation_mode': {
    default: 'defensive',
    values: ['monitor', 'defensive', 'strictest'],
    here: ['defensive', 'strictest'],
  },
  'routing.http.drop_invalid_header_fields.enabled': off,
  'routing.http.preserve_host_header.enabled': off,
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': off,
  'routing.http.xff_client_port.enabled': { default: 'false', values: onOff, here: ['false'] },
  'routing.http.xff_header_processing.mode': {
    default: 'append',
    values: ['append', 'preserve', 'remove'],
    here: ['append'],
  },
  'routing.http2.enabled': { default: 'true', values: onOff },
  'waf.fail_open.enabled': off,
  'zonal_shift.config.enabled': off,
};

export const loadBalancerAttributeOperations: Operations = {
  DescribeLoadBalancerAttributes,
  ModifyLoadBalancerAttributes,
};

function DescribeLoadBalancerAttributes(
  input: DescribeLoadBalancerAttributesInput,
  call: Call,
): DescribeLoadBalancerAttributesOutput {
  const { attributes } = mustFindLoadBalancer(elbv2State(call), input.LoadBalancerArn);
  return { Attributes: attributeList(attributes) };
}

async function ModifyLoadBalancerAttributes(
  input: ModifyLoadBalancerAttributesInput,
  call: Call,
): Promise<ModifyLoadBalancerAttributesOutput> {
  const { attributes: before } = mustFindLoadBalancer(elbv2State(call), input.LoadBalancerArn);
  await checkAccessLogs(
    call,
    before,
    mergeAttributes('Load balancer', loadBalancerAttributes, before, input.Attributes),
  );
  return applyToBalancer(call, () => {
    const balancer = mustFindLoadBalancer(elbv2State(call), input.LoadBalancerArn);
    const { attributes: old } = balancer;
    balancer.attributes = mergeAttributes('Load balancer', loadBalancerAttributes, old, input.Attributes);
    return {
      result: { Attributes: attributeList(balancer.attributes) },
      undo: () => (balancer.attributes = old),
    };
  });
}
