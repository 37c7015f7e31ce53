import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revisionWith } from '../../../src/rollout/revision.ts';
import type { Running } from '../../../src/rollout/running.ts';
import { scope, startCloud } from '../resources/rig.ts';

describe('the revision of a deployment', () => {
  let rig: Awaited<ReturnType<typeof startCloud>>;
  beforeEach(async () => {
    rig = await startCloud();
  });
  afterEach(() => rig.close());

  const registered = {
    family: 'chat',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    runtimePlatform: { cpuArchitecture: 'ARM64' as const, operatingSystemFamily: 'LINUX' as const },
    containerDefinitions: [
      { name: 'side', image: 'side:1', essential: false },
      { name: 'app', image: 'app:1', environment: [{ name: 'PORT', value: '3000' }], stopTimeout: 5 },
    ],
    tags: [
      { key: 'chatops:stack', value: scope.stack },
      { key: 'chatops:id', value: 'task-definition' },
      { key: 'chatops:version', value: '0.0.1' },
    ],
  };

  const describeRevision = async (taskDefinition: string) =>
    rig.cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));

  async function runningNow(): Promise<Running> {
    await rig.cloud.ecs.send(new RegisterTaskDefinitionCommand(registered));
    const { taskDefinition, tags } = await describeRevision('chat:1');
    const definition = taskDefinition!;
    return { service: {}, definition, tags: tags!, container: definition.containerDefinitions![1]! };
  }

  it('is the running one with its image exchanged, and nothing else', async () => {
    const running = await runningNow();
    const arn = await revisionWith(rig.cloud, scope, running, 'app:2');
    expect(arn).toMatch(/task-definition\/chat:2$/);
    const { taskDefinition, tags } = await describeRevision(arn);
    const [side, app] = running.definition.containerDefinitions!;
    expect(taskDefinition).toEqual({
      ...running.definition,
      taskDefinitionArn: arn,
      revision: 2,
      registeredAt: expect.any(Date),
      containerDefinitions: [side, { ...app, image: 'app:2' }],
    });
    expect(tags).toEqual(
      expect.arrayContaining([
        { key: 'chatops:stack', value: scope.stack },
        { key: 'chatops:id', value: 'task-definition' },
        { key: 'chatops:version', value: scope.version },
      ]),
    );
  });

  it('takes old ones away: the ten newest stay, and the one that runs', async () => {
    const running = await runningNow();
    for (let image = 2; image <= 13; image += 1)
      await revisionWith(rig.cloud, scope, running, `app:${image}`);
    const listed = async (status: 'ACTIVE' | 'INACTIVE') => {
      const { taskDefinitionArns } = await rig.cloud.ecs.send(
        new ListTaskDefinitionsCommand({ familyPrefix: 'chat', status }),
      );
      return taskDefinitionArns!.map((arn) => Number(arn.split(':').at(-1)));
    };
    expect(await listed('ACTIVE')).toEqual([1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(await listed('INACTIVE')).toEqual([]);
  });

  it('that a stopped run has registered already is taken by the next', async () => {
    const running = await runningNow();
    const arn = await revisionWith(rig.cloud, scope, running, 'app:2');
    expect(await revisionWith(rig.cloud, scope, running, 'app:2')).toBe(arn);
    expect(await revisionWith(rig.cloud, scope, running, 'app:3')).toMatch(/chat:3$/);
  });
});
