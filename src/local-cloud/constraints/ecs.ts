import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference';
const name = { maxLength: 255, pattern: /[a-zA-Z0-9_-]+/, ownWords: true } as const;

export const ecs: Limits = {
  clusterName: { page: `${reference}/API_CreateCluster.html`, ...name },
  serviceName: { page: `${reference}/API_CreateService.html`, ...name },
  family: { page: `${reference}/API_RegisterTaskDefinition.html`, ...name },
  'ContainerDefinition.name': { page: `${reference}/API_ContainerDefinition.html`, ...name },
  'ContainerDefinition.stopTimeout': {
    page: `${reference}/API_ContainerDefinition.html`,
    min: 2,
    max: 120,
    ownWords: true,
  },
  'HealthCheck.interval': { page: `${reference}/API_HealthCheck.html`, min: 5, max: 300 },
  'HealthCheck.timeout': { page: `${reference}/API_HealthCheck.html`, min: 2, max: 60 },
  'HealthCheck.retries': { page: `${reference}/API_HealthCheck.html`, min: 1, max: 10 },
  'HealthCheck.startPeriod': { page: `${reference}/API_HealthCheck.html`, min: 0, max: 300 },
  containerPort: { page: `${reference}/API_PortMapping.html`, min: 0, max: 65535 },
  hostPort: { page: `${reference}/API_PortMapping.html`, min: 0, max: 65535 },
  cpu: {
    page: `${reference}/API_RegisterTaskDefinition.html`,
    pattern: /256|512|1024|2048|4096|8192|16384/,
    ownWords: true,
  },
  memory: { page: `${reference}/API_RegisterTaskDefinition.html`, min: 512, max: 122_880, ownWords: true },
  desiredCount: { page: `${reference}/API_CreateService.html`, min: 0, max: 5000, ownWords: true },
  healthCheckGracePeriodSeconds: {
    page: `${reference}/API_CreateService.html`,
    min: 0,
    max: 2_147_483_647,
  },
  maximumPercent: {
    page: `${reference}/API_DeploymentConfiguration.html`,
    min: 100,
    max: 200,
    ownWords: true,
  },
  minimumHealthyPercent: {
    page: `${reference}/API_DeploymentConfiguration.html`,
    min: 0,
    max: 100,
    ownWords: true,
  },
  bakeTimeInMinutes: {
    page: `${reference}/API_DeploymentConfiguration.html`,
    min: 0,
    max: 1440,
    ownWords: true,
  },
  'AwsVpcConfiguration.subnets': { page: `${reference}/API_AwsVpcConfiguration.html`, maxItems: 16 },
  'AwsVpcConfiguration.securityGroups': { page: `${reference}/API_AwsVpcConfiguration.html`, maxItems: 5 },
  'DescribeServicesRequest.services': { page: `${reference}/API_DescribeServices.html`, maxItems: 10 },
  'DescribeTasksRequest.tasks': { page: `${reference}/API_DescribeTasks.html`, maxItems: 100 },
  'DescribeClustersRequest.clusters': { page: `${reference}/API_DescribeClusters.html`, maxItems: 100 },
  'DeleteTaskDefinitionsRequest.taskDefinitions': {
    page: `${reference}/API_DeleteTaskDefinitions.html`,
    maxItems: 10,
  },
  maxResults: { page: `${reference}/API_ListTasks.html`, min: 1, max: 100 },
  tags: { page: `${reference}/API_TagResource.html`, maxItems: 50, ownWords: true },
  'Tag.key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
};
