import type { Cloud } from '../aws/cloud.ts';
import type { AnyKind } from '../engine/resource.ts';
import { certificate } from './acm/certificate.ts';
import { scalableTarget } from './application-autoscaling/scalable-target.ts';
import { alarm } from './cloudwatch/alarm.ts';
import { dashboard } from './cloudwatch/dashboard.ts';
import { elasticIp } from './ec2/elastic-ip.ts';
import { internetGateway } from './ec2/internet-gateway.ts';
import { natGateway } from './ec2/nat-gateway.ts';
import { routeTable } from './ec2/route-table.ts';
import { securityGroup } from './ec2/security-group.ts';
import { subnet } from './ec2/subnet.ts';
import { vpc } from './ec2/vpc.ts';
import { vpcEndpoint } from './ec2/vpc-endpoint.ts';
import { repository } from './ecr/repository.ts';
import { cluster } from './ecs/cluster.ts';
import { service } from './ecs/service.ts';
import { taskDefinition } from './ecs/task-definition.ts';
import { cacheParameterGroup } from './elasticache/parameter-group.ts';
import { replicationGroup } from './elasticache/replication-group.ts';
import { serverlessCache } from './elasticache/serverless-cache.ts';
import { replicationGroupAccess } from './elasticache/replication-group-access.ts';
import { cacheSubnetGroup } from './elasticache/subnet-group.ts';
import { listener } from './elbv2/listener.ts';
import { loadBalancer } from './elbv2/load-balancer.ts';
import { targetGroup } from './elbv2/target-group.ts';
import { role } from './iam/role.ts';
import { logGroup } from './logs/log-group.ts';
import { recordSet } from './route53/record-set.ts';
import { bucket } from './s3/bucket.ts';
import { parameter } from './ssm/parameter.ts';

/**
 * Every kind of resource that a stack of this tool can own: what of them is found and no longer wanted is pruned.
 * Images are not among them, for they are the content of their repository and go with it.
 */
export const kinds: readonly AnyKind<Cloud>[] = [
  vpc,
  internetGateway,
  subnet,
  elasticIp,
  natGateway,
  routeTable,
  vpcEndpoint,
  securityGroup,
  cacheSubnetGroup,
  cacheParameterGroup,
  replicationGroup,
  replicationGroupAccess,
  serverlessCache,
  parameter,
  loadBalancer,
  targetGroup,
  listener,
  certificate,
  recordSet,
  repository,
  role,
  logGroup,
  cluster,
  taskDefinition,
  service,
  scalableTarget,
  alarm,
  dashboard,
  bucket,
];
