import { AwsError } from '../../operation.ts';
import type { Elbv2State, StoredListener, StoredLoadBalancer, StoredTargetGroup } from './state.ts';

/** ELBv2's refusal of a malformed or out-of-range value. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** ELBv2's refusal of values that do not go together. */
export function invalidConfiguration(message: string): AwsError {
  return new AwsError('InvalidConfigurationRequest', message);
}

/** The refusal of something that AWS does and this cloud does not, rather than taking it and doing nothing. */
export function notHere(what: string): AwsError {
  return invalidConfiguration(`The local cloud does not support ${what}`);
}

/** Throws ValidationError for what is no load balancer ARN, LoadBalancerNotFound. */
export function mustFindLoadBalancer(state: Elbv2State, arn: string | undefined): StoredLoadBalancer {
  mustBeArn(arn, 'loadbalancer', 'load balancer');
  const found = state.loadBalancers.get(arn);
  if (found === undefined) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`);
  return found;
}

/** Throws ValidationError for what is no target group ARN, TargetGroupNotFound. */
export function mustFindTargetGroup(state: Elbv2State, arn: string | undefined): StoredTargetGroup {
  mustBeArn(arn, 'targetgroup', 'target group');
  const found = state.targetGroups.get(arn);
  if (found === undefined) throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
  return found;
}

/** Throws ValidationError for what is no listener ARN, ListenerNotFound. */
export function mustFindListener(state: Elbv2State, arn: string | undefined): StoredListener {
  mustBeArn(arn, 'listener', 'listener');
  const found = state.listeners.get(arn);
  if (found === undefined) throw new AwsError('ListenerNotFound', `Listeners '${arn}' not found`);
  return found;
}

/** ELBv2's rules for the names of load balancers and target groups. Throws ValidationError. */
export function mustBeName(noun: 'Load balancer' | 'Target group', name: string): void {
  const problem =
    name === ''
      ? 'cannot be empty'
      : name.length > 32
        ? `cannot be longer than '32' characters`
        : !/^[A-Za-z0-9-]+$/.test(name)
          ? 'can only contain characters that are alphanumeric characters and hyphens(-)'
          : /^-|-$/.test(name)
            ? 'cannot begin or end with a hyphen(-)'
            : noun === 'Load balancer' && name.startsWith('internal-')
              ? `cannot begin with 'internal-'`
              : undefined;
  if (problem !== undefined) throw validationError(`${noun} name '${name}' ${problem}`);
}

/** Throws ValidationError for a number outside of a range, both ends included. */
export function mustBeWithin(value: number, name: string, first: number, last: number): void {
  if (!Number.isInteger(value) || value < first || value > last) {
    throw validationError(`${name} '${value}' must be between '${first}' and '${last}' inclusive`);
  }
}

function mustBeArn(arn: string | undefined, type: string, words: string): asserts arn is string {
  if (arn?.startsWith('arn:') && arn.split(':')[2] === 'elasticloadbalancing') {
    if (arn.split(':')[5]?.startsWith(`${type}/`)) return;
  }
  throw validationError(`'${arn ?? ''}' is not a valid ${words} ARN`);
}
