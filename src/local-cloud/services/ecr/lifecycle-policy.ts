import type {
  DeleteLifecyclePolicyCommandInput,
  DeleteLifecyclePolicyCommandOutput,
  GetLifecyclePolicyCommandInput,
  GetLifecyclePolicyCommandOutput,
  PutLifecyclePolicyCommandInput,
  PutLifecyclePolicyCommandOutput,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { invalidParameter } from './invalid-parameter.ts';
import { named, repositoryOf } from './state.ts';

// The policy is kept and given back; nothing expires here, since every image of a local stack is a few megabytes.
export const PutLifecyclePolicy: Operation<
  PutLifecyclePolicyCommandInput,
  PutLifecyclePolicyCommandOutput
> = (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const text = input.lifecyclePolicyText!;
  checkPolicy(text);
  repository.lifecyclePolicy = { text, changedAt: call.now };
  return { registryId: call.account, repositoryName: repository.name, lifecyclePolicyText: text };
};

export const GetLifecyclePolicy: Operation<
  GetLifecyclePolicyCommandInput,
  GetLifecyclePolicyCommandOutput
> = (input, call) => {
  const { repository, policy } = policyOf(input, call);
  return {
    registryId: call.account,
    repositoryName: repository.name,
    lifecyclePolicyText: policy.text,
    lastEvaluatedAt: policy.changedAt,
  };
};

export const DeleteLifecyclePolicy: Operation<
  DeleteLifecyclePolicyCommandInput,
  DeleteLifecyclePolicyCommandOutput
> = (input, call) => {
  const { repository, policy } = policyOf(input, call);
  delete repository.lifecyclePolicy;
  return {
    registryId: call.account,
    repositoryName: repository.name,
    lifecyclePolicyText: policy.text,
    lastEvaluatedAt: policy.changedAt,
  };
};

function policyOf(input: { repositoryName: string | undefined; registryId?: string }, call: Call) {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const policy = repository.lifecyclePolicy;
  if (policy === undefined) {
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for ${named(repository, call)}`,
    );
  }
  return { repository, policy };
}

function checkPolicy(text: string): void {
  const problem =
    "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy";
  let policy: { rules?: unknown };
  try {
    policy = JSON.parse(text) as { rules?: unknown };
  } catch {
    throw invalidParameter(
      `${problem} validation failure: Could not map policyString into LifecyclePolicy.'`,
    );
  }
  const rules = policy?.rules;
  if (!Array.isArray(rules) || rules.length === 0) {
    throw invalidParameter(
      `${problem} validation failure: object has missing required properties (["rules"])'`,
    );
  }
  const priorities = rules.map((rule: { rulePriority?: unknown }) => rule.rulePriority);
  if (priorities.some((priority) => !Number.isInteger(priority) || (priority as number) < 1)) {
    throw invalidParameter(
      `${problem} validation failure: object has missing required properties (["rulePriority"])'`,
    );
  }
  if (new Set(priorities).size < priorities.length) {
    throw invalidParameter(`${problem} rules must have unique priorities'`);
  }
}
