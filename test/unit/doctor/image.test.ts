import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { runChecks } from '../../../src/doctor/check.ts';
import { imageCheck } from '../../../src/doctor/image.ts';
import type { ImageSurroundings } from '../../../src/doctor/image.ts';
import { ecrOf, parseReference } from '../../../src/doctor/reference.ts';

const index = (...architectures: string[]) => ({
  manifests: [
    ...architectures.map((architecture) => ({ platform: { os: 'linux', architecture } })),
    { platform: { os: 'unknown', architecture: 'unknown' } },
  ],
});

/** A registry that wants a token for one scope, and has one image. */
function registry(
  manifest: object | undefined,
  { token = true, blob = {} }: { token?: boolean; blob?: object } = {},
) {
  const asked: string[] = [];
  const fetch: ImageSurroundings['fetch'] = async (url, init) => {
    asked.push(`${init.method} ${url}`);
    const { authorization } = (init.headers as Record<string, string>) ?? {};
    if (url.startsWith('https://auth.example/'))
      return Response.json(token ? { token: 'abc' } : {}, { status: token ? 200 : 401 });
    if (authorization !== 'Bearer abc') {
      const challenge =
        'Bearer realm="https://auth.example/token",service="reg",scope="repository:team/chat:pull"';
      return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
    }
    if (manifest === undefined) return new Response(null, { status: 404 });
    if (init.method === 'HEAD') return new Response(null, { status: 200 });
    return Response.json(url.includes('/blobs/') ? blob : manifest);
  };
  return { fetch, asked };
}

async function check(settings: object, change: Partial<ImageSurroundings> = {}) {
  const [finding] = await runChecks([
    imageCheck(configSchema.parse(settings), {
      cloud: undefined,
      isLocal: false,
      build: async () => undefined,
      fetch: registry(index('amd64', 'arm64')).fetch,
      ...change,
    }),
  ]);
  return finding!;
}

const outside = (architecture = 'arm64') => ({ service: { image: 'reg.example/team/chat:1', architecture } });

describe('the image', () => {
  it('can be pulled by anybody, for the architecture of the tasks', async () => {
    const { fetch, asked } = registry(index('amd64', 'arm64'));
    expect(await check(outside(), { fetch })).toMatchObject({
      state: 'OK',
      says: 'reg.example/team/chat:1 can be pulled, for arm64',
    });
    expect(asked).toEqual([
      'HEAD https://reg.example/v2/team/chat/manifests/1',
      'GET https://auth.example/token?service=reg&scope=repository%3Ateam%2Fchat%3Apull',
      'HEAD https://reg.example/v2/team/chat/manifests/1',
      'GET https://reg.example/v2/team/chat/manifests/1',
    ]);
  });

  it('is refused where it is for another architecture', async () => {
    expect(await check(outside(), { fetch: registry(index('amd64')).fetch })).toMatchObject({
      state: 'FAIL',
      says: 'reg.example/team/chat:1 is for amd64; service.architecture is arm64',
    });
    const single = registry({ config: { digest: 'sha256:00' } }, { blob: { architecture: 'amd64' } });
    expect(await check(outside(), { fetch: single.fetch })).toMatchObject({ state: 'FAIL' });
    expect(await check(outside('x86_64'), { fetch: single.fetch })).toMatchObject({ state: 'OK' });
  });

  it('that is missing or private is a failure, a registry out of reach a warning', async () => {
    expect(await check(outside(), { fetch: registry(undefined).fetch })).toMatchObject({
      state: 'FAIL',
      says: 'reg.example/team/chat:1 does not exist',
    });
    expect(await check(outside(), { fetch: registry(index(), { token: false }).fetch })).toMatchObject({
      state: 'FAIL',
      says: expect.stringContaining('without credentials (HTTP 401)') as string,
    });
    const away = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));
    expect(await check(outside(), { fetch: away })).toMatchObject({
      state: 'WARN',
      says: 'reg.example cannot be reached from here: getaddrinfo ENOTFOUND',
    });
  });

  it('without a name is built, and what stops the build is said', async () => {
    expect(await check({})).toMatchObject({ state: 'OK', says: 'the chat server of chatops can be built' });
    const build = () => Promise.reject(new Error('service.build: folder x does not exist'));
    expect(await check({}, { build })).toMatchObject({
      state: 'FAIL',
      says: 'service.build: folder x does not exist',
    });
  });

  it('of another registry cannot run in the local cloud', async () => {
    expect(await check(outside(), { isLocal: true })).toMatchObject({ state: 'FAIL' });
  });

  it('in ECR is left alone without credentials', async () => {
    const image = '123456789012.dkr.ecr.eu-west-3.amazonaws.com/chat:1';
    expect(await check({ service: { image } })).toMatchObject({ state: 'SKIP' });
  });

  it('in ECR is asked for with the token of the credentials, and has to be for the architecture', async () => {
    const host = '123456789012.dkr.ecr.eu-west-3.amazonaws.com';
    const image = `${host}/chat:1`;
    const send = async () => ({ authorizationData: [{ authorizationToken: 'abc' }] });
    const cloud = { region: 'eu-west-3', ecr: { send } } as unknown as ImageSurroundings['cloud'];
    const answering =
      (status: number, manifest: object = {}): ImageSurroundings['fetch'] =>
      async (url, { method, headers }) => {
        expect((headers as Record<string, string>)['authorization']).toBe('Basic abc');
        expect(url).toBe(`https://${host}/v2/chat/manifests/1`);
        return method === 'HEAD' ? new Response(null, { status }) : Response.json(manifest);
      };
    const look = (fetch: ImageSurroundings['fetch']) => check({ service: { image } }, { cloud, fetch });
    expect(await look(answering(200, index('amd64', 'arm64')))).toMatchObject({ state: 'OK' });
    expect(await look(answering(200, index('amd64')))).toMatchObject({
      state: 'FAIL',
      says: `${image} is for amd64; service.architecture is arm64`,
    });
    expect(await look(answering(404))).toMatchObject({ state: 'FAIL', says: `${image} does not exist` });
    expect(await look(answering(403))).toMatchObject({
      state: 'FAIL',
      says: `${image} may not be pulled with these credentials (HTTP 403)`,
    });
  });
});

it.each([
  ['nginx', 'registry-1.docker.io', 'library/nginx', 'latest'],
  ['nginx:1.27', 'registry-1.docker.io', 'library/nginx', '1.27'],
  ['team/chat:2', 'registry-1.docker.io', 'team/chat', '2'],
  ['docker.io/team/chat', 'registry-1.docker.io', 'team/chat', 'latest'],
  ['ghcr.io/a/b/c:v1', 'ghcr.io', 'a/b/c', 'v1'],
  ['localhost:5000/chat', 'localhost:5000', 'chat', 'latest'],
  [`ghcr.io/a/b:v1@sha256:${'0'.repeat(64)}`, 'ghcr.io', 'a/b', `sha256:${'0'.repeat(64)}`],
])('%s is taken apart as Docker does', (image, host, repository, version) => {
  expect(parseReference(image)).toEqual({ host, repository, version });
});

it('knows a private ECR by its host', () => {
  expect(ecrOf('123456789012.dkr.ecr.eu-west-3.amazonaws.com')).toEqual({
    account: '123456789012',
    region: 'eu-west-3',
  });
  expect(ecrOf('public.ecr.aws')).toBeUndefined();
  expect(parseReference('Not An Image')).toBeUndefined();
});
