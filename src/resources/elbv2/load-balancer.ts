import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
  paginateDescribeLoadBalancers,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type LoadBalancer,
  type LoadBalancerSchemeEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind, Scope } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compareFields, compareSet, compareWanted, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { retag, tagsByArn } from './tags.ts';

interface LoadBalancerProps {
  name: string;
  scheme: LoadBalancerSchemeEnum;
  subnetIds: string[];
  securityGroupIds: string[];
  /** Under AWS's own keys, such as `idle_timeout.timeout_seconds`; others keep what AWS gives them. */
  attributes: Record<string, string>;
}

interface LoadBalancerAttrs extends LoadBalancerProps {
  arn: string;
  dnsName: string;
  /** The Route 53 zone that the DNS name is in, for alias records. */
  hostedZoneId: string;
  /** `provisioning`, `active`, `active_impaired` or `failed`. */
  state: string;
  reason: string | undefined;
}

/** An application load balancer (`aws elbv2 describe-load-balancers`, `describe-load-balancer-attributes`). */
export const loadBalancer: ResourceKind<Cloud, LoadBalancerProps, LoadBalancerAttrs> = {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  idempotent: true,

  async find(cloud, scope) {
    const balancers = await listLoadBalancers(cloud, scope);
    const arns = balancers.map((balancer) => balancer.LoadBalancerArn!);
    const [tags, attributes] = await Promise.all([
      tagsByArn(cloud, arns),
      Promise.all(arns.map((arn) => attributesOf(cloud, arn))),
    ]);
    return owned(
      scope,
      balancers.map((balancer, index) => ({
        tags: tags.get(balancer.LoadBalancerArn!),
        ref: balancer.LoadBalancerName!,
        attrs: attrsOf(balancer, attributes[index]!),
      })),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', scheme: 'replace' }),
    ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
    ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
    ...compareWanted('attributes', current.attributes, desired.attributes),
  ],

  ready({ state, name, reason }) {
    if (state === 'failed') {
      throw new ChatopsError(`load balancer ${name} could not be created: ${reason ?? 'no reason given'}`, {
        code: 'load-balancer.failed',
        exit: ExitCode.failed,
        hint: 'Remove what the reason names, run `chatops down`, and try again.',
      });
    }
    return state === 'active' || state === 'active_impaired' || state;
  },

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `load balancer ${props.name}`,
      taken: ['DuplicateLoadBalancerNameException'],
      exists: () => exists(cloud, props.name),
      find: () => loadBalancer.find(cloud, step.scope),
      async create() {
        const { LoadBalancers } = await cloud.elbv2.send(
          new CreateLoadBalancerCommand({
            Name: props.name,
            Type: 'application',
            Scheme: props.scheme,
            IpAddressType: 'ipv4',
            Subnets: props.subnetIds,
            SecurityGroups: props.securityGroupIds,
            Tags: tagList(step.tags),
          }),
        );
        await setAttributes(cloud, LoadBalancers![0]!.LoadBalancerArn!, props);
      },
    });
  },

  async update(cloud, props, { arn }, changes) {
    if (touches(changes, 'subnetIds')) {
      await cloud.elbv2.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets: props.subnetIds }));
    }
    if (touches(changes, 'securityGroupIds')) {
      await cloud.elbv2.send(
        new SetSecurityGroupsCommand({ LoadBalancerArn: arn, SecurityGroups: props.securityGroupIds }),
      );
    }
    if (touches(changes, 'attributes')) await setAttributes(cloud, arn, props);
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { arn, name, attributes }) {
    if (attributes['deletion_protection.enabled'] === 'true') {
      throw new ChatopsError(`load balancer ${name} is protected against deletion`, {
        code: 'load-balancer.protected',
        exit: ExitCode.failed,
        hint: 'Set "loadBalancer.deletionProtection" to false, run `chatops up`, then `chatops down` again.',
      });
    }
    await unless(
      cloud.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })),
      'LoadBalancerNotFoundException',
    );
  },
};

/** The load balancers whose names carry the hash of the stack; whose they are, only their tags say. */
export async function listLoadBalancers(cloud: Cloud, scope: Scope): Promise<LoadBalancer[]> {
  const pages = paginateDescribeLoadBalancers({ client: cloud.elbv2 }, {});
  const balancers = await collect(pages, (page) => page.LoadBalancers);
  return balancers.filter((balancer) => carriesHash(scope, balancer.LoadBalancerName));
}

async function attributesOf(cloud: Cloud, arn: string): Promise<Record<string, string>> {
  const answer = await unless(
    cloud.elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn })),
    'LoadBalancerNotFoundException',
  );
  return Object.fromEntries((answer?.Attributes ?? []).map(({ Key, Value }) => [Key!, Value ?? '']));
}

function attrsOf(balancer: LoadBalancer, attributes: Record<string, string>): LoadBalancerAttrs {
  return {
    arn: balancer.LoadBalancerArn!,
    name: balancer.LoadBalancerName!,
    dnsName: balancer.DNSName!,
    hostedZoneId: balancer.CanonicalHostedZoneId!,
    scheme: balancer.Scheme!,
    state: balancer.State?.Code ?? 'provisioning',
    reason: balancer.State?.Reason,
    subnetIds: (balancer.AvailabilityZones ?? []).map((zone) => zone.SubnetId!),
    securityGroupIds: balancer.SecurityGroups ?? [],
    attributes,
  };
}

async function exists(cloud: Cloud, name: string): Promise<boolean> {
  const answer = await unless(
    cloud.elbv2.send(new DescribeLoadBalancersCommand({ Names: [name] })),
    'LoadBalancerNotFoundException',
  );
  return (answer?.LoadBalancers ?? []).length > 0;
}

async function setAttributes(cloud: Cloud, arn: string, { attributes }: LoadBalancerProps): Promise<void> {
  await cloud.elbv2.send(
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes: tagList(attributes) }),
  );
}
