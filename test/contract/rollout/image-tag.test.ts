import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkTag, tagImage } from '../../../src/commands/image-tag.ts';
import type { Session } from '../../../src/commands/session.ts';
import { push } from '../../../src/resources/ecr/image.ts';
import { names, startCloud, stepOf } from '../resources/rig.ts';
import { smallImage } from '../resources/small-image.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let session: Session;
let images: string[];
beforeEach(async () => {
  rig = await startCloud();
  session = { cloud: rig.cloud, names } as Session;
  const { repository } = await rig.cloud.ecr.send(
    new CreateRepositoryCommand({ repositoryName: names.repository, imageTagMutability: 'IMMUTABLE' }),
  );
  images = [];
  for (const tag of ['one', 'two']) {
    const image = { ...(await smallImage(tag)), tag };
    await push(rig.cloud, image, names.repository, stepOf('image'));
    images.push(`${repository!.repositoryUri}@${image.digest}`);
  }
});
afterEach(() => rig.close());

/** `one, stable`, by image. */
async function tags(): Promise<string[]> {
  const { imageDetails } = await rig.cloud.ecr.send(
    new DescribeImagesCommand({ repositoryName: names.repository }),
  );
  return imageDetails!.map(({ imageTags = [] }) => imageTags.toSorted().join(', ')).toSorted();
}

it('a further tag is one more name of the same image, however often it is given', async () => {
  await tagImage(session, images[0]!, 'stable');
  await tagImage(session, images[0]!, 'stable');
  expect(await tags()).toEqual(['one, stable', 'two']);
});

it('a tag of another image moves only where tags can be moved', async () => {
  await tagImage(session, images[0]!, 'stable');
  await expect(checkTag(session, images[1]!, 'stable')).rejects.toMatchObject({
    code: 'image.tag-taken',
    exit: 2,
    hint: expect.stringContaining('service.imageTagMutability'),
  });
  await rig.cloud.ecr.send(
    new PutImageTagMutabilityCommand({ repositoryName: names.repository, imageTagMutability: 'MUTABLE' }),
  );
  await tagImage(session, images[1]!, 'stable');
  expect(await tags()).toEqual(['one', 'stable, two']);
});

it('an image of another registry, and what is no tag, are refused', async () => {
  await expect(checkTag(session, 'nginx:1.27', 'stable')).rejects.toMatchObject({
    code: 'image.tag-elsewhere',
    exit: 2,
  });
  await expect(checkTag(session, images[0]!, 'not/a tag')).rejects.toMatchObject({
    code: 'image.tag',
    exit: 2,
  });
});
