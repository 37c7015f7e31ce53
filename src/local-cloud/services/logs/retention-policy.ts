import type {
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../operation.ts';
import { groupOf, invalidParameter } from './state.ts';

const allowedDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const PutRetentionPolicy: Operation<
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput
> = (input, call) => {
  const days = input.retentionInDays!;
  if (!allowedDays.includes(days)) {
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${allowedDays.join(', ')}]`,
    );
  }
  groupOf(call, { logGroupName: input.logGroupName! }).retentionInDays = days;
  return {};
};

export const DeleteRetentionPolicy: Operation<
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput
> = (input, call) => {
  groupOf(call, { logGroupName: input.logGroupName! }).retentionInDays = undefined;
  return {};
};
