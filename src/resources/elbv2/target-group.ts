import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  paginateDescribeTargetGroups,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, compareWanted, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { retag, tagsByArn } from './tags.ts';

interface HealthCheck {
  path: string;
  /** HTTP codes such as `200-299`. */
  matcher: string;
  /** Seconds. */
  interval: number;
  /** Seconds. */
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

interface TargetGroupProps {
  /** Carries a hash of what cannot be changed, so that old and new can stand side by side. */
  name: string;
  vpcId: string;
  healthCheck: HealthCheck;
  /** Under AWS's own keys, such as `stickiness.lb_cookie.duration_seconds`; others keep what AWS gives them. */
  attributes: Record<string, string>;
}

interface TargetGroupAttrs extends TargetGroupProps {
  arn: string;
}

/** Addresses that a load balancer sends HTTP to (`aws elbv2 describe-target-groups`, `describe-target-group-attributes`). */
export const targetGroup: ResourceKind<Cloud, TargetGroupProps, TargetGroupAttrs> = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  createFirst: true,
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeTargetGroups({ client: cloud.elbv2 }, {});
    const all = await collect(pages, (page) => page.TargetGroups);
    const groups = all.filter((group) => carriesHash(scope, group.TargetGroupName));
    const arns = groups.map((group) => group.TargetGroupArn!);
    const [tags, attributes] = await Promise.all([
      tagsByArn(cloud, arns),
      Promise.all(arns.map((arn) => attributesOf(cloud, arn))),
    ]);
    return owned(
      scope,
      groups.map((group, index) => ({
        tags: tags.get(group.TargetGroupArn!),
        ref: group.TargetGroupName!,
        attrs: attrsOf(group, attributes[index]!),
      })),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', vpcId: 'replace' }),
    ...compareWanted('healthCheck', { ...current.healthCheck }, { ...desired.healthCheck }),
    ...compareWanted('attributes', current.attributes, desired.attributes),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `target group ${props.name}`,
      taken: ['DuplicateTargetGroupNameException'],
      exists: () => exists(cloud, props.name),
      find: async () =>
        (await targetGroup.find(cloud, step.scope)).filter(({ attrs }) => attrs.name === props.name),
      async create() {
        const { TargetGroups } = await cloud.elbv2.send(
          new CreateTargetGroupCommand({
            Name: props.name,
            VpcId: props.vpcId,
            // Needed, and never used: ECS registers each task with the port of its container, so that tasks on an old
            // and a new port can stand side by side.
            Port: 80,
            Protocol: 'HTTP',
            ProtocolVersion: 'HTTP1',
            TargetType: 'ip',
            ...healthCheckInput(props.healthCheck),
            Tags: tagList(step.tags),
          }),
        );
        await setAttributes(cloud, TargetGroups![0]!.TargetGroupArn!, props);
      },
    });
  },

  async update(cloud, props, { arn }, changes) {
    if (touches(changes, 'healthCheck')) {
      await cloud.elbv2.send(
        new ModifyTargetGroupCommand({ TargetGroupArn: arn, ...healthCheckInput(props.healthCheck) }),
      );
    }
    if (touches(changes, 'attributes')) await setAttributes(cloud, arn, props);
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { arn }) {
    await unless(
      cloud.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn })),
      'TargetGroupNotFoundException',
    );
  },
};

async function attributesOf(cloud: Cloud, arn: string): Promise<Record<string, string>> {
  const answer = await unless(
    cloud.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn })),
    'TargetGroupNotFoundException',
  );
  return Object.fromEntries((answer?.Attributes ?? []).map(({ Key, Value }) => [Key!, Value ?? '']));
}

function attrsOf(group: TargetGroup, attributes: Record<string, string>): TargetGroupAttrs {
  return {
    arn: group.TargetGroupArn!,
    name: group.TargetGroupName!,
    vpcId: group.VpcId!,
    healthCheck: {
      path: group.HealthCheckPath ?? '',
      matcher: group.Matcher?.HttpCode ?? '',
      interval: group.HealthCheckIntervalSeconds!,
      timeout: group.HealthCheckTimeoutSeconds!,
      healthyThreshold: group.HealthyThresholdCount!,
      unhealthyThreshold: group.UnhealthyThresholdCount!,
    },
    attributes,
  };
}

async function exists(cloud: Cloud, name: string): Promise<boolean> {
  const answer = await unless(
    cloud.elbv2.send(new DescribeTargetGroupsCommand({ Names: [name] })),
    'TargetGroupNotFoundException',
  );
  return (answer?.TargetGroups ?? []).length > 0;
}

function healthCheckInput(check: HealthCheck) {
  return {
    HealthCheckProtocol: 'HTTP' as const,
    HealthCheckPort: 'traffic-port',
    HealthCheckPath: check.path,
    HealthCheckIntervalSeconds: check.interval,
    HealthCheckTimeoutSeconds: check.timeout,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    Matcher: { HttpCode: check.matcher },
  };
}

async function setAttributes(cloud: Cloud, arn: string, { attributes }: TargetGroupProps): Promise<void> {
  await cloud.elbv2.send(
    new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: tagList(attributes) }),
  );
}
