import type {
  ContainerDefinition,
  HealthCheck,
  LogConfiguration,
  PortMapping,
  Secret,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../../operation.ts';

/** Checks one container of a Fargate task definition and fills in what ECS fills in. Throws ClientException in ECS's words. */
export function containerDefinitionOf(input: ContainerDefinition): ContainerDefinition {
  const { name, image } = input;
  if (!name) throw refuse('Container.name should not be null or empty.');
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw refuse(`Invalid container name: ${name}.`);
  if (!image) throw refuse('Container.image should not be null or empty.');
  if (input.stopTimeout !== undefined && (input.stopTimeout < 2 || input.stopTimeout > 120)) {
    throw refuse(
      `Invalid 'stopTimeout' setting for container '${name}': it must be between 2 and 120 on Fargate.`,
    );
  }
  const container: ContainerDefinition = {
    ...input,
    cpu: input.cpu ?? 0,
    essential: input.essential ?? true,
    portMappings: (input.portMappings ?? []).map((mapping) => portMappingOf(mapping)),
    environment: input.environment ?? [],
    mountPoints: input.mountPoints ?? [],
    volumesFrom: input.volumesFrom ?? [],
    systemControls: input.systemControls ?? [],
  };
  if (input.healthCheck !== undefined) container.healthCheck = healthCheckOf(input.healthCheck);
  if (input.secrets !== undefined) container.secrets = secretsOf(input.secrets, input);
  if (input.logConfiguration !== undefined) {
    container.logConfiguration = logConfigurationOf(input.logConfiguration);
  }
  return container;
}

/** With `awsvpc` there is one port: the host's is the container's. */
function portMappingOf(mapping: PortMapping): PortMapping {
  const { containerPort, hostPort = containerPort, protocol = 'tcp' } = mapping;
  if (containerPort === undefined || containerPort < 1 || containerPort > 65_535) {
    throw refuse(`Invalid 'containerPort' setting for container.`);
  }
  if (hostPort !== 0 && hostPort !== containerPort) {
    throw refuse('When networkMode=awsvpc, the host ports and container ports in port mappings must match.');
  }
  return { ...mapping, containerPort, hostPort: containerPort, protocol };
}

/** With ECS's defaults filled in; a start period has none. */
function healthCheckOf(input: HealthCheck): HealthCheck {
  if (!input.command?.length) throw refuse('Container.healthCheck.command should not be null or empty.');
  const { interval = 30, timeout = 5, retries = 3 } = input;
  return { ...input, interval, timeout, retries };
}

function secretsOf(secrets: Secret[], { environment }: ContainerDefinition): Secret[] {
  for (const { name } of secrets) {
    if (environment?.some((variable) => variable.name === name)) {
      throw refuse(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
      );
    }
  }
  return secrets;
}

function logConfigurationOf(configuration: LogConfiguration): LogConfiguration {
  const { logDriver, options = {} } = configuration;
  if (!['awslogs', 'splunk', 'awsfirelens'].includes(logDriver ?? '')) {
    throw refuse(`Log driver ${logDriver} is not supported on Fargate.`);
  }
  if (logDriver === 'awslogs') {
    for (const option of ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix']) {
      if (!options[option]) {
        throw refuse(`Log driver awslogs requires options: ${option}`);
      }
    }
  }
  return { ...configuration, options, secretOptions: configuration.secretOptions ?? [] };
}

function refuse(message: string): AwsError {
  return new AwsError('ClientException', message);
}
