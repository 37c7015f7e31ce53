import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  paginateListTaskDefinitions,
} from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { collect, inBatches } from '../shared/pages.ts';

/** How many revisions of a task definition stay, the newest ones, for going back to. */
export const kept = 10;

/**
 * Takes the older revisions of a task definition away, but for those in `inUse`, ARNs (`aws ecs
 * deregister-task-definition`, `delete-task-definitions`). Tasks that still run one go on running.
 */
export async function removeOldRevisions(
  { ecs }: Cloud,
  familyPrefix: string,
  inUse: readonly (string | undefined)[],
): Promise<void> {
  const pages = paginateListTaskDefinitions(
    { client: ecs },
    { familyPrefix, status: 'ACTIVE', sort: 'DESC' },
  );
  const arns = await collect(pages, (page) => page.taskDefinitionArns);
  const old = arns.slice(kept).filter((arn) => !inUse.includes(arn));
  for (const taskDefinition of old) await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  await inBatches(old, 10, async (taskDefinitions) => {
    await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
    return [];
  });
}
