import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageOf } from '../../../src/resources/ecr/image.ts';
import { repository } from '../../../src/resources/ecr/repository.ts';
import { smallImage } from './small-image.ts';
import { foreign, lifeOf, names, scope, startCloud, stepOf } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const keep = (countNumber: number) => ({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber },
      action: { type: 'expire' },
    },
  ],
});

const props = {
  name: names.repository,
  tagMutability: 'IMMUTABLE' as const,
  scanOnPush: true,
  lifecyclePolicy: keep(50),
};

it('a repository takes each of its settings, and gets them back after changes by hand', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, repository, 'repository');
  const { repositoryUri } = await life.create(props);
  expect(repositoryUri).toMatch(new RegExp(`/${props.name}$`));
  expect(await life.changes({ ...props, name: 'other' })).toEqual(['replace name']);
  await life.update({ ...props, lifecyclePolicy: keep(3) });
  await life.update({ ...props, lifecyclePolicy: undefined });
  await life.update({ ...props, tagMutability: 'MUTABLE', scanOnPush: false });
  await life.update(props);

  const repositoryName = props.name;
  await cloud.ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'MUTABLE' }));
  await cloud.ecr.send(
    new PutImageScanningConfigurationCommand({
      repositoryName,
      imageScanningConfiguration: { scanOnPush: false },
    }),
  );
  await cloud.ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
  expect(await life.changes(props)).toEqual([
    'update tagMutability',
    'update scanOnPush',
    'update lifecyclePolicy',
  ]);
  await life.update(props);
  await life.delete();
});

it('a lifecycle policy that only looks different is the same one', async () => {
  const { cloud } = rig;
  const life = lifeOf(cloud, repository, 'repository');
  await life.create(props);
  const [rule] = keep(50).rules;
  const rewritten = { rules: [Object.fromEntries(Object.entries(rule!).toReversed())] };
  await cloud.ecr.send(
    new PutLifecyclePolicyCommand({
      repositoryName: props.name,
      lifecyclePolicyText: JSON.stringify(rewritten, null, 4),
    }),
  );
  expect(await life.changes(props)).toEqual([]);
});

it('a repository of that name that is not ours is refused', async () => {
  const { cloud } = rig;
  await cloud.ecr.send(new CreateRepositoryCommand({ repositoryName: props.name }));
  await expect(repository.create(cloud, props, stepOf('repository'))).rejects.toEqual(foreign);
  expect(await repository.find(cloud, scope)).toEqual([]);
});

it('an image is pushed once, found by its tag, and goes with its repository', async () => {
  const { cloud } = rig;
  const { repositoryUri } = await lifeOf(cloud, repository, 'repository').create(props);
  const build = await smallImage('first');
  const kind = imageOf(build);
  const wanted = { repositoryName: props.name, repositoryUri, tag: build.tag };
  expect(await kind.find(cloud, scope)).toEqual([]);

  const step = stepOf('image');
  await kind.create(cloud, wanted, step);
  expect(step.notes).not.toEqual([]);
  const [found, ...more] = await kind.find(cloud, scope);
  expect(more).toEqual([]);
  expect(found).toMatchObject({ id: 'image', attrs: { reference: `${repositoryUri}@${build.digest}` } });
  expect(kind.diff(wanted, found!.attrs)).toEqual([]);

  const again = stepOf('image');
  await kind.create(cloud, wanted, again);
  expect(again.notes).toEqual([]);
  expect(await imageOf(await smallImage('second')).find(cloud, scope)).toEqual([]);

  // Taking the last tag away by hand deletes an image; it is pushed again.
  await cloud.ecr.send(
    new BatchDeleteImageCommand({ repositoryName: props.name, imageIds: [{ imageTag: build.tag }] }),
  );
  expect(await kind.find(cloud, scope)).toEqual([]);
  await kind.create(cloud, wanted, stepOf('image'));
  expect(await kind.find(cloud, scope)).toEqual([found]);

  await lifeOf(cloud, repository, 'repository').delete();
  expect(await kind.find(cloud, scope)).toEqual([]);
});
