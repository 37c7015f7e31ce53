import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateClusterSettingsCommand,
  type Cluster,
  type ClusterSetting,
} from '@aws-sdk/client-ecs';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { inBatches } from '../shared/pages.ts';
import { lowerCaseTagList, owned } from '../shared/tags.ts';
import { listClusters } from './clusters.ts';
import { retag } from './tags.ts';

interface ClusterProps {
  name: string;
  /** CloudWatch Container Insights. */
  containerInsights: 'disabled' | 'enabled' | 'enhanced';
  /** Whether services may use Fargate Spot; where they need not, that they may is no difference. */
  spot: boolean;
}

interface ClusterAttrs {
  name: string;
  arn: string;
  /** `PROVISIONING`, `ACTIVE`, `DEPROVISIONING` or `FAILED`. */
  status: string;
  containerInsights: string;
  spot: boolean;
}

/** What services may use where Spot is on. */
const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];

/** The most clusters that DescribeClusters takes. */
const most = 100;

/** An ECS cluster (`aws ecs list-clusters`, `describe-clusters --include TAGS SETTINGS`). */
export const cluster: ResourceKind<Cloud, ClusterProps, ClusterAttrs> = {
  type: 'AWS::ECS::Cluster',
  idempotent: true,

  async find(cloud, scope) {
    const arns = await listClusters(cloud, scope);
    const clusters = await inBatches(arns, most, (batch) => describe(cloud, batch));
    return owned(
      scope,
      clusters.map((one) => ({ tags: one.tags, ref: one.clusterName!, attrs: attrsOf(one) })),
    );
  },

  diff: (desired, current) => [
    ...compare('name', current.name, desired.name, 'replace'),
    ...compare('containerInsights', current.containerInsights, desired.containerInsights),
    // Taken away while a service still uses it, it would be refused; it costs nothing.
    ...compare('spot', current.spot, desired.spot || current.spot),
  ],

  ready({ status, name }) {
    if (status === 'FAILED') {
      throw new ChatopsError(`cluster ${name} could not be created`, {
        code: 'cluster.failed',
        exit: ExitCode.failed,
        hint: 'Run `chatops down` and try again.',
      });
    }
    return status === 'ACTIVE' || status.toLowerCase();
  },

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `cluster ${props.name}`,
      taken: [],
      exists: async () => (await describe(cloud, [props.name])).length > 0,
      find: () => cluster.find(cloud, step.scope),
      create: () =>
        cloud.ecs.send(
          new CreateClusterCommand({
            clusterName: props.name,
            settings: settingsOf(props),
            ...(props.spot ? { capacityProviders } : {}),
            tags: lowerCaseTagList(step.tags),
          }),
        ),
    });
  },

  async update(cloud, props, _current, changes) {
    if (touches(changes, 'containerInsights')) {
      await cloud.ecs.send(
        new UpdateClusterSettingsCommand({ cluster: props.name, settings: settingsOf(props) }),
      );
    }
    if (touches(changes, 'spot')) {
      const strategy = { capacityProviders, defaultCapacityProviderStrategy: [] };
      await cloud.ecs.send(new PutClusterCapacityProvidersCommand({ cluster: props.name, ...strategy }));
    }
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name, containerInsights }) {
    await unless(cloud.ecs.send(new DeleteClusterCommand({ cluster: name })), 'ClusterNotFoundException');
    if (containerInsights === 'disabled') return;
    // Container Insights makes this group by itself and never removes it.
    await unless(
      cloud.logs.send(
        new DeleteLogGroupCommand({ logGroupName: `/aws/ecs/containerinsights/${name}/performance` }),
      ),
      'ResourceNotFoundException',
    );
  },
};

/** INACTIVE clusters stay describable for a while; they count as gone. */
async function describe(cloud: Cloud, clusters: string[]): Promise<Cluster[]> {
  const answer = await cloud.ecs.send(
    new DescribeClustersCommand({ clusters, include: ['TAGS', 'SETTINGS'] }),
  );
  return (answer.clusters ?? []).filter((one) => one.status !== 'INACTIVE');
}

function attrsOf(one: Cluster): ClusterAttrs {
  return {
    name: one.clusterName!,
    arn: one.clusterArn!,
    status: one.status!,
    containerInsights:
      one.settings?.find((setting) => setting.name === 'containerInsights')?.value ?? 'disabled',
    spot: one.capacityProviders?.includes('FARGATE_SPOT') ?? false,
  };
}

function settingsOf({ containerInsights }: ClusterProps): ClusterSetting[] {
  return [{ name: 'containerInsights', value: containerInsights }];
}
