import type { ChangeInfo, GetChangeRequest, GetChangeResponse } from '@aws-sdk/client-route-53';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { newId, route53State } from './state.ts';

export const changeOperations: Operations = { GetChange };

/** Puts a change on record, PENDING until every name server has it. */
export function newChange(call: Call): ChangeInfo {
  const id = `C${newId(19)}`;
  const submittedAt = call.now.getTime();
  const inSyncAt = submittedAt + call.cloud.clock.latency('record.in-sync');
  route53State(call).changes.set(id, { submittedAt, inSyncAt });
  return described(id, { submittedAt, inSyncAt }, submittedAt - 1);
}

function GetChange({ Id = '' }: GetChangeRequest, call: Call): GetChangeResponse {
  const id = Id.replace('/change/', '');
  const change = route53State(call).changes.get(id);
  if (change === undefined) {
    throw new AwsError('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
  }
  return { ChangeInfo: described(id, change, call.now.getTime()) };
}

function described(
  id: string,
  { submittedAt, inSyncAt }: { submittedAt: number; inSyncAt: number },
  now: number,
): ChangeInfo {
  return {
    Id: `/change/${id}`,
    Status: now < inSyncAt ? 'PENDING' : 'INSYNC',
    SubmittedAt: new Date(submittedAt),
  };
}
