import type { ContainerDefinition, HealthCheck } from '@aws-sdk/client-ecs';
import type { Change } from '../../engine/resource.ts';
import { compare, compareFields, compareRecord } from '../shared/compare.ts';

/** The one container of a task definition, as far as chatops decides on it. */
export interface Container {
  name: string;
  image: string;
  /** TCP port that it listens on. */
  port: number;
  environment: Record<string, string>;
  /** ARNs of SSM parameters and of secrets of Secrets Manager, by the environment variable that gets the value. */
  secrets: Record<string, string>;
  /** ARN of the secret with user name and password of the image's registry. */
  registryCredentials?: string | undefined;
  logs: { group: string; region: string; streamPrefix: string };
  /** Whether an init process reaps zombies and passes signals on. */
  init: boolean;
  readonlyRootFilesystem: boolean;
  /** Undefined is the image's own. */
  user: string | undefined;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout: number;
  healthCheck?: ContainerHealthCheck | undefined;
}

/** What runs in a container to see whether it is well; times in seconds. */
interface ContainerHealthCheck {
  /** `CMD` and a program with its arguments, or `CMD-SHELL` and one line. */
  command: string[];
  interval: number;
  timeout: number;
  /** Failed checks in a row until unhealthy. */
  retries: number;
  startPeriod: number;
}

/** A container as RegisterTaskDefinition takes it. */
export function definitionOf(container: Container): ContainerDefinition {
  const { logs } = container;
  return {
    name: container.name,
    image: container.image,
    essential: true,
    portMappings: [{ containerPort: container.port, hostPort: container.port, protocol: 'tcp' }],
    environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(container.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    ...(container.registryCredentials === undefined
      ? {}
      : { repositoryCredentials: { credentialsParameter: container.registryCredentials } }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logs.group,
        'awslogs-region': logs.region,
        'awslogs-stream-prefix': logs.streamPrefix,
      },
    },
    linuxParameters: { initProcessEnabled: container.init },
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    user: container.user,
    stopTimeout: container.stopTimeout,
    healthCheck: container.healthCheck,
  };
}

/** A container as DescribeTaskDefinition gives it, with AWS's defaults filled in. */
export function containerFrom(definition: ContainerDefinition): Container {
  const options = definition.logConfiguration?.options ?? {};
  return {
    name: definition.name ?? '',
    image: definition.image ?? '',
    port: definition.portMappings?.[0]?.containerPort ?? 0,
    environment: Object.fromEntries(
      (definition.environment ?? []).map(({ name, value }) => [name!, value ?? '']),
    ),
    secrets: Object.fromEntries((definition.secrets ?? []).map(({ name, valueFrom }) => [name!, valueFrom!])),
    logs: {
      group: options['awslogs-group'] ?? '',
      region: options['awslogs-region'] ?? '',
      streamPrefix: options['awslogs-stream-prefix'] ?? '',
    },
    registryCredentials: definition.repositoryCredentials?.credentialsParameter,
    init: definition.linuxParameters?.initProcessEnabled ?? false,
    readonlyRootFilesystem: definition.readonlyRootFilesystem ?? false,
    user: definition.user,
    stopTimeout: definition.stopTimeout ?? 30,
    healthCheck: definition.healthCheck && healthCheckFrom(definition.healthCheck),
  };
}

function healthCheckFrom({
  command,
  interval,
  timeout,
  retries,
  startPeriod,
}: HealthCheck): ContainerHealthCheck {
  return {
    command: command ?? [],
    interval: interval ?? 30,
    timeout: timeout ?? 5,
    retries: retries ?? 3,
    startPeriod: startPeriod ?? 0,
  };
}

/** What differs between two containers, under paths such as `container.environment.PORT`. */
export function compareContainers(from: Container, to: Container): Change[] {
  const { environment, secrets, logs, healthCheck, ...plain } = to;
  const scalars = Object.fromEntries(Object.keys(plain).map((field) => [field, 'update' as const]));
  return [
    ...compareFields(to, from, scalars),
    ...compareRecord('environment', from.environment, environment),
    ...compareRecord('secrets', from.secrets, secrets),
    ...compare('logs', from.logs, logs),
    ...compare('healthCheck', from.healthCheck, healthCheck),
  ].map((change) => ({ ...change, path: `container.${change.path}` }));
}
