import type { Operations } from '../../operation.ts';
import { clusterOperations } from './cluster.ts';
import { serviceDeploymentOperations } from './service-deployment.ts';
import { serviceOperations } from './service.ts';
import { tagOperations } from './tags.ts';
import { taskDefinitionOperations } from './task-definition.ts';
import { taskOperations } from './task.ts';

export const operations: Operations = {
  ...clusterOperations,
  ...serviceDeploymentOperations,
  ...serviceOperations,
  ...tagOperations,
  ...taskDefinitionOperations,
  ...taskOperations,
};
