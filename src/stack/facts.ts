import { paginateDescribeSecurityGroups, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { Cloud } from '../aws/cloud.ts';
import { endpointOf } from '../aws/endpoint.ts';
import type { Endpoint, Listening } from '../aws/endpoint.ts';
import type { LogicalId, Scope } from '../engine/resource.ts';
import { vpc } from '../resources/ec2/vpc.ts';
import { containerFrom } from '../resources/ecs/container-definition.ts';
import type { ServiceAttrs } from '../resources/ecs/describe-services.ts';
import { service } from '../resources/ecs/service.ts';
import { listener } from '../resources/elbv2/listener.ts';
import { loadBalancer } from '../resources/elbv2/load-balancer.ts';
import { collect } from '../resources/shared/pages.ts';

/** What commands need to know of a stack without planning. Without a value is what does not exist. */
export interface StackFacts {
  /** Whether any part of it stands that a stack cannot do without. */
  exists: boolean;
  /** Where it answers, such as `https://chat.example.com` or `http://chat-1a2b3c4d-1.eu-west-3.elb.amazonaws.com`. */
  endpoint: Endpoint | undefined;
  /** The image that the service runs, as its task definition names it. */
  image: string | undefined;
  /** Whether that image has ever worked: tasks run, or a deployment came through. */
  works: boolean;
  /** How many tasks ECS keeps running now. */
  desiredCount: number;
  /** Names. */
  cluster: string | undefined;
  service: string | undefined;
}

/** Reads where a running stack answers and what it runs. */
export async function readStack(cloud: Cloud, scope: Scope): Promise<StackFacts> {
  const [vpcs, balancers, listeners, services] = await Promise.all([
    vpc.find(cloud, scope),
    loadBalancer.find(cloud, scope),
    listener.find(cloud, scope),
    service.find(cloud, scope),
  ]);
  const balancer = balancers.find(({ id }) => id === 'load-balancer')?.attrs;
  const running = services.find(({ id }) => id === 'service')?.attrs;
  return {
    exists: vpcs.length > 0 || balancers.length > 0 || services.length > 0,
    endpoint:
      balancer &&
      (await endpointOf(cloud, { host: balancer.dnsName, listeners: listeners.map(({ attrs }) => attrs) })),
    image: running && (await imageOf(cloud, running.taskDefinition)),
    works: running !== undefined && hasWorked(running),
    desiredCount: running?.desiredCount ?? 0,
    cluster: running?.cluster,
    service: running?.name,
  };
}

/** Where a stack answers and how many tasks it keeps, by the attributes that a run ended with. */
export async function servingBy(
  cloud: Cloud,
  attrs: ReadonlyMap<LogicalId, unknown>,
): Promise<Pick<StackFacts, 'endpoint' | 'desiredCount'>> {
  const balancer = attrs.get('load-balancer') as { dnsName: string };
  const listeners = ['listener-https', 'listener-http'].map((id) => attrs.get(id) as Listening | undefined);
  const { desiredCount } = attrs.get('service') as ServiceAttrs;
  return {
    endpoint: await endpointOf(cloud, {
      host: balancer.dnsName,
      listeners: listeners.filter((each) => each !== undefined),
    }),
    desiredCount,
  };
}

/** Names of the stacks of an app that stand in this region (`<app>/<environment>/<region>`), by the tags of their VPCs, and of their security groups where the VPC is somebody else's. */
export async function stacksOf(cloud: Cloud, app: string): Promise<string[]> {
  const input = { Filters: [{ Name: 'tag:chatops:stack', Values: [`${app}/*`] }] };
  const [vpcs, groups] = await Promise.all([
    collect(paginateDescribeVpcs({ client: cloud.ec2 }, input), (page) => page.Vpcs),
    collect(paginateDescribeSecurityGroups({ client: cloud.ec2 }, input), (page) => page.SecurityGroups),
  ]);
  const stacks = [...vpcs, ...groups].flatMap(({ Tags = [] }) =>
    Tags.filter(({ Key }) => Key === 'chatops:stack').map(({ Value }) => Value!),
  );
  return [...new Set(stacks)].sort();
}

/** A service whose only deployment has never been complete and that has no task running has not come up yet. */
function hasWorked({ runningCount, deployment }: ServiceAttrs): boolean {
  return runningCount > 0 || deployment.others > 0 || deployment.state === 'COMPLETED';
}

async function imageOf(cloud: Cloud, taskDefinition: string): Promise<string | undefined> {
  const answer = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const [container] = answer.taskDefinition?.containerDefinitions ?? [];
  return container && containerFrom(container).image;
}
