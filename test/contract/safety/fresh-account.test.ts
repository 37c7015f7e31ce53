import { expect, it } from 'vitest';
import { refused } from '../../../src/local-cloud/dispatch.ts';
import { AwsError } from '../../../src/local-cloud/operation.ts';
import { canonicalState } from './canonical-state.ts';
import { withSafety } from './safety-rig.ts';

const settings = { service: { autoscaling: { min: 2, max: 6, cpu: 60 } } };

/** What the first call of a kind answers in an account that has no service-linked role for it yet: the call has it made. */
const answers: Record<string, AwsError> = {
  CreateCluster: new AwsError(
    'InvalidParameterException',
    'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
  ),
  CreateReplicationGroup: new AwsError(
    'ServiceLinkedRoleNotFoundFault',
    'The specified service linked role (SLR) was not found.',
  ),
  RegisterScalableTarget: new AwsError(
    'ValidationException',
    'Unable to assume IAM role: arn:aws:iam::000000000000:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
  ),
};

/** How long a role is not seen after it was made, in milliseconds. */
const until = 10_000;

it('an account without service-linked roles gets the same stack, a little later', async () => {
  const usual = await withSafety({}, async (rig) => {
    await rig.up(settings);
    return canonicalState(rig.local.cloud);
  });
  await withSafety({}, async (rig) => {
    const askedAt = new Map<string, number>();
    rig.intercept(async ({ service, operation }, perform) => {
      const answer = answers[operation];
      if (answer === undefined) return perform();
      if (!askedAt.has(operation)) askedAt.set(operation, rig.clock.now());
      return rig.clock.now() < askedAt.get(operation)! + until ? refused(service, answer) : perform();
    });
    await rig.up(settings);
    expect([...askedAt.keys()].toSorted()).toEqual(Object.keys(answers).toSorted());
    expect(canonicalState(rig.local.cloud)).toEqual(usual);
  });
});
