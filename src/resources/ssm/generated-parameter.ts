import { randomBytes } from 'node:crypto';
import { AddTagsToResourceCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compare } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { tagList } from '../shared/tags.ts';
import { parameter, rotationTag } from './parameter.ts';
import type { ParameterAttrs } from './parameter.ts';

interface GeneratedParameterProps {
  /** Path and all. */
  name: string;
  /** Whatever it is, another one asks for another value. */
  rotation: string;
}

/**
 * A SecureString with 256 random bits in hexadecimal, which nobody ever types or reads. A tag says which rotation it
 * is, and of which version of the parameter that was said: `2@3`.
 */
export const generatedParameter: ResourceKind<Cloud, GeneratedParameterProps, ParameterAttrs> = {
  type: parameter.type,
  idempotent: true,
  versioned: true,
  find: (cloud, scope) => parameter.find(cloud, scope),

  diff: (desired, current) => [
    ...compare('name', current.name, desired.name, 'replace'),
    ...compare('rotation', rotationOf(current).rotation, desired.rotation),
  ],

  // The value is read in one call and the tag in another: what is older than its own tag must not be used.
  ready: (current) =>
    current.version >= rotationOf(current).version || 'waiting until its new value is visible',

  async create(cloud, { name, rotation }, step) {
    await createNamed(step, {
      what: `parameter ${name}`,
      taken: ['ParameterAlreadyExists'],
      find: () => parameter.find(cloud, step.scope),
      create: () =>
        cloud.ssm.send(
          new PutParameterCommand({
            ...freshValue(name),
            Tags: tagList({ ...step.tags, [rotationTag]: `${rotation}@1` }),
          }),
        ),
    });
  },

  async update(cloud, { name, rotation }) {
    const { Version } = await cloud.ssm.send(
      new PutParameterCommand({ ...freshValue(name), Overwrite: true }),
    );
    // Last: should this call be lost, the value is made anew once more, and nobody has used this one.
    await cloud.ssm.send(
      new AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: name,
        Tags: tagList({ [rotationTag]: `${rotation}@${Version}` }),
      }),
    );
  },

  tag: (cloud, current, change, step) => parameter.tag!(cloud, current, change, step),
  delete: (cloud, current, step) => parameter.delete(cloud, current, step),
};

function rotationOf({ rotation: tag }: ParameterAttrs): { rotation: string | undefined; version: number } {
  const [rotation, version = '1'] = tag?.split('@') ?? [];
  return { rotation, version: Number(version) };
}

function freshValue(Name: string) {
  return { Name, Type: 'SecureString' as const, Value: randomBytes(32).toString('hex') };
}
