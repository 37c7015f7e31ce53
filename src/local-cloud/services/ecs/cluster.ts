import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
  ClusterSetting,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';
import { checkCapacityProviders } from './capacity-provider.ts';
import { clusterOf, nameOf } from './find.ts';
import type { Place, StoredCluster } from './state.ts';
import { arn, ecsState } from './state.ts';
import { checkTags } from './tags.ts';

export const clusterOperations: Operations = {
  CreateCluster,
  DeleteCluster,
  DescribeClusters,
  ListClusters,
  PutClusterCapacityProviders,
  UpdateCluster,
  UpdateClusterSettings,
};

/** Creating a cluster that is there gives it back as it is; an INACTIVE one of the name is made anew. */
function CreateCluster(input: CreateClusterRequest, call: Call): CreateClusterResponse {
  const name = input.clusterName ?? 'default';
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) {
    throw new AwsError(
      'InvalidParameterException',
      'Identifier was invalid. Identifiers can only be up to 255 characters, and contain letters (upper and lower-case), numbers, underscores and hyphens',
    );
  }
  const { clusters } = ecsState(call);
  const there = clusters.get(name);
  if (there?.status === 'ACTIVE') return { cluster: view(there, call) };
  const cluster: StoredCluster = {
    clusterArn: arn(call, `cluster/${name}`),
    clusterName: name,
    status: 'ACTIVE',
    tags: checkTags(input.tags),
    settings: settingsOf(input.settings),
    capacityProviders: checkCapacityProviders(input.capacityProviders ?? []),
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy ?? [],
  };
  if (input.configuration !== undefined) cluster.configuration = input.configuration;
  if (input.serviceConnectDefaults !== undefined) {
    cluster.serviceConnectDefaults = { namespace: input.serviceConnectDefaults.namespace };
  }
  clusters.set(name, cluster);
  return { cluster: view(cluster, call) };
}

function DescribeClusters(input: DescribeClustersRequest, call: Call): DescribeClustersResponse {
  const { clusters } = ecsState(call);
  const include = input.include ?? [];
  const output: Required<DescribeClustersResponse> = { clusters: [], failures: [] };
  for (const wanted of input.clusters ?? ['default']) {
    const cluster = clusters.get(nameOf(wanted));
    if (cluster === undefined) {
      output.failures.push({ arn: arn(call, `cluster/${nameOf(wanted)}`), reason: 'MISSING' });
      continue;
    }
    const shown = view(cluster, call);
    // Members that are only given when they are asked for.
    if (!include.includes('TAGS')) shown.tags = [];
    if (!include.includes('SETTINGS')) shown.settings = [];
    if (!include.includes('CONFIGURATIONS')) delete shown.configuration;
    output.clusters.push(shown);
  }
  return output;
}

function ListClusters(input: ListClustersRequest, call: Call): ListClustersResponse {
  const active = [...ecsState(call).clusters.values()].filter(({ status }) => status === 'ACTIVE');
  const { items, next } = page(active, {
    key: ({ clusterArn }) => clusterArn,
    size: input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return { clusterArns: items.map(({ clusterArn }) => clusterArn), nextToken: next };
}

function UpdateCluster(input: UpdateClusterRequest, call: Call): CreateClusterResponse {
  const cluster = clusterOf(call, input.cluster);
  if (input.settings !== undefined) cluster.settings = settingsOf(input.settings);
  if (input.configuration !== undefined) cluster.configuration = input.configuration;
  return { cluster: view(cluster, call) };
}

function UpdateClusterSettings(input: UpdateClusterSettingsRequest, call: Call): CreateClusterResponse {
  const cluster = clusterOf(call, input.cluster);
  cluster.settings = settingsOf(input.settings);
  return { cluster: view(cluster, call) };
}

/** The whole set anew; one that a service uses stays. */
function PutClusterCapacityProviders(
  input: PutClusterCapacityProvidersRequest,
  call: Call,
): PutClusterCapacityProvidersResponse {
  const cluster = clusterOf(call, input.cluster);
  const wanted = checkCapacityProviders(input.capacityProviders ?? []);
  const used = [...ecsState(call).services.values()]
    .filter(({ clusterArn, status }) => clusterArn === cluster.clusterArn && status !== 'INACTIVE')
    .flatMap(({ capacityProviderStrategy = [] }) => capacityProviderStrategy)
    .map(({ capacityProvider = '' }) => capacityProvider);
  if (used.some((name) => !wanted.includes(name))) {
    throw new AwsError(
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    );
  }
  cluster.capacityProviders = wanted;
  cluster.defaultCapacityProviderStrategy = input.defaultCapacityProviderStrategy ?? [];
  return { cluster: view(cluster, call) };
}

/** ECS's order: services before tasks. The cluster stays describable as INACTIVE. */
function DeleteCluster(input: DeleteClusterRequest, call: Call): DeleteClusterResponse {
  const cluster = clusterOf(call, input.cluster);
  const { activeServicesCount, runningTasksCount, pendingTasksCount } = counts(cluster, call);
  if (activeServicesCount > 0) {
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if (runningTasksCount + pendingTasksCount > 0) {
    throw new AwsError(
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
  }
  cluster.status = 'INACTIVE';
  return { cluster: view(cluster, call) };
}

/** Container Insights is off where nothing is said. */
function settingsOf(settings: ClusterSetting[] | undefined): ClusterSetting[] {
  const [setting = { name: 'containerInsights', value: 'disabled' }] = settings ?? [];
  if (
    setting.name !== 'containerInsights' ||
    !['enabled', 'disabled', 'enhanced'].includes(setting.value ?? '')
  ) {
    throw new AwsError('InvalidParameterException', 'Invalid setting name or value.');
  }
  return [{ name: setting.name, value: setting.value }];
}

function view(cluster: StoredCluster, place: Place): StoredCluster {
  return {
    ...cluster,
    ...counts(cluster, place),
    registeredContainerInstancesCount: 0,
    statistics: [],
  };
}

function counts({ clusterArn }: StoredCluster, place: Place) {
  const { services, tasks } = ecsState(place);
  const own = [...tasks.values()].filter((task) => task.clusterArn === clusterArn);
  const active = [...services.values()].filter(
    (service) => service.clusterArn === clusterArn && service.status !== 'INACTIVE',
  );
  return {
    activeServicesCount: active.length,
    runningTasksCount: own.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: own.filter(({ lastStatus }) =>
      ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus),
    ).length,
  };
}
