import { allow, arnsOf, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** Cluster, service, tasks and their definitions, by name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html). */
export function containerStatements(input: PolicyInput): Statement[] {
  const { cluster, service, taskFamily } = input.names;
  const arns = arnsOf(input, 'ecs');
  const [clusterArn] = arns(`cluster/${cluster}`);
  return [
    allow(
      'OwnContainers',
      'ecs',
      [
        'CreateCluster',
        'CreateService',
        'DeleteCluster',
        'DeleteService',
        'DeleteTaskDefinitions',
        'DescribeClusters',
        'DescribeServiceDeployments',
        'DescribeServiceRevisions',
        'DescribeServices',
        'DescribeTasks',
        'ListServiceDeployments',
        'TagResource',
        'UntagResource',
        'UpdateClusterSettings',
        'UpdateService',
      ],
      arns(
        `cluster/${cluster}`,
        `service-deployment/${cluster}/${service}/*`,
        `service-revision/${cluster}/${service}/*`,
        `service/${cluster}/${service}`,
        `task-definition/${taskFamily}:*`,
        `task/${cluster}/*`,
      ),
    ),
    allow('ListInOwnCluster', 'ecs', ['ListServices', 'ListTasks'], ['*'], {
      ArnEquals: { 'ecs:cluster': clusterArn! },
    }),
    allow('RegisterTaggedTaskDefinition', 'ecs', ['RegisterTaskDefinition'], ['*'], {
      StringEquals: taggingAs(input),
    }),
    // ECS takes neither a name nor a tag as a limit here. What is deregistered goes on running.
    allow('DeregisterTaskDefinition', 'ecs', ['DeregisterTaskDefinition'], ['*']),
  ];
}

/** The repository, and what pushing to it over its registry asks for (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html). */
export function imageStatements(input: PolicyInput): Statement[] {
  return [
    allow(
      'OwnImages',
      'ecr',
      [
        'BatchCheckLayerAvailability',
        'BatchDeleteImage',
        'BatchGetImage',
        'CompleteLayerUpload',
        'CreateRepository',
        'DeleteLifecyclePolicy',
        'DeleteRepository',
        'DescribeImages',
        'GetDownloadUrlForLayer',
        'GetLifecyclePolicy',
        'InitiateLayerUpload',
        'ListTagsForResource',
        'PutImage',
        'PutImageScanningConfiguration',
        'PutImageTagMutability',
        'PutLifecyclePolicy',
        'TagResource',
        'UntagResource',
        'UploadLayerPart',
      ],
      arnsOf(input, 'ecr')(`repository/${input.names.repository}`),
    ),
  ];
}

/** The log group, its streams, and the group that Container Insights makes by itself. */
export function logStatements(input: PolicyInput): Statement[] {
  const { logGroup, cluster } = input.names;
  const arns = arnsOf(input, 'logs');
  const insights = `log-group:/aws/ecs/containerinsights/${cluster}/performance:*`;
  return [
    allow(
      'OwnLogs',
      'logs',
      [
        'CreateLogGroup',
        'DeleteLogGroup',
        'DeleteRetentionPolicy',
        'FilterLogEvents',
        'GetLogEvents',
        'ListTagsForResource',
        'PutRetentionPolicy',
        'TagResource',
        'UntagResource',
      ],
      arns(`log-group:${logGroup}`, `log-group:${logGroup}:*`),
    ),
    ...(input.config.monitoring.containerInsights === 'off'
      ? []
      : [allow('DeleteContainerInsights', 'logs', ['DeleteLogGroup'], arns(insights))]),
  ];
}
