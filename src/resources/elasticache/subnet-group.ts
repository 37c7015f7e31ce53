import {
  CreateCacheSubnetGroupCommand,
  DeleteCacheSubnetGroupCommand,
  ModifyCacheSubnetGroupCommand,
  paginateDescribeCacheSubnetGroups,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, compareSet } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { retag, tagsOf } from './tags.ts';

interface CacheSubnetGroupProps {
  name: string;
  description: string;
  subnetIds: string[];
}

interface CacheSubnetGroupAttrs extends CacheSubnetGroupProps {
  arn: string;
  /** The availability zone of each subnet, by its id. */
  zones: Record<string, string>;
}

/** The subnets that cache nodes may be in (`aws elasticache describe-cache-subnet-groups`). */
export const cacheSubnetGroup: ResourceKind<Cloud, CacheSubnetGroupProps, CacheSubnetGroupAttrs> = {
  type: 'AWS::ElastiCache::SubnetGroup',
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeCacheSubnetGroups({ client: cloud.elasticache }, {});
    const groups = await collect(pages, (page) => page.CacheSubnetGroups);
    const candidates = groups.filter((group) => carriesHash(scope, group.CacheSubnetGroupName));
    return owned(
      scope,
      await Promise.all(
        candidates.map(async (group) => ({
          tags: await tagsOf(cloud, group.ARN!),
          ref: group.CacheSubnetGroupName!,
          attrs: {
            name: group.CacheSubnetGroupName!,
            arn: group.ARN!,
            description: group.CacheSubnetGroupDescription ?? '',
            subnetIds: (group.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier!),
            zones: Object.fromEntries(
              (group.Subnets ?? []).map(({ SubnetIdentifier, SubnetAvailabilityZone }) => [
                SubnetIdentifier!,
                SubnetAvailabilityZone?.Name ?? '',
              ]),
            ),
          },
        })),
      ),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', description: 'update' }),
    ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `cache subnet group ${props.name}`,
      taken: ['CacheSubnetGroupAlreadyExistsFault'],
      find: () => cacheSubnetGroup.find(cloud, step.scope),
      create: () =>
        cloud.elasticache.send(
          new CreateCacheSubnetGroupCommand({ ...inputOf(props), Tags: tagList(step.tags) }),
        ),
    });
  },

  async update(cloud, props) {
    await cloud.elasticache.send(new ModifyCacheSubnetGroupCommand(inputOf(props)));
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name }) {
    await unless(
      cloud.elasticache.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: name })),
      'CacheSubnetGroupNotFoundFault',
    );
  },
};

function inputOf({ name, description, subnetIds }: CacheSubnetGroupProps) {
  return {
    CacheSubnetGroupName: name,
    CacheSubnetGroupDescription: description,
    SubnetIds: subnetIds,
  };
}
