import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { ChatopsError, ExitCode } from '../../../src/lib/errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chatops-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;
async function load(content: unknown, environment?: string) {
  const file = path.join(folder, `config-${(count += 1)}.jsonc`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadConfig({ cwd: folder, file, environment });
}

async function problemsOf(content: unknown): Promise<string[]> {
  const error = await load(content).catch((caught: unknown) => caught);
  if (!(error instanceof ChatopsError)) throw new Error('the config was accepted');
  expect(error.exit).toBe(ExitCode.config);
  return error.fields['problems'] as string[];
}

describe('loading the config', () => {
  it.each([
    [{ app: 'internal' }, 'app: must not be or begin with'],
    [{ app: 'sg-chat' }, 'app: must not be or begin with'],
    [{ loadBalancer: { healthCheck: { matcher: '200-599' } } }, 'must be HTTP codes from 200 to 499'],
    [{ service: { maxPercent: 100 } }, 'service.maxPercent: must be more than minHealthyPercent'],
    [{ redis: { maintenanceWindow: 'sun:03:00-sun:03:30' } }, 'an hour long or more'],
    [{ redis: { maintenanceWindow: 'sun:25:00-sun:26:00' } }, 'an hour long or more'],
  ])('refuses what AWS would refuse half-way: %j', async (content, problem) => {
    expect(await problemsOf(content)).toEqual([expect.stringContaining(problem)]);
  });

  it('takes a maintenance window that reaches into the next week', async () => {
    const { config } = await load({ redis: { maintenanceWindow: 'sun:23:30-mon:00:30' } });
    expect(config.redis.maintenanceWindow).toBe('sun:23:30-mon:00:30');
  });

  it('uses the defaults where there is no file', async () => {
    const { config, identity, file } = await loadConfig({ cwd: folder });
    expect(file).toBeUndefined();
    expect(identity.stack).toBe('chat/default/local');
    expect(config.service).toMatchObject({ cpu: 256, memory: 512, count: 2, port: 3000 });
    expect(config.loadBalancer).toMatchObject({ port: 'auto', idleTimeout: 300, deregistrationDelay: 60 });
    expect(config.loadBalancer.stickiness).toEqual({ enabled: true, duration: 86400 });
  });

  it('takes comments, trailing commas and $schema', async () => {
    const { config } = await load('{ // the app\n "$schema": "x.json", "app": "talk", }');
    expect(config.app).toBe('talk');
  });

  it('listens on 80 where the region is an AWS region', async () => {
    const { config } = await load({ region: 'eu-west-3' });
    expect(config.loadBalancer.port).toBe(80);
  });

  it('overrides the base deeply with the chosen environment', async () => {
    const file = {
      app: 'talk',
      service: { cpu: 512, memory: 1024, env: { A: '1', B: '2' } },
      environments: { prod: { region: 'eu-west-3', service: { count: 4, env: { B: '3' } } } },
    };
    const prod = await load(file, 'prod');
    expect(prod.identity.stack).toBe('talk/prod/eu-west-3');
    expect(prod.config.service).toMatchObject({ cpu: 512, count: 4, env: { A: '1', B: '3' } });
    const base = await load(file);
    expect(base.config.service).toMatchObject({ count: 2, env: { A: '1', B: '2' } });
    expect([...base.configs.keys()]).toEqual(['default', 'prod']);
  });

  it('accepts the template that chatops ships', async () => {
    const file = fileURLToPath(new URL('../../../templates/chatops.config.jsonc', import.meta.url));
    const prod = await loadConfig({ cwd: folder, file, environment: 'prod' });
    expect(prod.config).toMatchObject({
      region: 'eu-west-3',
      service: { count: 3, env: { HISTORY: '1000' } },
    });
  });

  it('takes a field of the base away where an environment says null', async () => {
    const { config } = await load(
      {
        service: { image: 'nginx:1.27', env: { A: '1', B: '2' } },
        loadBalancer: { https: { domain: 'chat.example.com', hostedZone: 'example.com' } },
        environments: {
          local: {
            region: 'local',
            service: { image: null, build: './service', env: { A: null } },
            loadBalancer: { https: null },
          },
        },
      },
      'local',
    );
    expect(config.service).toMatchObject({ build: './service', env: { B: '2' } });
    expect(config.service.image).toBeUndefined();
    expect(config.loadBalancer.https).toBeUndefined();
  });

  it('refuses null in the base, and for a region', async () => {
    expect(await problemsOf({ service: { count: null }, environments: { prod: { region: null } } })).toEqual([
      expect.stringContaining('service.count'),
      expect.stringContaining('region'),
    ]);
  });

  it('names an unknown environment and suggests the one that was meant', async () => {
    const error = await load({ environments: { production: { region: 'local' } } }, 'prodution').catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ exit: ExitCode.usage, hint: 'did you mean "production"?' });
  });
});

describe('a wrong config', () => {
  it('lists every problem at once, each with path, what is allowed, and value', async () => {
    const problems = await problemsOf({
      app: 'Chatty',
      loadBalancer: { idleTimeout: 5000, port: 'x', healthCheck: { timeout: 10 } },
      redis: { engine: 'memcached' },
    });
    expect(problems).toEqual([
      'app: must be 1–20 characters of a-z, 0-9 and -, starting with a letter, is "Chatty"',
      'loadBalancer.port: must be "auto" or a number, is "x"',
      'loadBalancer.idleTimeout: must be at most 4000, is 5000',
      'loadBalancer.healthCheck.timeout: must be less than the interval, is 10',
      'redis.engine: must be one of "valkey", "redis", is "memcached"',
    ]);
  });

  it.each([
    [{ loadBalancr: {} }, 'loadBalancr: unknown field; did you mean "loadBalancer"?'],
    [{ service: { cout: 3 } }, 'service.cout: unknown field; did you mean "count"?'],
    [{ idleTimeout: 3 }, 'idleTimeout: unknown field; did you mean "loadBalancer.idleTimeout"?'],
    [{ zzz: 1 }, 'zzz: unknown field'],
  ])('suggests for an unknown field: %j', async (content, expected) => {
    expect(await problemsOf(content)).toEqual([expected]);
  });

  it('names the memory sizes that go with a cpu', async () => {
    expect(await problemsOf({ service: { cpu: 256, memory: 4096 } })).toEqual([
      'service.memory: must be 512, 1024, 2048 MiB with cpu 256, is 4096',
    ]);
    expect(await problemsOf({ service: { cpu: 8192, memory: 1024 } })).toEqual([
      'service.memory: must be 16384–61440 by 4096 MiB with cpu 8192, is 1024',
    ]);
  });

  it('knows the strategies of a deployment', async () => {
    expect(await problemsOf({ service: { strategy: 'canary' } })).toEqual([
      'service.strategy: must be one of "rolling", "blue-green", is "canary"',
    ]);
  });

  it.each([
    [['node', 'x'], 'service.healthCheck.command: must begin with "CMD"'],
    [['CMD'], 'service.healthCheck.command: must have a program after "CMD"'],
    [['CMD-SHELL', 'a', 'b'], 'service.healthCheck.command: must have a program after "CMD"'],
  ])('refuses the health check %j', async (command, expected) => {
    const [problem] = await problemsOf({ service: { healthCheck: { command } } });
    expect(problem).toContain(expected);
  });

  it('warns of defaults that an outside image rarely fits, unless they were written', async () => {
    const service = { image: 'ghcr.io/team/web:1' };
    const warned = async (content: object) => (await load(JSON.stringify(content))).warnings;
    expect(await warned({})).toEqual([]);
    expect(await warned({ service })).toEqual([
      'service.image runs with defaults that were made for the chat server of chatops: a root file system that is read-only (service.readonlyRootFilesystem), a health check of /livez (loadBalancer.healthCheck.path), CPUs of arm64 (service.architecture)',
    ]);
    const told = { service: { ...service, readonlyRootFilesystem: true, architecture: 'arm64' } };
    expect(await warned(told)).toEqual([
      expect.stringMatching(/chatops: a health check of \/livez \(loadBalancer\.healthCheck\.path\)$/),
    ]);
    expect(await warned({ ...told, loadBalancer: { healthCheck: { path: '/' } } })).toEqual([]);
  });

  it('warns of what the whole internet reaches without TLS or tokens, but not on this machine', async () => {
    const warned = async (content: object) => (await load(JSON.stringify(content))).warnings;
    const aws = { region: 'eu-west-3' };
    const tls = expect.stringMatching(
      /^open to the whole internet without TLS: set loadBalancer\.https, or /,
    );
    const tokens = expect.stringMatching(
      /^open to the whole internet without tokens, .*: set TOKEN_SECRET in /,
    );
    expect(await warned(aws)).toEqual([tls, tokens]);
    expect(await warned({ ...aws, service: { secrets: { TOKEN_SECRET: '/chat/token' } } })).toEqual([tls]);
    const keys = { TOKEN_JWKS_URL: 'https://example.com/keys' };
    expect(await warned({ ...aws, service: { env: keys } })).toEqual([tls]);
    // What another service asks for is not known.
    expect(await warned({ ...aws, service: { build: 'app' } })).toEqual([tls]);
    const https = { domain: 'chat.example.com', hostedZone: 'example.com' };
    expect(await warned({ ...aws, loadBalancer: { https } })).toEqual([tokens]);
    expect(await warned({ ...aws, loadBalancer: { allowFrom: ['192.0.2.0/24'] } })).toEqual([]);
    expect(await warned({ environments: { prod: aws } })).toEqual([]);
  });

  it('names the place in an environment where the wrong value was written', async () => {
    const problems = await problemsOf({
      environments: { prod: { region: 'eu-west-3', service: { cpu: 100 } }, staging: { service: {} } },
    });
    expect(problems).toEqual([
      'environments.prod.service.cpu: must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, is 100',
      'environments.staging.region: is missing; each environment names its own, such as "eu-west-3" or "local"',
    ]);
  });

  it('names line and column of a syntax error', async () => {
    const error = await load('{\n  "app": "x"\n  "region": "local"\n}').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exit: ExitCode.config });
    expect((error as Error).message).toMatch(/config-\d+\.jsonc:3:3: comma expected/);
  });

  it('refuses a file that is not there', async () => {
    await expect(loadConfig({ cwd: folder, file: 'nowhere.json' })).rejects.toMatchObject({
      message: 'config file nowhere.json does not exist',
      exit: ExitCode.config,
    });
  });

  it('lets only the local region choose its port', async () => {
    expect(await problemsOf({ region: 'eu-west-3', loadBalancer: { port: 'auto' } })).toEqual([
      'loadBalancer.port: can be "auto" only where the region is local, is "auto"',
    ]);
  });
});
