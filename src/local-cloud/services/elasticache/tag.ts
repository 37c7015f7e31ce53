import type {
  AddTagsToResourceMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
  Tag,
  TagListMessage,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { mustFindParameterGroup } from './cache-parameter-group.ts';
import { mustFindSubnetGroup } from './cache-subnet-group.ts';
import { mustFindReplicationGroup, statusOf } from './status.ts';
import { mustFindServerlessCache } from './serverless-status.ts';
import { mergeTags } from './tag-list.ts';

export const tagOperations: Operations = { AddTagsToResource, ListTagsForResource, RemoveTagsFromResource };

function AddTagsToResource(input: AddTagsToResourceMessage, call: Call): TagListMessage {
  const resource = mustFindResource(call, input.ResourceName ?? '');
  resource.tags = mergeTags(resource.tags, input.Tags);
  return { TagList: resource.tags };
}

function ListTagsForResource(input: ListTagsForResourceMessage, call: Call): TagListMessage {
  return { TagList: mustFindResource(call, input.ResourceName ?? '').tags };
}

/** All keys or none. */
function RemoveTagsFromResource(input: RemoveTagsFromResourceMessage, call: Call): TagListMessage {
  const resource = mustFindResource(call, input.ResourceName ?? '');
  const keys = input.TagKeys ?? [];
  const unknown = keys.find((key) => !resource.tags.some(({ Key }) => Key === key));
  if (unknown !== undefined) {
    throw new AwsError('TagNotFound', `The requested tag ${unknown} was not found on this resource.`, 404);
  }
  resource.tags = resource.tags.filter(({ Key }) => !keys.includes(Key ?? ''));
  return { TagList: resource.tags };
}

/** The tags of a replication group can be neither read nor written unless it is available; its members share them. */
function mustFindResource(call: Call, arn: string): { tags: Tag[] } {
  const [, type, name = ''] = /^arn:aws[a-z-]*:elasticache:[a-z0-9-]+:\d{12}:(\w+):(.+)$/.exec(arn) ?? [];
  switch (type) {
    case 'cluster':
    case 'replicationgroup': {
      const group = mustFindReplicationGroup(
        call,
        type === 'cluster' ? name.replace(/(-\d{4})?-\d{3}$/, '') : name,
      );
      if (statusOf(call, group) === 'available') return group;
      throw new AwsError(
        'InvalidReplicationGroupState',
        'Cluster not in available state to perform tagging operations.',
      );
    }
    case 'serverlesscache':
      return mustFindServerlessCache(call, name);
    case 'subnetgroup':
      return mustFindSubnetGroup(call, name);
    case 'parametergroup':
      return mustFindParameterGroup(call, name);
    default:
      throw new AwsError('InvalidARN', `${arn} is not a valid ARN of a cache resource.`);
  }
}
