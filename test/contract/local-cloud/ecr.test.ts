import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageStore } from '../../../src/local-cloud/runtime/images.ts';
import { resolveImage } from '../../../src/local-cloud/services/ecr/resolve-image.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';
import { imageOf } from './ecr-image.ts';
import type { SmallImage } from './ecr-image.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-ecr-'));
  const dataPlane = { ...quietDataPlane(), images: imageStore(folder) };
  local = await startLocalCloud({ dataPlane, folder });
});

afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

async function authorization(region = 'local') {
  const { ecr } = region === 'local' ? local : local.clientsFor(region);
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  return `Basic ${authorizationData![0]!.authorizationToken}`;
}

/** A request to the registry as any OCI client would send it. */
async function registry(
  method: string,
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  token?: string,
) {
  return fetch(new URL(path, local.endpoint), {
    method,
    ...init,
    headers: { ...init.headers, authorization: token ?? (await authorization()) },
  });
}

async function pushBlobs(name: string, image: SmallImage) {
  for (const [digest, content] of image.blobs) {
    const begun = await registry('POST', `/v2/${name}/blobs/uploads/`);
    const put = await registry('PUT', `${begun.headers.get('location')}?digest=${digest}`, { body: content });
    expect(put.status).toBe(201);
  }
}

async function push(name: string, tag: string, image: SmallImage) {
  await pushBlobs(name, image);
  return registry('PUT', `/v2/${name}/manifests/${tag}`, {
    body: image.manifest,
    headers: { 'content-type': image.mediaType },
  });
}

const create = (name: string, more = {}) =>
  local.ecr.send(new CreateRepositoryCommand({ repositoryName: name, ...more }));

async function codesOf(response: Response): Promise<string[]> {
  const { errors } = (await response.json()) as { errors: { code: string }[] };
  return errors.map(({ code }) => code);
}

test('a repository is created with its tags, read, changed and deleted', async () => {
  const { repository } = await create('chatops/one', {
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    tags: [{ Key: 'chatops:stack', Value: 'chat/default/local' }],
  });
  const host = new URL(local.endpoint).host;
  expect(repository).toMatchObject({
    repositoryArn: 'arn:aws:ecr:local:000000000000:repository/chatops/one',
    registryId: '000000000000',
    repositoryUri: `${host}/chatops/one`,
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  expect(repository!.createdAt).toBeInstanceOf(Date);

  const resourceArn = repository!.repositoryArn!;
  await local.ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'team', Value: 'chat' }] }));
  await local.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['chatops:stack'] }));
  const { tags } = await local.ecr.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags).toEqual([{ Key: 'team', Value: 'chat' }]);

  await local.ecr.send(
    new PutImageTagMutabilityCommand({ repositoryName: 'chatops/one', imageTagMutability: 'MUTABLE' }),
  );
  await local.ecr.send(
    new PutImageScanningConfigurationCommand({
      repositoryName: 'chatops/one',
      imageScanningConfiguration: { scanOnPush: false },
    }),
  );
  const { repositories } = await local.ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: ['chatops/one'] }),
  );
  expect(repositories).toMatchObject([
    { imageTagMutability: 'MUTABLE', imageScanningConfiguration: { scanOnPush: false } },
  ]);

  await local.ecr.send(new DeleteRepositoryCommand({ repositoryName: 'chatops/one' }));
  await expect(
    local.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['chatops/one'] })),
  ).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
    message: "The repository with name 'chatops/one' does not exist in the registry with id '000000000000'",
  });
});

test('a name that exists, or that ECR does not take, is refused', async () => {
  await create('chatops/twice');
  await expect(create('chatops/twice')).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' });
  for (const name of ['Upper', 'a', 'two--dashes-', 'x/', 'long'.repeat(65)]) {
    await expect(create(name), name).rejects.toMatchObject({ name: 'InvalidParameterException' });
  }
  const elsewhere = await local.clientsFor('eu-west-3').ecr.send(new DescribeRepositoriesCommand({}));
  expect(elsewhere.repositories).toEqual([]);
});

test('repositories are listed in pages', async () => {
  const { ecr } = local.clientsFor('eu-central-1');
  for (const name of ['p3', 'p1', 'p2']) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: name }));
  }
  const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
  const second = await ecr.send(
    new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }),
  );
  const names = [first, second].map(({ repositories }) => repositories!.map((one) => one.repositoryName));
  expect(names).toEqual([['p1', 'p2'], ['p3']]);
  expect(second.nextToken).toBeUndefined();
});

test('a lifecycle policy is kept, checked and deleted', async () => {
  await create('chatops/policy');
  const repositoryName = 'chatops/policy';
  const text = JSON.stringify({ rules: [{ rulePriority: 1, selection: {}, action: { type: 'expire' } }] });
  const missing = { name: 'LifecyclePolicyNotFoundException' };
  await expect(local.ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject(
    missing,
  );
  await local.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: text }));
  const { lifecyclePolicyText } = await local.ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
  expect(lifecyclePolicyText).toBe(text);
  await expect(
    local.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{' })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await local.ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
  await expect(local.ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject(
    missing,
  );
});

test('an image goes in over the registry and comes out of every reading call', async () => {
  await create('chatops/images');
  const image = imageOf('hello');
  const put = await push('chatops/images', 'v1', image);
  expect(put.status).toBe(201);
  expect(put.headers.get('docker-content-digest')).toBe(image.digest);

  const repositoryName = 'chatops/images';
  const { imageDetails } = await local.ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails).toMatchObject([
    { imageDigest: image.digest, imageTags: ['v1'], imageSizeInBytes: image.layerBytes },
  ]);
  const { images } = await local.ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }),
  );
  expect(images![0]!.imageManifest).toBe(image.manifest.toString());

  // A second tag for the same manifest, as a retag does it.
  await local.ecr.send(
    new PutImageCommand({ repositoryName, imageTag: 'v2', imageManifest: images![0]!.imageManifest }),
  );
  const { imageIds } = await local.ecr.send(new ListImagesCommand({ repositoryName }));
  expect(imageIds).toEqual([
    { imageDigest: image.digest, imageTag: 'v1' },
    { imageDigest: image.digest, imageTag: 'v2' },
  ]);
  await expect(
    local.ecr.send(
      new PutImageCommand({ repositoryName, imageTag: 'v2', imageManifest: images![0]!.imageManifest }),
    ),
  ).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });

  const host = new URL(local.endpoint).host;
  for (const end of [':v1', `@${image.digest}`, `:v2@${image.digest}`]) {
    const resolved = await resolveImage(local.call(), `${host}/${repositoryName}${end}`);
    expect(resolved).toEqual({ digest: image.digest, manifest: image.manifest });
  }
  for (const reference of [`${host}/${repositoryName}:v9`, `${host}/none:v1`, 'nginx:1.27']) {
    await expect(resolveImage(local.call(), reference)).rejects.toThrow(/^CannotPullContainerError: .*/);
  }
});

test('deleting images takes one tag, then the image, then its blobs from the disk', async () => {
  await create('chatops/gone');
  const repositoryName = 'chatops/gone';
  const image = imageOf('short-lived');
  await push(repositoryName, 'a', image);
  await push(repositoryName, 'b', image);
  const onDisk = () => readdir(join(folder, 'registry', 'blobs', 'sha256'));
  const hex = image.digest.slice(7);
  expect(await onDisk()).toContain(hex);

  const drop = (imageTag: string) =>
    local.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
  expect((await drop('a')).imageIds).toEqual([{ imageDigest: image.digest, imageTag: 'a' }]);
  expect(await onDisk()).toContain(hex);
  await expect(
    local.ecr.send(new DeleteRepositoryCommand({ repositoryName })),
    'not empty',
  ).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
  await drop('b');
  expect(await onDisk()).not.toContain(hex);
  expect((await drop('b')).failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
  await expect(
    local.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'b' }] })),
  ).rejects.toMatchObject({ name: 'ImageNotFoundException' });
});

test('deleting a repository by force leaves none of its blobs, and keeps those of others', async () => {
  await create('chatops/left');
  await create('chatops/right');
  const shared = imageOf('shared');
  await push('chatops/left', 'x', shared);
  await push('chatops/right', 'x', shared);
  await push('chatops/left', 'own', imageOf('own'));
  await local.ecr.send(new DeleteRepositoryCommand({ repositoryName: 'chatops/left', force: true }));
  const blobs = await readdir(join(folder, 'registry', 'blobs', 'sha256'));
  expect(blobs).toContain(shared.digest.slice(7));
  expect(blobs).not.toContain(imageOf('own').digest.slice(7));
  const manifest = await registry('GET', '/v2/chatops/right/manifests/x');
  expect(Buffer.from(await manifest.arrayBuffer())).toEqual(shared.manifest);
});

test('a tag of an immutable repository stays, through the API and through the registry', async () => {
  await create('chatops/fixed', { imageTagMutability: 'IMMUTABLE' });
  const first = imageOf('first');
  const second = imageOf('second');
  expect((await push('chatops/fixed', 'v1', first)).status).toBe(201);
  const refused = await push('chatops/fixed', 'v1', second);
  expect(refused.status).toBe(400);
  expect(await codesOf(refused)).toEqual(['TAG_INVALID']);
  await expect(
    local.ecr.send(
      new PutImageCommand({
        repositoryName: 'chatops/fixed',
        imageTag: 'v1',
        imageManifest: second.manifest.toString(),
      }),
    ),
  ).rejects.toMatchObject({
    name: 'ImageTagAlreadyExistsException',
    message:
      "The image tag 'v1' already exists in the 'chatops/fixed' repository and cannot be overwritten because the tag is immutable.",
  });
  const head = await registry('HEAD', '/v2/chatops/fixed/manifests/v1');
  expect(head.headers.get('docker-content-digest')).toBe(first.digest);
});

test('in a mutable repository a tag moves to the image that was pushed last', async () => {
  await create('chatops/moving');
  await push('chatops/moving', 'latest', imageOf('old'));
  await push('chatops/moving', 'latest', imageOf('new'));
  expect((await push('chatops/moving', 'latest', imageOf('new'))).status).toBe(201);
  const { imageDetails } = await local.ecr.send(
    new DescribeImagesCommand({ repositoryName: 'chatops/moving', filter: { tagStatus: 'TAGGED' } }),
  );
  expect(imageDetails!.map(({ imageDigest }) => imageDigest)).toEqual([imageOf('new').digest]);
  const untagged = await local.ecr.send(
    new ListImagesCommand({ repositoryName: 'chatops/moving', filter: { tagStatus: 'UNTAGGED' } }),
  );
  expect(untagged.imageIds).toEqual([{ imageDigest: imageOf('old').digest }]);
});

test('a blob goes in by chunks, at once, or by a mount, and only with its own digest', async () => {
  await create('chatops/blobs');
  await create('chatops/mounted');
  const [[digest, content]] = [...imageOf('chunks of a blob').blobs] as [[string, Buffer]];
  const begun = await registry('POST', '/v2/chatops/blobs/uploads/');
  expect(begun.status).toBe(404);

  const started = await registry('POST', '/v2/chatops/blobs/blobs/uploads/');
  const location = started.headers.get('location')!;
  const half = Math.floor(content.length / 2);
  const part = (from: number, to: number) => ({
    body: content.subarray(from, to),
    headers: { 'content-range': `${from}-${to - 1}` },
  });
  const sent = await registry('PATCH', location, part(0, half));
  expect([sent.status, sent.headers.get('range')]).toEqual([202, `0-${half - 1}`]);
  expect((await registry('PATCH', location, part(half + 1, content.length))).status).toBe(416);
  expect((await registry('GET', location)).headers.get('range')).toBe(`0-${half - 1}`);
  const put = await registry('PUT', `${location}?digest=${digest}`, part(half, content.length));
  expect(put.status).toBe(201);
  const got = await registry('GET', `/v2/chatops/blobs/blobs/${digest}`);
  expect(Buffer.from(await got.arrayBuffer())).toEqual(content);

  const foreign = await registry('HEAD', `/v2/chatops/mounted/blobs/${digest}`);
  expect(foreign.status).toBe(404);
  const mount = await registry(
    'POST',
    `/v2/chatops/mounted/blobs/uploads/?mount=${digest}&from=chatops/blobs`,
  );
  expect(mount.status).toBe(201);
  expect((await registry('HEAD', `/v2/chatops/mounted/blobs/${digest}`)).headers.get('content-length')).toBe(
    String(content.length),
  );

  const wrong = await registry('POST', `/v2/chatops/blobs/blobs/uploads/?digest=${digest}`, {
    body: 'something else',
  });
  expect([wrong.status, await codesOf(wrong)]).toEqual([400, ['DIGEST_INVALID']]);
  expect(await readdir(join(folder, 'registry', 'uploads'))).toEqual([]);
  expect(await readdir(join(folder, 'registry', 'incoming'))).toEqual([]);
});

test('a manifest needs its layers, JSON, and its own digest', async () => {
  await create('chatops/strict');
  const image = imageOf('strict');
  const put = (reference: string, body: Buffer | string) =>
    registry('PUT', `/v2/chatops/strict/manifests/${reference}`, {
      body,
      headers: { 'content-type': image.mediaType },
    });
  expect(await codesOf(await put('v1', image.manifest))).toEqual(['MANIFEST_BLOB_UNKNOWN']);
  await expect(
    local.ecr.send(
      new PutImageCommand({
        repositoryName: 'chatops/strict',
        imageManifest: image.manifest.toString(),
      }),
    ),
  ).rejects.toMatchObject({ name: 'LayersNotFoundException' });
  await pushBlobs('chatops/strict', image);
  expect(await codesOf(await put('v1', 'not json'))).toEqual(['MANIFEST_INVALID']);
  expect(await codesOf(await put(imageOf('other').digest, image.manifest))).toEqual(['DIGEST_INVALID']);
  expect((await put(image.digest, image.manifest)).status).toBe(201);
  const tags = await registry('GET', '/v2/chatops/strict/tags/list');
  expect(await tags.json()).toEqual({ name: 'chatops/strict', tags: [] });
  expect((await registry('DELETE', `/v2/chatops/strict/manifests/${image.digest}`)).status).toBe(202);
  expect((await registry('GET', `/v2/chatops/strict/manifests/${image.digest}`)).status).toBe(404);
});

test('the registry answers only with a token of its own, and only for the region of the token', async () => {
  await create('chatops/private');
  const without = await fetch(new URL('/v2/', local.endpoint));
  expect(without.status).toBe(401);
  expect(without.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  const forged = `Basic ${Buffer.from('AWS:eyJyZWdpb24iOiJsb2NhbCJ9.AAAA').toString('base64')}`;
  expect((await registry('GET', '/v2/', {}, forged)).status).toBe(401);
  expect((await registry('GET', '/v2/')).status).toBe(200);
  const other = await authorization('us-east-1');
  const foreign = await registry('GET', '/v2/chatops/private/tags/list', {}, other);
  expect([foreign.status, await codesOf(foreign)]).toEqual([404, ['NAME_UNKNOWN']]);
});
