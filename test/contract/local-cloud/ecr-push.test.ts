import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '../../../src/image/build.ts';
import { pushImage } from '../../../src/image/push.ts';
import type { PushTarget } from '../../../src/image/push.ts';
import { resolveImage } from '../../../src/image/resolve.ts';
import { imageStore } from '../../../src/local-cloud/runtime/images.ts';
import { applyLayer } from '../../../src/local-cloud/runtime/tasks/layers.ts';
import { resolveImage as resolveForTask } from '../../../src/local-cloud/services/ecr/resolve-image.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-push-'));
  local = await startLocalCloud({ dataPlane: { ...quietDataPlane(), images: imageStore(folder) }, folder });
});

afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

async function imageWith(name: string, server: string, env: Record<string, string> = {}) {
  const source = join(folder, 'services', name);
  await mkdir(join(source, 'lib'), { recursive: true });
  await writeFile(join(source, 'server.js'), server);
  await writeFile(join(source, 'lib', 'data.bin'), Buffer.alloc(300_000, 'data'));
  return buildImage({
    folder: source,
    entrypoint: ['node', 'server.js'],
    workdir: '/app',
    env,
    architecture: 'arm64',
    exposedPort: 3000,
  });
}

async function targetOf(repository: string, more: Partial<PushTarget> = {}) {
  const { authorizationData } = await local.ecr.send(new GetAuthorizationTokenCommand({}));
  const notes: string[] = [];
  const target: PushTarget = {
    registry: authorizationData![0]!.proxyEndpoint!,
    repository,
    authorization: `Basic ${authorizationData![0]!.authorizationToken}`,
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    ...more,
  };
  return { target, notes };
}

async function repositoryOf(repositoryName: string) {
  const { repository } = await local.ecr.send(
    new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }),
  );
  return repository!.repositoryUri!;
}

test('a built image arrives whole: a task gets the very files of the folder', async () => {
  const uri = await repositoryOf('chatops/whole');
  const image = await imageWith('whole', 'console.log(1)');
  const { target, notes } = await targetOf('chatops/whole');
  expect(await pushImage(image, target)).toBe(image.digest);
  expect(notes.at(-1)).toMatch(/^pushing manifest [0-9a-f]{12}$/);

  const { digest, manifest } = await resolveForTask(local.call(), `${uri}@${image.digest}`);
  expect([digest, manifest]).toEqual([image.digest, image.manifest]);
  const root = await mkdtemp(join(folder, 'root-'));
  for (const layer of image.layers) {
    const path = await local.cloud.dataPlane.images.blob(layer.digest);
    await applyLayer({ path: path!, mediaType: layer.mediaType }, root);
  }
  expect(await readFile(join(root, 'app/server.js'), 'utf8')).toBe('console.log(1)');
  expect(await readFile(join(root, 'app/lib/data.bin'))).toEqual(Buffer.alloc(300_000, 'data'));
});

test('what the registry has is not sent again, although its tags are immutable', async () => {
  await repositoryOf('chatops/again');
  const { target, notes } = await targetOf('chatops/again');
  const image = await imageWith('again', '1');
  await pushImage(image, target);
  expect(notes.length).toBe(3);
  notes.length = 0;
  expect(await pushImage(image, target)).toBe(image.digest);
  expect(notes).toEqual([]);

  // Another environment, the same files: the layer is there already.
  const other = await imageWith('again', '1', { A: '1' });
  await pushImage(other, target);
  expect(notes).toEqual([
    `pushing ${other.config.digest.slice(7, 19)} (0.0 MB)`,
    `pushing manifest ${other.digest.slice(7, 19)}`,
  ]);
  const { imageDetails } = await local.ecr.send(
    new DescribeImagesCommand({ repositoryName: 'chatops/again' }),
  );
  expect(new Set(imageDetails!.map(({ imageDigest }) => imageDigest))).toEqual(
    new Set([image.digest, other.digest]),
  );
});

test('a push that is refused says by whom, and why', async () => {
  await repositoryOf('chatops/refused');
  const image = await imageWith('refused', '1');
  const missing = await targetOf('chatops/nowhere');
  await expect(pushImage(image, missing.target)).rejects.toMatchObject({
    code: 'image.push',
    exit: 5,
    message: expect.stringMatching(
      /^registry http:\/\/127\.0\.0\.1:\d+ refused the push to chatops\/nowhere \(HTTP 404\): NAME_UNKNOWN The repository with name 'chatops\/nowhere' does not exist/,
    ) as string,
  });
  const wrong = await targetOf('chatops/refused', { authorization: 'Basic QVdTOm5v' });
  await expect(pushImage(image, wrong.target)).rejects.toMatchObject({ code: 'image.push', exit: 4 });
});

test('a registry that does not answer, and a push that is called off', async () => {
  const image = await imageWith('lost', '1');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // This one accepts and never says a word.
  const caller = new AbortController();
  const silent = await targetOf('chatops/lost', { registry, signal: caller.signal });
  const pushing = pushImage(image, silent.target);
  caller.abort(new Error('called off'));
  await expect(pushing).rejects.toThrow('called off');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  const gone = await targetOf('chatops/lost', { registry });
  await expect(pushImage(image, gone.target)).rejects.toMatchObject({
    message: expect.stringMatching(`^registry ${registry} does not answer: .*ECONNREFUSED`) as string,
    exit: 5,
  });
});

test('a token goes only to the registry that it is for', async () => {
  const seen: string[] = [];
  const thief = createServer((request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  const proxy = createServer((request, response) => {
    const { port } = thief.address() as AddressInfo;
    const status = request.method === 'POST' ? 202 : 404;
    response.writeHead(status, { location: `http://127.0.0.1:${port}/upload` }).end();
  }).listen(0, '127.0.0.1');
  await Promise.all([thief, proxy].map((server) => new Promise((done) => server.once('listening', done))));
  const registry = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { target } = await targetOf('chatops/stolen', { registry });
  await expect(pushImage(await imageWith('stolen', '1'), target)).rejects.toThrow(/another host/);
  expect(seen).toEqual([]);
  for (const server of [thief, proxy]) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

test('a tag, a digest and a reference are pinned by digest; images of others stay as they are', async () => {
  const repositoryUri = await repositoryOf('chatops/pinned');
  const image = await imageWith('pinned', '1');
  const { target } = await targetOf('chatops/pinned');
  await pushImage(image, target);
  const resolve = (reference: string) => resolveImage(local.ecr, reference, { repositoryUri });
  const pinned = { reference: `${repositoryUri}@${image.digest}`, digest: image.digest };
  for (const asked of [
    image.tag,
    image.digest,
    `${repositoryUri}:${image.tag}`,
    `${repositoryUri}@${image.digest}`,
    `${repositoryUri}:${image.tag}@${image.digest}`,
  ]) {
    expect(await resolve(asked), asked).toEqual(pinned);
  }
  expect(await resolve('nginx:1.27')).toEqual({ reference: 'nginx:1.27', digest: undefined });
  expect(await resolve('ghcr.io/a/b:1')).toEqual({ reference: 'ghcr.io/a/b:1', digest: undefined });
  expect(await resolve(`ghcr.io/a/b@${image.digest}`)).toMatchObject({ digest: image.digest });
  for (const asked of ['v9', `${repositoryUri.replace('pinned', 'nowhere')}:v1`]) {
    await expect(resolve(asked)).rejects.toMatchObject({
      code: 'image.not-found',
      exit: 5,
      message: expect.stringContaining(asked) as string,
    });
  }
});
