import type {
  AttachRolePolicyCommandInput,
  AttachRolePolicyCommandOutput,
  DetachRolePolicyCommandInput,
  DetachRolePolicyCommandOutput,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { listing } from './listing.ts';
import { attachedList } from './role-shape.ts';
import { roleOf } from './state.ts';

// Of AWS's own policies, those that a stack of containers has a use for; the account has none of its own here.
const managedPolicies = new Set(
  [
    'service-role/AmazonECSTaskExecutionRolePolicy',
    'service-role/AmazonEC2ContainerServiceEventsRole',
    'AmazonECSInfrastructureRolePolicyForLoadBalancers',
    'AmazonEC2ContainerRegistryReadOnly',
    'AmazonECS_FullAccess',
    'AmazonSSMManagedInstanceCore',
    'AmazonSSMReadOnlyAccess',
    'CloudWatchLogsFullAccess',
    'CloudWatchAgentServerPolicy',
    'ReadOnlyAccess',
  ].map((name) => `arn:aws:iam::aws:policy/${name}`),
);

// AWS's default for how many policies a role may have attached.
const maxAttached = 10;

export const AttachRolePolicy: Operation<AttachRolePolicyCommandInput, AttachRolePolicyCommandOutput> = (
  input,
  call,
) => {
  const role = roleOf(call, input.RoleName);
  const arn = input.PolicyArn!;
  if (!managedPolicies.has(arn)) {
    throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
  }
  if (!role.attached.has(arn) && role.attached.size >= maxAttached) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${maxAttached}`, 409);
  }
  role.attached.add(arn);
  return {};
};

export const DetachRolePolicy: Operation<DetachRolePolicyCommandInput, DetachRolePolicyCommandOutput> = (
  input,
  call,
) => {
  const role = roleOf(call, input.RoleName);
  if (!role.attached.delete(input.PolicyArn!)) {
    throw new AwsError('NoSuchEntity', `Policy ${input.PolicyArn} was not found.`, 404);
  }
  return {};
};

export const ListAttachedRolePolicies: Operation<
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput
> = (input, call) => {
  const { items, end } = listing(
    attachedList(roleOf(call, input.RoleName)),
    input,
    (policy) => policy.PolicyArn!,
  );
  return { AttachedPolicies: items, ...end };
};
