import path from 'node:path';
import type { EngineContext } from '../engine/context.ts';
import type { Emit } from '../engine/events.ts';
import type { Scope } from '../engine/resource.ts';
import type { ConnectOptions } from '../aws/clients.ts';
import type { Cloud } from '../aws/cloud.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Names } from '../config/names.ts';
import type { BuiltImage } from '../image/image.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { CommandContext } from './spec.ts';

/** A checked config and a connection to the cloud that it names: what every command but `local` starts from. */
export interface Session extends LoadedConfig {
  names: Names;
  scope: Scope;
  cloud: Cloud;
  /** The service's image, once something needed it: a command that plans twice builds once. */
  built?: Promise<BuiltImage>;
  /** Certificate (PEM) of an authority to trust besides the known ones: the local cloud's own. */
  authority(): Promise<string | undefined>;
  /** What the engine works with; events go to `emit`. */
  engineContext(emit: Emit): EngineContext<Cloud>;
}

/** Loads the config, says which it is, and connects. Starts the local cloud where the region is `local` and it does not run. */
export async function openSession(context: CommandContext): Promise<Session> {
  const loaded = await loadConfigOf(context);
  if (context.options.json !== true) context.host.stderr.write(`${describeConfig(loaded)}\n`);
  return connectTo(loaded, context);
}

/** How the connection of a command differs from the usual. */
type Connection = Pick<ConnectOptions, 'patience'>;

/** The same, but resolves with undefined where the region is `local` and no local cloud runs: then there is no stack either. */
export async function openExistingSession(
  context: CommandContext,
  connection: Connection = {},
): Promise<Session | undefined> {
  const loaded = await loadConfigOf(context);
  if (loaded.identity.region === 'local' && !(await localRuns(loaded.folder))) return undefined;
  return connectTo(loaded, context, connection);
}

/** The config that `--config` and `--env` name. */
export async function loadConfigOf({ host, options }: CommandContext): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig({ cwd: host.cwd, file: options.config, environment: options.env });
}

/** Stops the local cloud once its last stack is gone; what other stacks it has keep it. */
export async function stopLocalIfEmpty({ identity, folder }: LoadedConfig): Promise<void> {
  if (identity.region !== 'local') return;
  const { stopLocalIfEmpty: stopIfEmpty } = await import('../aws/local-daemon.ts');
  await stopIfEmpty(localFolder(folder));
}

/** Whether a local cloud runs for this folder. */
export async function localRuns(folder: string): Promise<boolean> {
  const { localStatus } = await import('../aws/local-daemon.ts');
  return (await localStatus(localFolder(folder))) !== undefined;
}

/** Where the local cloud of a project keeps its things. */
export function localFolder(projectFolder: string): string {
  return `${projectFolder}/.chatops/local`;
}

/** Connects to the cloud of one stack of the config. */
export async function connectTo(
  loaded: LoadedConfig,
  { host, version, signal }: CommandContext,
  connection: Connection = {},
): Promise<Session> {
  const [{ connect }, { classify, explain }, { systemClock }, { namesOf }] = await Promise.all([
    import('../aws/clients.ts'),
    import('../aws/errors.ts'),
    import('../engine/clock.ts'),
    import('../config/names.ts'),
  ]);
  const { config, identity } = loaded;
  const local = identity.region === 'local' ? await startLocal(loaded, host.packageRoot, version) : undefined;
  const cloud = await connect({
    region: identity.region,
    profile: config.profile,
    assumeRole: config.assumeRole,
    signal,
    ...connection,
    ...local,
  });
  if (config.account !== undefined && config.account !== cloud.account) {
    throw new ChatopsError(
      `the config is for account ${config.account}, the credentials are for ${cloud.account}`,
      {
        code: 'access.account',
        exit: ExitCode.access,
        hint: 'choose other credentials (field "profile", AWS_PROFILE), or correct the field "account"',
      },
    );
  }
  const scope: Scope = { stack: identity.stack, hash: identity.hash, version: version.split('+')[0]! };
  return {
    ...loaded,
    names: namesOf(identity),
    scope,
    cloud,
    authority: () => authorityOf(loaded),
    engineContext: (emit) => ({
      cloud,
      scope,
      clock: systemClock,
      signal,
      emit,
      extraTags: config.tags,
      classify,
      explain,
      allowReplace: new Set(),
      allowDelete: new Set(),
    }),
  };
}

async function startLocal({ folder }: LoadedConfig, packageRoot: string, version: string) {
  const { connectLocal } = await import('../aws/local-daemon.ts');
  return connectLocal({ folder: localFolder(folder), packageRoot, version });
}

/** On AWS there is none besides the known ones. */
async function authorityOf({ identity, folder }: LoadedConfig): Promise<string | undefined> {
  if (identity.region !== 'local') return undefined;
  const { localAuthority } = await import('../aws/local-daemon.ts');
  return localAuthority(localFolder(folder));
}

function describeConfig({ file, folder, config, identity }: LoadedConfig): string {
  if (file !== undefined) return `${path.relative(folder, file)} · stack ${identity.stack}`;
  const { app, region, service } = config;
  return `no chatops.config.json here: using the defaults (app "${app}", region "${region}", ${service.count} tasks)`;
}
