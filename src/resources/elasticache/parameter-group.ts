import {
  CreateCacheParameterGroupCommand,
  DeleteCacheParameterGroupCommand,
  ModifyCacheParameterGroupCommand,
  paginateDescribeCacheParameterGroups,
  paginateDescribeCacheParameters,
  ResetCacheParameterGroupCommand,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, compareRecord } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { retag, tagsOf } from './tags.ts';

interface CacheParameterGroupProps {
  /** Carries the family, so that the groups of two families can stand side by side. */
  name: string;
  /** Engine and version that it fits, such as `valkey8`. */
  family: string;
  description: string;
  /** The parameters that are set: all of them, no others. */
  parameters: Record<string, string>;
}

interface CacheParameterGroupAttrs extends CacheParameterGroupProps {
  arn: string;
}

/** Settings of the cache engine (`aws elasticache describe-cache-parameter-groups`, `describe-cache-parameters --source user`). */
export const cacheParameterGroup: ResourceKind<Cloud, CacheParameterGroupProps, CacheParameterGroupAttrs> = {
  type: 'AWS::ElastiCache::ParameterGroup',
  createFirst: true,
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeCacheParameterGroups({ client: cloud.elasticache }, {});
    const groups = await collect(pages, (page) => page.CacheParameterGroups);
    const candidates = groups.filter((group) => carriesHash(scope, group.CacheParameterGroupName));
    return owned(
      scope,
      await Promise.all(
        candidates.map(async (group) => {
          const [tags, parameters] = await Promise.all([
            tagsOf(cloud, group.ARN!),
            parametersOf(cloud, group.CacheParameterGroupName!),
          ]);
          return {
            tags,
            ref: group.CacheParameterGroupName!,
            attrs: {
              name: group.CacheParameterGroupName!,
              arn: group.ARN!,
              family: group.CacheParameterGroupFamily!,
              description: group.Description ?? '',
              parameters,
            },
          };
        }),
      ),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', family: 'replace' }),
    ...compareRecord('parameters', current.parameters, desired.parameters),
  ],

  async create(cloud, { name, family, description, parameters }, step) {
    await createNamed(step, {
      what: `cache parameter group ${name}`,
      taken: ['CacheParameterGroupAlreadyExistsFault'],
      find: async () =>
        (await cacheParameterGroup.find(cloud, step.scope)).filter(({ attrs }) => attrs.name === name),
      async create() {
        await cloud.elasticache.send(
          new CreateCacheParameterGroupCommand({
            CacheParameterGroupName: name,
            CacheParameterGroupFamily: family,
            Description: description,
            Tags: tagList(step.tags),
          }),
        );
        await set(cloud, name, parameters);
      },
    });
  },

  async update(cloud, { name, parameters }, current) {
    await set(cloud, name, parameters);
    const surplus = Object.keys(current.parameters).filter((parameter) => !(parameter in parameters));
    if (surplus.length === 0) return;
    await cloud.elasticache.send(
      new ResetCacheParameterGroupCommand({
        CacheParameterGroupName: name,
        ParameterNameValues: surplus.map((ParameterName) => ({ ParameterName })),
      }),
    );
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name }) {
    await unless(
      cloud.elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: name })),
      'CacheParameterGroupNotFoundFault',
    );
  },
};

async function parametersOf(cloud: Cloud, name: string): Promise<Record<string, string>> {
  const pages = paginateDescribeCacheParameters(
    { client: cloud.elasticache },
    { CacheParameterGroupName: name, Source: 'user' },
  );
  const parameters = await unless(
    collect(pages, (page) => page.Parameters),
    'CacheParameterGroupNotFoundFault',
  );
  return Object.fromEntries((parameters ?? []).map((one) => [one.ParameterName!, one.ParameterValue ?? '']));
}

async function set(cloud: Cloud, name: string, parameters: Record<string, string>): Promise<void> {
  await cloud.elasticache.send(
    new ModifyCacheParameterGroupCommand({
      CacheParameterGroupName: name,
      ParameterNameValues: Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
        ParameterName,
        ParameterValue,
      })),
    }),
  );
}
