import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';
import { AwsError } from '../../operation.ts';
import { invalid } from './service-checks.ts';
import { ecsState, type Place, type StoredCluster, type StoredService } from './state.ts';

/** Those that a cluster may have here: Fargate's two. Throws InvalidParameterException. */
export function checkCapacityProviders(names: string[]): string[] {
  const unknown = names.find((name) => !['FARGATE', 'FARGATE_SPOT'].includes(name));
  if (unknown === undefined) return names;
  throw new AwsError(
    'InvalidParameterException',
    `The specified capacity provider '${unknown}' was not found.`,
  );
}

/** The strategy of a service, empty where it names none; ECS's order: not beside a launch type, of the cluster's providers, one base at most. Throws InvalidParameterException. */
export function strategyOf(
  { capacityProviders = [] }: StoredCluster,
  input: {
    launchType?: LaunchType | undefined;
    capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  },
): CapacityProviderStrategyItem[] {
  const strategy = input.capacityProviderStrategy ?? [];
  if (strategy.length > 0 && input.launchType !== undefined) {
    invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (strategy.some(({ capacityProvider = '' }) => !capacityProviders.includes(capacityProvider))) {
    invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    invalid('Only one capacity provider in a capacity provider strategy can have a base defined.');
  }
  return strategy.map(({ capacityProvider, base = 0, weight = 0 }) => ({ capacityProvider, base, weight }));
}

/** Where the next task of a service goes: bases first, then by weight; undefined where it has no strategy. */
export function nextProvider(place: Place, service: StoredService): string | undefined {
  const strategy = service.capacityProviderStrategy ?? [];
  const newest = service.deployments[0]?.id;
  const tasks = [...ecsState(place).tasks.values()].filter(
    (task) => task.deploymentId === newest && task.desiredStatus === 'RUNNING',
  );
  const on = (name: string | undefined) =>
    tasks.filter(({ capacityProviderName }) => capacityProviderName === name).length;
  const short = strategy.find(({ capacityProvider, base = 0 }) => on(capacityProvider) < base);
  if (short !== undefined) return short.capacityProvider;
  const load = ({ capacityProvider, base = 0, weight = 0 }: CapacityProviderStrategyItem) =>
    weight === 0 ? Infinity : (on(capacityProvider) - base) / weight;
  return strategy.toSorted((one, other) => load(one) - load(other))[0]?.capacityProvider;
}
