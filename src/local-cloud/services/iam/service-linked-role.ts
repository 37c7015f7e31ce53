import type {
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { wholeRole } from './role-shape.ts';
import { addRole, iam } from './state.ts';

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
  const role = addRole(call, {
    name,
    path: `/aws-service-role/${service}/`,
    assumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    }),
    description: input.Description,
  });
  return { Role: wholeRole(role) };
};
