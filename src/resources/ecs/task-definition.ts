import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  paginateListTaskDefinitionFamilies,
  paginateListTaskDefinitions,
  RegisterTaskDefinitionCommand,
  type CPUArchitecture,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { isNamed, unlessMissing } from '../../aws/unless.ts';
import type { Found, ResourceKind, Scope, Step } from '../../engine/resource.ts';
import { compare } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect, inBatches } from '../shared/pages.ts';
import { lowerCaseTagList, owned, type Candidate } from '../shared/tags.ts';
import { compareContainers, containerFrom, definitionOf, type Container } from './container-definition.ts';
import { currentRevision, deployedRevisions, type Deployed } from './current-revision.ts';
import { kept, removeOldRevisions } from './old-revisions.ts';
import { retag } from './tags.ts';

interface TaskDefinitionProps {
  family: string;
  /** 1024 is one vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  architecture: CPUArchitecture;
  executionRoleArn: string;
  taskRoleArn: string;
  container: Container;
}

interface TaskDefinitionAttrs {
  arn: string;
  family: string;
  /** `ACTIVE`, or `INACTIVE` when all revisions were deregistered but not deleted. */
  status: string;
  cpu: number;
  memory: number;
  architecture: string;
  executionRoleArn: string;
  taskRoleArn: string;
  /** Undefined unless there is exactly one. */
  container: Container | undefined;
  /** Milliseconds since 1970. */
  registeredAt: number;
}

/**
 * The revision that counts of a Fargate task definition: the one that the service runs, or a newer one that is still
 * to be deployed (`aws ecs list-task-definitions --sort DESC`, `describe-task-definition --include TAGS`). Revisions
 * cannot be changed: a change registers the next one, and the last ones before it stay for going back.
 */
export const taskDefinition: ResourceKind<Cloud, TaskDefinitionProps, TaskDefinitionAttrs> = {
  type: 'AWS::ECS::TaskDefinition',
  versioned: true,

  async find(cloud, scope) {
    const [revisions, deployed] = await Promise.all([
      listFamilies(cloud, scope).then((families) =>
        Promise.all(families.map((family) => newestRevisions(cloud, family))),
      ),
      deployedRevisions(cloud, scope),
    ]);
    return revisions.flatMap((candidates) => currentOf(owned(scope, candidates), deployed));
  },

  diff(desired, current) {
    return [
      ...compare('family', current.family, desired.family, 'replace'),
      ...compare('status', current.status, 'ACTIVE'),
      ...compare('cpu', current.cpu, desired.cpu),
      ...compare('memory', current.memory, desired.memory),
      ...compare('architecture', current.architecture, desired.architecture),
      ...compare('executionRoleArn', current.executionRoleArn, desired.executionRoleArn),
      ...compare('taskRoleArn', current.taskRoleArn, desired.taskRoleArn),
      ...(current.container === undefined
        ? compare('container', undefined, desired.container)
        : compareContainers(current.container, desired.container)),
    ];
  },

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `task definition family ${props.family}`,
      taken: [],
      exists: async () => (await newestArns(cloud, props.family, 'ACTIVE')).length > 0,
      find: () => taskDefinition.find(cloud, step.scope),
      create: () => register(cloud, props, step),
    });
  },

  async update(cloud, props, _current, _changes, step) {
    await register(cloud, props, step);
    const deployed = await deployedRevisions(cloud, step.scope);
    await removeOldRevisions(
      cloud,
      props.family,
      deployed.map(({ taskDefinition }) => taskDefinition),
    );
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { arn, family, status }, step) {
    const [listed, inactive] = await Promise.all([
      allArns(cloud, family, 'ACTIVE'),
      allArns(cloud, family, 'INACTIVE'),
    ]);
    // A listing may not show yet what another one does.
    const active = status === 'ACTIVE' && !listed.includes(arn) ? [...listed, arn] : listed;
    // One after the other and the newest last: what stops half-way is found again by it.
    for (const [index, arn] of active.entries()) {
      step.note(`deregistering revision ${index + 1} of ${active.length}`);
      await unlessMissing(cloud.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn })));
    }
    await inBatches([...inactive, ...active], 10, async (batch) => {
      await cloud.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: batch }));
      return [];
    });
  },
};

function currentOf(
  candidates: Found<TaskDefinitionAttrs>[],
  deployed: Deployed[],
): Found<TaskDefinitionAttrs>[] {
  const current = currentRevision(
    candidates.map(({ attrs }) => attrs),
    deployed,
  );
  return candidates.filter(({ attrs }) => attrs === current);
}

type Status = 'ACTIVE' | 'INACTIVE';

async function listFamilies(cloud: Cloud, scope: Scope): Promise<string[]> {
  // A listing by prefix only: the first word of the app is the beginning of each of its names.
  const [familyPrefix] = scope.stack.split(/[-/]/);
  const pages = paginateListTaskDefinitionFamilies({ client: cloud.ecs }, { familyPrefix, status: 'ALL' });
  const families = await collect(pages, (page) => page.families);
  return families.filter((family) => carriesHash(scope, family));
}

/** The newest active revisions, or, where none is left, the newest inactive ones: those can still be deleted. */
async function newestRevisions(cloud: Cloud, family: string): Promise<Candidate<TaskDefinitionAttrs>[]> {
  const [active, inactive] = await Promise.all([
    newestArns(cloud, family, 'ACTIVE'),
    newestArns(cloud, family, 'INACTIVE'),
  ]);
  const arns = active.length > 0 ? active : inactive;
  return Promise.all(
    arns.map(async (arn) => {
      const answer = await cloud.ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] }),
      );
      return { tags: answer.tags, ref: arn, attrs: attrsOf(answer.taskDefinition!) };
    }),
  );
}

async function newestArns(cloud: Cloud, family: string, status: Status): Promise<string[]> {
  const { taskDefinitionArns } = await cloud.ecs.send(
    new ListTaskDefinitionsCommand({ familyPrefix: family, status, sort: 'DESC', maxResults: kept }),
  );
  return taskDefinitionArns ?? [];
}

async function allArns(cloud: Cloud, family: string, status: Status): Promise<string[]> {
  const pages = paginateListTaskDefinitions(
    { client: cloud.ecs },
    { familyPrefix: family, status, sort: 'ASC' },
  );
  return collect(pages, (page) => page.taskDefinitionArns);
}

function attrsOf(definition: TaskDefinition): TaskDefinitionAttrs {
  const [container, ...others] = definition.containerDefinitions ?? [];
  return {
    arn: definition.taskDefinitionArn!,
    family: definition.family!,
    status: definition.status!,
    cpu: Number(definition.cpu),
    memory: Number(definition.memory),
    architecture: definition.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    executionRoleArn: definition.executionRoleArn ?? '',
    taskRoleArn: definition.taskRoleArn ?? '',
    container: container === undefined || others.length > 0 ? undefined : containerFrom(container),
    registeredAt: definition.registeredAt?.getTime() ?? 0,
  };
}

async function register(cloud: Cloud, props: TaskDefinitionProps, step: Step): Promise<void> {
  const command = () =>
    new RegisterTaskDefinitionCommand({
      family: props.family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(props.cpu),
      memory: String(props.memory),
      runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: 'LINUX' },
      executionRoleArn: props.executionRoleArn,
      taskRoleArn: props.taskRoleArn,
      containerDefinitions: [definitionOf(props.container)],
      tags: lowerCaseTagList(step.tags),
    });
  // A role that was just made may look for some seconds like one that the caller may not pass.
  for (const seconds of [1, 2, 4, 8]) {
    try {
      await cloud.ecs.send(command());
      return;
    } catch (error) {
      if (!mayNotPass(error)) throw error;
      step.note('waiting until its roles are known everywhere');
      await step.clock.sleep(seconds * 1000, step.signal);
    }
  }
  await cloud.ecs.send(command());
}

function mayNotPass(error: unknown): boolean {
  return isNamed(error, 'AccessDeniedException') && (error as Error).message.includes('iam:PassRole');
}
