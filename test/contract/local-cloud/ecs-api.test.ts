import {
  ClientException,
  ClusterNotFoundException,
  CreateClusterCommand,
  DeleteClusterCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListClustersCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  ServiceNotFoundException,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ecsStack, type Cloud } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startLocalCloud();
});

afterEach(() => cloud.close());

const arn = (path: string) => `arn:aws:ecs:local:000000000000:${path}`;

describe('clusters', () => {
  test('are created once, described with what is asked for, changed, and INACTIVE after their deletion', async () => {
    const tags = [{ key: 'chatops:stack', value: 'a/default/local' }];
    const create = new CreateClusterCommand({ clusterName: 'main', tags });
    const { cluster } = await cloud.ecs.send(create);
    expect(cluster).toMatchObject({
      clusterArn: arn('cluster/main'),
      status: 'ACTIVE',
      runningTasksCount: 0,
      activeServicesCount: 0,
      settings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    const again = await cloud.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
    expect(again.cluster!.tags).toEqual(tags);

    await cloud.ecs.send(
      new UpdateClusterSettingsCommand({
        cluster: 'main',
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
      }),
    );
    const bare = await cloud.ecs.send(new DescribeClustersCommand({ clusters: ['main', 'none'] }));
    expect(bare.clusters).toMatchObject([{ tags: [], settings: [] }]);
    expect(bare.failures).toEqual([{ arn: arn('cluster/none'), reason: 'MISSING' }]);
    const full = await cloud.ecs.send(
      new DescribeClustersCommand({ clusters: [arn('cluster/main')], include: ['TAGS', 'SETTINGS'] }),
    );
    expect(full.clusters).toMatchObject([
      { tags, settings: [{ name: 'containerInsights', value: 'enhanced' }] },
    ]);

    await cloud.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    expect((await cloud.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    const gone = await cloud.ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(gone.clusters).toMatchObject([{ status: 'INACTIVE' }]);
    await expect(cloud.ecs.send(new DeleteClusterCommand({ cluster: 'main' }))).rejects.toBeInstanceOf(
      ClusterNotFoundException,
    );
    expect((await cloud.ecs.send(create)).cluster!.status).toBe('ACTIVE');
  });

  test('are listed page by page', async () => {
    for (const clusterName of ['c', 'a', 'b'])
      await cloud.ecs.send(new CreateClusterCommand({ clusterName }));
    const first = await cloud.ecs.send(new ListClustersCommand({ maxResults: 2 }));
    expect(first.clusterArns).toEqual([arn('cluster/a'), arn('cluster/b')]);
    const second = await cloud.ecs.send(new ListClustersCommand({ nextToken: first.nextToken }));
    expect(second).toMatchObject({ clusterArns: [arn('cluster/c')] });
    expect(second.nextToken).toBeUndefined();
    await expect(cloud.ecs.send(new ListClustersCommand({ nextToken: 'x' }))).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
  });
});

const minimal: RegisterTaskDefinitionCommandInput = {
  family: 'app',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'registry/app', portMappings: [{ containerPort: 3000 }] }],
};

const register = (changes: Partial<RegisterTaskDefinitionCommandInput> = {}) =>
  cloud.ecs.send(new RegisterTaskDefinitionCommand({ ...minimal, ...changes }));

describe('task definitions', () => {
  test('come back with what AWS fills in', async () => {
    const { taskDefinition } = await register();
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: arn('task-definition/app:1'),
      revision: 1,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      volumes: [],
      placementConstraints: [],
      compatibilities: ['EC2', 'FARGATE'],
      containerDefinitions: [
        {
          name: 'app',
          image: 'registry/app',
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
    });
    expect(taskDefinition).not.toHaveProperty('taskRoleArn');
    expect(taskDefinition!.containerDefinitions![0]).not.toHaveProperty('secrets');
    expect(taskDefinition!.registeredAt).toBeInstanceOf(Date);
  });

  test('have revisions that are never given twice, tags, and sizes in units', async () => {
    await register({ tags: [{ key: 'a', value: '1' }], cpu: '.5 vCPU', memory: '1 GB' });
    await register();
    const first = await cloud.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'app:1', include: ['TAGS'] }),
    );
    expect(first).toMatchObject({
      tags: [{ key: 'a', value: '1' }],
      taskDefinition: { cpu: '512', memory: '1024' },
    });
    const latest = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'app' }));
    expect(latest.taskDefinition!.revision).toBe(2);
    expect(latest.tags).toBeUndefined();

    await cloud.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'app:2' }));
    const now = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'app' }));
    expect(now.taskDefinition!.revision).toBe(1);
    const deleted = await cloud.ecs.send(
      new DeleteTaskDefinitionsCommand({ taskDefinitions: ['app:1', 'app:2', 'app:9'] }),
    );
    expect(deleted.taskDefinitions).toMatchObject([{ revision: 2, status: 'DELETE_IN_PROGRESS' }]);
    expect(deleted.failures!.map(({ reason }) => reason)).toEqual([
      'TASK_DEFINITION_INVALID_STATUS',
      'TASK_DEFINITION_NOT_FOUND',
    ]);
    expect((await register()).taskDefinition!.revision).toBe(3);
  });

  test('are listed by family, status and revision', async () => {
    for (let revision = 1; revision <= 10; revision += 1) await register();
    await register({ family: 'other' });
    await cloud.ecs.send(
      new DeregisterTaskDefinitionCommand({ taskDefinition: arn('task-definition/app:1') }),
    );
    const list = async (input: object) =>
      (await cloud.ecs.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns!.map((one) =>
        one.slice(one.lastIndexOf('/') + 1),
      );
    expect(await list({ familyPrefix: 'app', maxResults: 2 })).toEqual(['app:2', 'app:3']);
    expect(await list({ familyPrefix: 'app', sort: 'DESC', maxResults: 2 })).toEqual(['app:10', 'app:9']);
    expect(await list({ status: 'INACTIVE' })).toEqual(['app:1']);
    const { families } = await cloud.ecs.send(new ListTaskDefinitionFamiliesCommand({}));
    expect(families).toEqual(['app', 'other']);
  });

  test.each<[string, Partial<RegisterTaskDefinitionCommandInput>]>([
    ['No Fargate configuration exists for given values.', { memory: '4096' }],
    ['No Fargate configuration exists for given values.', { cpu: '300' }],
    ["Fargate requires that 'cpu' be defined at the task level.", { cpu: undefined }],
    ['Fargate only supports network mode ‘awsvpc’.', { networkMode: 'bridge' }],
    ['Container list cannot be empty.', { containerDefinitions: [] }],
    ['Container.image should not be null or empty.', { containerDefinitions: [{ name: 'app' }] }],
    [
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      {
        containerDefinitions: [
          { name: 'app', image: 'a', portMappings: [{ containerPort: 80, hostPort: 8080 }] },
        ],
      },
    ],
    [
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
      {
        containerDefinitions: [
          {
            name: 'app',
            image: 'a',
            logConfiguration: {
              logDriver: 'awslogs',
              options: { 'awslogs-group': 'g', 'awslogs-region': 'local', 'awslogs-stream-prefix': 'p' },
            },
          },
        ],
      },
    ],
  ])('are refused with “%s”', async (message, changes) => {
    const refused = register(changes);
    await expect(refused).rejects.toBeInstanceOf(ClientException);
    await expect(refused).rejects.toThrow(message);
    expect((await cloud.ecs.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns).toEqual([]);
  });
});

describe('tasks of no service', () => {
  test('run with overrides, are listed by family, and stop', async () => {
    const stack = await ecsStack(cloud);
    const taskDefinition = await stack.taskDefinition();
    const { tasks } = await cloud.ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition,
        networkConfiguration: stack.networkConfiguration,
        startedBy: 'me',
        overrides: { containerOverrides: [{ name: 'app', command: ['other.mjs'] }] },
        tags: [{ key: 'k', value: 'v' }],
      }),
    );
    expect(tasks).toMatchObject([
      { lastStatus: 'PROVISIONING', group: 'family:app', startedBy: 'me', tags: [{ key: 'k', value: 'v' }] },
    ]);
    await expect
      .poll(async () => (await stack.tasks()).map(({ lastStatus }) => lastStatus))
      .toEqual(['RUNNING']);
    const listed = await cloud.ecs.send(new ListTasksCommand({ cluster: 'main', family: 'app' }));
    expect(listed.taskArns).toEqual([tasks![0]!.taskArn]);
    const stopped = await cloud.ecs.send(
      new StopTaskCommand({ cluster: 'main', task: tasks![0]!.taskArn!.split('/').at(-1) }),
    );
    expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', stoppedReason: 'Task stopped by user' });
    await expect
      .poll(async () => (await stack.tasks('STOPPED'))[0])
      .toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        containers: [{ exitCode: 143 }],
        attachments: [{ status: 'DELETED' }],
      });
  });
});

test('tags are added, replaced and taken away by ARN', async () => {
  await cloud.ecs.send(new CreateClusterCommand({ clusterName: 'main', tags: [{ key: 'a', value: '1' }] }));
  const { taskDefinition } = await register();
  for (const resourceArn of [arn('cluster/main'), taskDefinition!.taskDefinitionArn]) {
    await cloud.ecs.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: 'a', value: '2' },
          { key: 'b', value: '3' },
        ],
      }),
    );
    await cloud.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['b'] }));
    const { tags } = await cloud.ecs.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual([{ key: 'a', value: '2' }]);
  }
  await expect(
    cloud.ecs.send(new ListTagsForResourceCommand({ resourceArn: arn('cluster/none') })),
  ).rejects.toBeInstanceOf(ClusterNotFoundException);
});

test('what is not there is refused with the SDK’s own error classes, or named as a failure', async () => {
  const inNone = { cluster: 'none' };
  await expect(cloud.ecs.send(new ListServicesCommand(inNone))).rejects.toBeInstanceOf(
    ClusterNotFoundException,
  );
  const stack = await ecsStack(cloud);
  await expect(
    cloud.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'app' })),
  ).rejects.toBeInstanceOf(ServiceNotFoundException);
  await expect(stack.service({ taskDefinition: 'absent' })).rejects.toThrow('TaskDefinition not found.');
  await expect(
    stack.service({
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0'], securityGroups: [] } },
    }),
  ).rejects.toThrow(/The subnet ID 'subnet-0' does not exist/);
  const services = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: 'main', services: ['absent'] }),
  );
  expect(services).toMatchObject({
    services: [],
    failures: [{ arn: arn('service/main/absent'), reason: 'MISSING' }],
  });
  const tasks = await cloud.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: ['0'] }));
  expect(tasks.failures).toEqual([{ arn: arn('task/main/0'), reason: 'MISSING' }]);
});
