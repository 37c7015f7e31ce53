import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { AuthorizeSecurityGroupIngressCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateReplicationGroupCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

const settings = () => ({ region: 'local', endpoint: cloud.endpoint, credentials: cloud.credentials });

it('a value that is none of its enumeration is refused with those that are, however deep it sits', async () => {
  const ecs = new ECSClient(settings());
  const launchType = 'LAMBDA' as 'FARGATE';
  await expect(ecs.send(new CreateServiceCommand({ serviceName: 'a', launchType }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(/Value 'LAMBDA' at 'launchType'.*enum value set: \[.*FARGATE/),
  });
  const portMappings = [{ containerPort: 80, protocol: 'sctp' as 'tcp' }];
  const definition = { family: 'a', containerDefinitions: [{ name: 'a', image: 'b', portMappings }] };
  await expect(ecs.send(new RegisterTaskDefinitionCommand(definition))).rejects.toMatchObject({
    message: expect.stringContaining(
      "'sctp' at 'containerDefinitions.1.member.portMappings.1.member.protocol'",
    ),
  });
  const requiresCompatibilities = ['FARGATE', 'MOON' as 'EC2'] as const;
  await expect(
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'a',
        containerDefinitions: [],
        requiresCompatibilities: [...requiresCompatibilities],
      }),
    ),
  ).rejects.toMatchObject({ message: expect.stringContaining("'MOON' at 'requiresCompatibilities'") });
  await expect(
    new EC2Client(settings()).send(
      new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', InstanceTenancy: 'rented' as 'default' }),
    ),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('Value (rented) for parameter InstanceTenancy is invalid.'),
  });
});

it('a value outside of its limit is refused in the words of the service', async () => {
  await expect(
    new ECRClient(settings()).send(new DescribeRepositoriesCommand({ maxResults: 1001 })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
  });
  const group = {
    ReplicationGroupId: 'a',
    ReplicationGroupDescription: 'b',
    SnapshotRetentionLimit: 36,
  };
  await expect(
    new ElastiCacheClient(settings()).send(new CreateReplicationGroupCommand(group)),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('Value (36) for parameter SnapshotRetentionLimit'),
  });
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 70_000 }];
  await expect(
    new EC2Client(settings()).send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-0123456789abcdef0', IpPermissions }),
    ),
  ).rejects.toMatchObject({ message: expect.stringContaining('Value (70000) for parameter ToPort') });
  const tags = [{ Key: 'k', Value: 'v'.repeat(257) }];
  await expect(
    new ECRClient(settings()).send(new CreateRepositoryCommand({ repositoryName: 'a/b', tags })),
  ).rejects.toMatchObject({
    message: expect.stringContaining("at 'tags.1.member.value' failed to satisfy constraint"),
  });
});
