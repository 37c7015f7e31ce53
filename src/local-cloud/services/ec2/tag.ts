import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
  TagDescription,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { select, type FilterFields } from './describe.ts';
import { dryRun, mustFind, type Noun } from './errors.ts';
import { ec2State } from './state.ts';
import { mergeTags } from './tag-specification.ts';

export const tagOperations: Operations = { CreateTags, DeleteTags, DescribeTags };

/** EC2's order: all resources, then the tags; a bad one among them changes nothing. */
function CreateTags(input: CreateTagsRequest, call: Call): object {
  const resources = mustFindAll(call, input.Resources);
  const merged = resources.map((resource) => mergeTags(resource.tags(), input.Tags ?? []));
  dryRun(input);
  for (const [index, resource] of resources.entries()) resource.setTags(merged[index] ?? []);
  return {};
}

/** Without tags all go; a tag with a value, even an empty one, goes only where it has that value. */
function DeleteTags(input: DeleteTagsRequest, call: Call): object {
  const resources = mustFindAll(call, input.Resources);
  dryRun(input);
  const unwanted = input.Tags ?? [];
  for (const resource of resources) {
    const kept = resource
      .tags()
      .filter(
        (tag) =>
          unwanted.length > 0 &&
          !unwanted.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
      );
    resource.setTags(kept);
  }
  return {};
}

const fields: FilterFields<TagDescription> = {
  key: ({ Key }) => Key,
  value: ({ Value }) => Value,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
};

function DescribeTags(input: DescribeTagsRequest, call: Call): DescribeTagsResult {
  dryRun(input);
  const all = allResources(call).flatMap((resource) =>
    resource.tags().map(({ Key, Value }): TagDescription => ({
      Key,
      Value,
      ResourceId: resource.id,
      ResourceType: resource.type,
    })),
  );
  const { page, NextToken } = select(all, input, fields, (tag) => [tag]);
  return { Tags: page, NextToken };
}

interface Taggable {
  id: string;
  type: ResourceType;
  tags(): Tag[];
  setTags(tags: Tag[]): void;
}

function allResources(call: Call): Taggable[] {
  const state = ec2State(call);
  return [
    ...taggables('vpc', state.vpcs),
    ...taggables('subnet', state.subnets),
    ...taggables('internet-gateway', state.internetGateways),
    ...taggables('route-table', state.routeTables),
    ...taggables('security-group', state.securityGroups),
    ...taggables('security-group-rule', state.securityGroupRules),
    ...taggables('network-acl', state.networkAcls),
    ...taggables('elastic-ip', state.addresses),
    ...taggables('natgateway', state.natGateways),
    ...taggables('vpc-endpoint', state.vpcEndpoints),
    ...[...state.networkInterfaces].map(([id, record]): Taggable => ({
      id,
      type: 'network-interface',
      tags: () => record.TagSet,
      setTags: (tags) => {
        record.TagSet = tags;
      },
    })),
  ];
}

function taggables(type: ResourceType, records: Map<string, { Tags: Tag[] }>): Taggable[] {
  return [...records].map(([id, record]) => ({
    id,
    type,
    tags: () => record.Tags,
    setTags: (tags) => {
      record.Tags = tags;
    },
  }));
}

const nounOfPrefix: Record<string, Noun> = {
  vpc: 'vpc',
  subnet: 'subnet',
  igw: 'internetGateway',
  rtb: 'routeTable',
  sg: 'securityGroup',
  sgr: 'securityGroupRule',
  acl: 'networkAcl',
  eni: 'networkInterface',
  eipalloc: 'address',
  nat: 'natGateway',
  vpce: 'vpcEndpoint',
};

function mustFindAll(call: Call, ids: string[] | undefined): Taggable[] {
  const byId = new Map(allResources(call).map((resource) => [resource.id, resource]));
  return (ids ?? []).map((id) => {
    const noun = nounOfPrefix[id.split('-')[0] ?? ''];
    if (noun === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    return mustFind(byId, noun, id);
  });
}
