import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../operation.ts';
import { mustBeWithin, mustFindTargetGroup, notHere, validationError } from './errors.ts';
import type { Elbv2State, StoredLoadBalancer } from './state.ts';

/**
 * A listener's default actions as ELBv2 keeps and describes them: a forward has both its short form and its weighted
 * one. Throws ValidationError, TargetGroupNotFound, InvalidLoadBalancerAction,
 * TargetGroupAssociationLimit for a target group that another load balancer forwards to.
 */
export function normalActions(
  state: Elbv2State,
  balancer: StoredLoadBalancer,
  actions: Action[] | undefined,
): Action[] {
  const [action, ...others] = actions ?? [];
  if (action === undefined) throw validationError('A listener must have a default action');
  if (others.length > 0) throw notHere('more than one default action');
  if (action.Type === 'forward') return [forwardAction(state, balancer, action)];
  if (action.Type === 'redirect') return [redirectAction(action)];
  if (action.Type === 'fixed-response') return [fixedResponseAction(action)];
  throw notHere(`actions of the type '${action.Type}'`);
}

/** The target groups of a forward action with their weights, in either of its forms; none for any other action. */
export function targetGroupsOf({ TargetGroupArn, ForwardConfig }: Action): { arn: string; weight: number }[] {
  const weighted = ForwardConfig?.TargetGroups ?? [];
  const groups = weighted.length > 0 || TargetGroupArn === undefined ? weighted : [{ TargetGroupArn }];
  return groups.map((group) => ({
    arn: group.TargetGroupArn ?? '',
    weight: 'Weight' in group ? (group.Weight ?? 1) : 1,
  }));
}

/** The load balancers that forward to a target group. */
export function loadBalancersOf({ listeners }: Elbv2State, targetGroupArn: string): string[] {
  const arns = [...listeners.values()]
    .filter(({ DefaultActions }) =>
      DefaultActions.some((action) => targetGroupsOf(action).some(({ arn }) => arn === targetGroupArn)),
    )
    .map(({ LoadBalancerArn }) => LoadBalancerArn);
  return [...new Set(arns)];
}

/** Groups in one action, at most (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
const maximumGroups = 5;

function forwardAction(state: Elbv2State, balancer: StoredLoadBalancer, action: Action): Action {
  const groups = targetGroupsOf(action);
  const [first, ...others] = groups;
  if (first === undefined || first.arn === '') {
    throw validationError('A target group ARN must be specified for a forward action');
  }
  if (groups.length > maximumGroups) {
    throw new AwsError(
      'TooManyTargetGroups',
      `The maximum number of target groups in a forward action is '${maximumGroups}'`,
    );
  }
  if (action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true) {
    throw notHere('stickiness between target groups');
  }
  for (const { arn, weight } of groups) {
    mustBeWithin(weight, 'Weight', 0, 999);
    mustBeForwardable(state, balancer, arn);
  }
  return {
    Type: 'forward',
    // AWS leaves the short form out where there are several.
    ...(others.length === 0 && { TargetGroupArn: first.arn }),
    ForwardConfig: {
      TargetGroups: groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
}

function mustBeForwardable(state: Elbv2State, balancer: StoredLoadBalancer, arn: string): void {
  const group = mustFindTargetGroup(state, arn);
  if (group.VpcId !== balancer.VpcId) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `The target group '${arn}' and the load balancer '${balancer.LoadBalancerArn}' are in different VPCs`,
    );
  }
  if (loadBalancersOf(state, arn).some((other) => other !== balancer.LoadBalancerArn)) {
    throw new AwsError(
      'TargetGroupAssociationLimit',
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    );
  }
}

function redirectAction({ RedirectConfig: redirect }: Action): Action {
  if (redirect?.StatusCode === undefined) {
    throw validationError('A redirect action must have a redirect configuration');
  }
  if (!['HTTP_301', 'HTTP_302'].includes(redirect.StatusCode)) {
    throw validationError(`Redirect status code '${redirect.StatusCode}' must be HTTP_301 or HTTP_302`);
  }
  const { Protocol = '#{protocol}', Port = '#{port}', Host = '#{host}', Path = '/#{path}' } = redirect;
  const { Query = '#{query}', StatusCode } = redirect;
  if ([Protocol, Port, Host, Path].join() === '#{protocol},#{port},#{host},/#{path}') {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'The redirect configuration is not valid because it creates a loop.',
    );
  }
  if (!Path.startsWith('/')) throw validationError(`Redirect path '${Path}' must begin with a '/'`);
  return { Type: 'redirect', RedirectConfig: { Protocol, Port, Host, Path, Query, StatusCode } };
}

function fixedResponseAction({ FixedResponseConfig: fixed }: Action): Action {
  const { StatusCode = '', ContentType = 'text/plain', MessageBody = '' } = fixed ?? {};
  if (!/^[245]\d\d$/.test(StatusCode)) {
    throw validationError(`Fixed response status code '${StatusCode}' must be 2XX, 4XX or 5XX`);
  }
  mustBeWithin(MessageBody.length, 'The length of a fixed response', 0, 1024);
  return { Type: 'fixed-response', FixedResponseConfig: { StatusCode, ContentType, MessageBody } };
}
