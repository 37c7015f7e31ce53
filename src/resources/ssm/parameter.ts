import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  ListTagsForResourceCommand,
  paginateGetParametersByPath,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compare } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';

interface ParameterProps {
  /** Path and all: `/chatops/<stack>/redis-url`. */
  name: string;
  type: 'String' | 'SecureString';
  value: string;
}

/** A parameter as SSM tells of it. */
export interface ParameterAttrs extends Omit<ParameterProps, 'type'> {
  type: string;
  arn: string;
  /** How often it was written. */
  version: number;
  /** When it was written last: ISO 8601, to the second. */
  since: string;
  /** Of a generated value: what {@link rotationTag} says. */
  rotation: string | undefined;
}

/** The tag of a generated value; generated-parameter.ts says what is in it. */
export const rotationTag = 'chatops:rotation';

/** A parameter directly under the stack's path (`aws ssm get-parameters-by-path --with-decryption`). */
export const parameter: ResourceKind<Cloud, ParameterProps, ParameterAttrs> = {
  type: 'AWS::SSM::Parameter',
  idempotent: true,
  versioned: true,
  secrets: ['value'],

  async find(cloud, scope) {
    const pages = paginateGetParametersByPath(
      { client: cloud.ssm },
      { Path: `/chatops/${scope.stack}`, Recursive: false, WithDecryption: true },
    );
    const parameters = await collect(pages, (page) => page.Parameters);
    return owned(
      scope,
      await Promise.all(
        parameters.map(async ({ Name, ARN, Type, Value, Version, LastModifiedDate }) => {
          const answer = await unless(
            cloud.ssm.send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: Name })),
            'InvalidResourceId',
          );
          return {
            tags: answer?.TagList,
            ref: Name!,
            attrs: {
              name: Name!,
              arn: ARN!,
              type: Type!,
              value: Value!,
              version: Version!,
              since: `${LastModifiedDate!.toISOString().slice(0, 19)}Z`,
              rotation: answer?.TagList?.find(({ Key }) => Key === rotationTag)?.Value,
            },
          };
        }),
      ),
    );
  },

  diff: (desired, current) => [
    ...compare('name', current.name, desired.name, 'replace'),
    ...compare('type', current.type, desired.type, 'replace'),
    ...compare('value', current.value, desired.value).map((change) => ({ ...change, secret: true })),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `parameter ${props.name}`,
      taken: ['ParameterAlreadyExists'],
      find: () => parameter.find(cloud, step.scope),
      create: () => cloud.ssm.send(new PutParameterCommand({ ...inputOf(props), Tags: tagList(step.tags) })),
    });
  },

  async update(cloud, props) {
    // SSM refuses tags together with Overwrite; the parameter keeps those that it has.
    await cloud.ssm.send(new PutParameterCommand({ ...inputOf(props), Overwrite: true }));
  },

  async tag(cloud, { name }, { set, remove }) {
    const resource = { ResourceType: 'Parameter' as const, ResourceId: name };
    if (Object.keys(set).length > 0) {
      await cloud.ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: tagList(set) }));
    }
    if (remove.length > 0) {
      await cloud.ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: remove }));
    }
  },

  async delete(cloud, { name }) {
    await unless(cloud.ssm.send(new DeleteParameterCommand({ Name: name })), 'ParameterNotFound');
  },
};

function inputOf({ name, type, value }: ParameterProps) {
  return { Name: name, Type: type, Value: value };
}
