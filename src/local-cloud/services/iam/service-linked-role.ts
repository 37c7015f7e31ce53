import type {
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { wholeRole } from './role-shape.ts';
import { iam, newRoleId } from './state.ts';
import type { RoleState } from './state.ts';

/** Service principal → name of its role. */
const roleNames: Record<string, string> = {
  'ecs.amazonaws.com': 'AWSServiceRoleForECS',
  'elasticloadbalancing.amazonaws.com': 'AWSServiceRoleForElasticLoadBalancing',
  'elasticache.amazonaws.com': 'AWSServiceRoleForElastiCache',
  'ecs.application-autoscaling.amazonaws.com': 'AWSServiceRoleForApplicationAutoScaling_ECSService',
};

export const CreateServiceLinkedRole: Operation<
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput
> = (input, call) => {
  const service = input.AWSServiceName!;
  const name = roleNames[service];
  if (name === undefined) {
    throw new AwsError('InvalidInput', `Service role name for ${service} is not known.`, 400);
  }
  const { roles } = iam(call);
  if (roles.has(name.toLowerCase())) {
    throw new AwsError(
      'InvalidInput',
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
      400,
    );
  }
  const path = `/aws-service-role/${service}/`;
  const role: RoleState = {
    name,
    path,
    arn: `arn:aws:iam::${call.account}:role${path}${name}`,
    id: newRoleId(),
    createdAt: call.now,
    assumableAt: call.now.getTime() + call.cloud.clock.latency('role.assumable'),
    assumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    }),
    description: input.Description,
    maxSessionDuration: 3600,
    tags: new Map(),
    policies: new Map(),
    attached: new Set(),
  };
  roles.set(name.toLowerCase(), role);
  return { Role: wholeRole(role) };
};
