import { isDeepStrictEqual } from 'node:util';
import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Cloud } from '../aws/cloud.ts';
import type { Scope } from '../engine/resource.ts';
import { newest } from '../engine/version.ts';
import { removeOldRevisions } from '../resources/ecs/old-revisions.ts';
import type { Running } from './running.ts';

/**
 * The ARN of a revision that is the running one with its image exchanged (aws ecs register-task-definition). Where the
 * newest revision is just that, since an earlier run was stopped after registering it, it is taken. Revisions that are
 * old by then are taken away.
 */
export async function revisionWith(
  cloud: Cloud,
  scope: Scope,
  running: Running,
  image: string,
): Promise<string> {
  const { definition, container, tags } = running;
  const wanted = {
    ...registrable(definition),
    containerDefinitions: definition.containerDefinitions?.map((each) =>
      each.name === container.name ? { ...each, image } : each,
    ),
  };
  const last = await newestRevision(cloud, definition.family!);
  if (last !== undefined && isDeepStrictEqual(registrable(last), wanted)) return last.taskDefinitionArn!;
  const written = tags.find(({ key }) => key === 'chatops:version')?.value;
  const { taskDefinition } = await cloud.ecs.send(
    new RegisterTaskDefinitionCommand({
      ...wanted,
      tags: [
        ...tags.filter(({ key }) => key !== 'chatops:version'),
        { key: 'chatops:version', value: newest([written, scope.version]) },
      ],
    } as RegisterTaskDefinitionCommandInput),
  );
  await removeOldRevisions(cloud, definition.family!, [definition.taskDefinitionArn]);
  return taskDefinition!.taskDefinitionArn!;
}

/** What describing a revision gives beside what registering it takes. */
type Given =
  | 'taskDefinitionArn'
  | 'revision'
  | 'status'
  | 'requiresAttributes'
  | 'compatibilities'
  | 'registeredAt'
  | 'registeredBy'
  | 'deregisteredAt'
  | 'deleteRequestedAt';

function registrable(definition: TaskDefinition): Omit<TaskDefinition, Given> {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _registeredAt,
    registeredBy: _registeredBy,
    deregisteredAt: _deregisteredAt,
    deleteRequestedAt: _deleteRequestedAt,
    ...rest
  } = definition;
  return rest;
}

/** aws ecs list-task-definitions --sort DESC */
async function newestRevision(cloud: Cloud, family: string): Promise<TaskDefinition | undefined> {
  const { taskDefinitionArns: [newest] = [] } = await cloud.ecs.send(
    new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'DESC', maxResults: 1 }),
  );
  if (newest === undefined) return undefined;
  const answer = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: newest }));
  return answer.taskDefinition;
}
