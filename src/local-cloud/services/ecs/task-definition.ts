import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';
import { findTaskDefinition } from './find.ts';
import { RegisterTaskDefinition } from './register-task-definition.ts';
import type { Place, StoredTaskDefinition } from './state.ts';
import { ecsState, without } from './state.ts';

export const taskDefinitionOperations: Operations = {
  DeleteTaskDefinitions,
  DeregisterTaskDefinition,
  DescribeTaskDefinition,
  ListTaskDefinitionFamilies,
  ListTaskDefinitions,
  RegisterTaskDefinition,
};

function DescribeTaskDefinition(
  input: DescribeTaskDefinitionRequest,
  call: Call,
): DescribeTaskDefinitionResponse {
  const found = existing(input.taskDefinition, call);
  return {
    taskDefinition: without(found, 'tags'),
    ...(input.include?.includes('TAGS') ? { tags: found.tags } : {}),
  };
}

/** Running tasks and services go on using a deregistered one. */
function DeregisterTaskDefinition(
  input: DeregisterTaskDefinitionRequest,
  call: Call,
): DeregisterTaskDefinitionResponse {
  if (!/:\d+$/.test(input.taskDefinition ?? '')) throw refuse('Revision is missing.');
  const found = existing(input.taskDefinition, call);
  if (found.status === 'ACTIVE') {
    found.status = 'INACTIVE';
    found.deregisteredAt = call.now;
  }
  return { taskDefinition: without(found, 'tags') };
}

const deletedAtOnce = 10;

/** Only INACTIVE ones; one that tasks or services still use is DELETE_IN_PROGRESS until they are gone. */
function DeleteTaskDefinitions(
  input: DeleteTaskDefinitionsRequest,
  call: Call,
): DeleteTaskDefinitionsResponse {
  const names = input.taskDefinitions ?? [];
  if (names.length === 0 || names.length > deletedAtOnce) {
    throw new AwsError('InvalidParameterException', 'Specify between 1 and 10 task definitions.');
  }
  const output: Required<DeleteTaskDefinitionsResponse> = { taskDefinitions: [], failures: [] };
  for (const name of names) {
    const found = /:\d+$/.test(name) ? findTaskDefinition(call, name) : undefined;
    if (found === undefined) {
      output.failures.push({
        arn: name,
        reason: 'TASK_DEFINITION_NOT_FOUND',
        detail:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      });
    } else if (found.status === 'ACTIVE') {
      output.failures.push({
        arn: name,
        reason: 'TASK_DEFINITION_INVALID_STATUS',
        detail:
          'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
    } else {
      found.status = 'DELETE_IN_PROGRESS';
      found.deleteRequestedAt ??= call.now;
      output.taskDefinitions.push(without(found, 'tags'));
    }
  }
  removeDeletedTaskDefinitions(call);
  return output;
}

/** Removes the task definitions that wait for their deletion and that nothing uses any more. */
export function removeDeletedTaskDefinitions(place: Place): void {
  const { taskDefinitions, services, tasks } = ecsState(place);
  const used = new Set([
    ...[...tasks.values()]
      .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
      .map((task) => task.taskDefinitionArn),
    ...[...services.values()]
      .filter(({ status }) => status !== 'INACTIVE')
      .flatMap(({ deployments }) => deployments.map((deployment) => deployment.taskDefinition)),
  ]);
  for (const [name, { status, taskDefinitionArn }] of taskDefinitions) {
    if (status === 'DELETE_IN_PROGRESS' && !used.has(taskDefinitionArn)) taskDefinitions.delete(name);
  }
}

function ListTaskDefinitions(input: ListTaskDefinitionsRequest, call: Call): ListTaskDefinitionsResponse {
  const status = input.status ?? 'ACTIVE';
  const matching = [...ecsState(call).taskDefinitions.values()].filter(
    (one) => one.status === status && (input.familyPrefix === undefined || one.family === input.familyPrefix),
  );
  const descending = input.sort === 'DESC';
  const { items, next } = page(matching, {
    key: ({ family, revision }) => orderOf(family, revision, descending),
    size: input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return { taskDefinitionArns: items.map(({ taskDefinitionArn }) => taskDefinitionArn), nextToken: next };
}

/** Where no status is asked for, families with active and with inactive revisions are listed. */
function ListTaskDefinitionFamilies(
  input: ListTaskDefinitionFamiliesRequest,
  call: Call,
): ListTaskDefinitionFamiliesResponse {
  const { familyPrefix = '', status = 'ALL' } = input;
  const families = new Map<string, boolean>();
  for (const one of ecsState(call).taskDefinitions.values()) {
    if (!one.family.startsWith(familyPrefix) || one.status === 'DELETE_IN_PROGRESS') continue;
    families.set(one.family, one.status === 'ACTIVE' || families.get(one.family) === true);
  }
  const listed = [...families]
    .filter(([, active]) => status === 'ALL' || active === (status === 'ACTIVE'))
    .map(([family]) => family);
  const { items, next } = page(listed, {
    key: (family) => family,
    size: input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return { families: items, nextToken: next };
}

function existing(name: string | undefined, call: Call): StoredTaskDefinition {
  const found = name === undefined ? undefined : findTaskDefinition(call, name);
  if (found === undefined) throw refuse('Unable to describe task definition.');
  return found;
}

/** Sorts by family and then by number; downwards, a number counts from the far end. */
function orderOf(family: string, revision: number, descending: boolean): string {
  const number = descending ? 1_000_000_000 - revision : revision;
  return `${family}:${String(number).padStart(10, '0')}`;
}

function refuse(message: string): AwsError {
  return new AwsError('ClientException', message);
}
