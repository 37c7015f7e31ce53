import type {
  Attribute,
  ContainerDefinition,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { isTooNew } from '../iam/assumable.ts';
import { containerDefinitionOf } from './container-definition.ts';
import { fargateSize } from './fargate-size.ts';
import type { StoredTaskDefinition } from './state.ts';
import { arn, ecsState, without } from './state.ts';
import { checkTags } from './tags.ts';

/** Registers the next revision of a family, checked for Fargate and with ECS's defaults filled in. */
export function RegisterTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  call: Call,
): RegisterTaskDefinitionResponse {
  const { family = '' } = input;
  if (family === '') throw refuse('Family should not be null or empty.');
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(family)) {
    throw refuse(
      'Family contains invalid characters. It can only be up to 255 characters, and contain letters (upper and lower-case), numbers, underscores and hyphens',
    );
  }
  const containers = (input.containerDefinitions ?? []).map((container) => containerDefinitionOf(container));
  checkContainers(containers);
  if ((input.networkMode ?? 'bridge') !== 'awsvpc')
    throw refuse('Fargate only supports network mode ‘awsvpc’.');
  const size = fargateSize(input.cpu, input.memory);
  checkExecutionRole(input.executionRoleArn, containers);
  for (const role of [input.executionRoleArn, input.taskRoleArn]) checkPassRole(call, role);
  const tags = checkTags(input.tags);

  const state = ecsState(call);
  const revision = (state.revisions.get(family) ?? 0) + 1;
  state.revisions.set(family, revision);
  const taskDefinition: StoredTaskDefinition = {
    taskDefinitionArn: arn(call, `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    containerDefinitions: containers,
    networkMode: 'awsvpc',
    volumes: input.volumes ?? [],
    placementConstraints: input.placementConstraints ?? [],
    requiresAttributes: attributesOf(input, containers),
    compatibilities: ['EC2', 'FARGATE'],
    requiresCompatibilities: input.requiresCompatibilities ?? [],
    ...size,
    registeredAt: call.now,
    registeredBy: `arn:aws:iam::${call.account}:root`,
    tags,
  };
  for (const member of optional) {
    if (input[member] !== undefined) Object.assign(taskDefinition, { [member]: input[member] });
  }
  state.taskDefinitions.set(`${family}:${revision}`, taskDefinition);
  return { taskDefinition: without(taskDefinition, 'tags'), tags };
}

/** Members that stay away where the input has none. */
const optional = [
  'taskRoleArn',
  'executionRoleArn',
  'runtimePlatform',
  'ephemeralStorage',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'enableFaultInjection',
] as const;

function checkContainers(containers: ContainerDefinition[]): void {
  if (containers.length === 0) throw refuse('Container list cannot be empty.');
  if (!containers.some(({ essential }) => essential)) {
    throw refuse('Invalid setting for containers. At least one container must be essential.');
  }
  const names = containers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(`Container names must be unique: ${twice}.`);
}

/** On Fargate it is the execution role that pulls, logs and reads secrets. */
function checkExecutionRole(role: string | undefined, containers: ContainerDefinition[]): void {
  if (role !== undefined && role !== '') return;
  for (const { logConfiguration, secrets, image } of containers) {
    if (logConfiguration?.logDriver === 'awslogs') {
      throw refuse(
        'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
      );
    }
    if (secrets !== undefined && secrets.length > 0) {
      throw refuse('Fargate requires task definition to have execution role ARN to support secrets.');
    }
    if (/\.dkr\.ecr\./.test(image ?? '')) {
      throw refuse('Fargate requires task definition to have execution role ARN to support ECR images.');
    }
  }
}

/** ECS asks IAM whether the caller may hand the role over, and IAM does not know a new role everywhere at once. */
function checkPassRole(call: Call, role: string | undefined): void {
  if (role === undefined || !isTooNew(call, role)) return;
  throw new AwsError(
    'AccessDeniedException',
    `User: arn:aws:iam::${call.account}:root is not authorized to perform: iam:PassRole on resource: ${role}`,
  );
}

/** The capabilities that ECS derives; on Fargate they are for show. */
function attributesOf(input: RegisterTaskDefinitionRequest, containers: ContainerDefinition[]): Attribute[] {
  const names = new Set(['ecs.capability.task-eni', 'com.amazonaws.ecs.capability.docker-remote-api.1.18']);
  if (input.taskRoleArn) names.add('com.amazonaws.ecs.capability.task-iam-role');
  if (input.executionRoleArn) names.add('ecs.capability.execution-role-awslogs');
  for (const { secrets, logConfiguration } of containers) {
    if (secrets !== undefined && secrets.length > 0)
      names.add('ecs.capability.secrets.ssm.environment-variables');
    if (logConfiguration?.logDriver === 'awslogs') {
      names.add('com.amazonaws.ecs.capability.logging-driver.awslogs');
    }
  }
  return [...names].map((name) => ({ name }));
}

function refuse(message: string): AwsError {
  return new AwsError('ClientException', message);
}
