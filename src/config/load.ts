import path from 'node:path';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { closest } from '../lib/closest.ts';
import { describeIssues } from './issues.ts';
import { isObject, parseSource, readSource } from './source.ts';
import type { Raw } from './source.ts';
import { configSchema } from './schema.ts';
import type { Config } from './schema.ts';
import { identify } from './names.ts';
import type { StackIdentity } from './names.ts';
import { warningsOf } from './warnings.ts';

/** A config file, checked, for one environment. */
export interface LoadedConfig {
  /** Absolute path, or undefined where there is no file and the defaults hold. */
  file: string | undefined;
  /** Folder that relative paths of the config start from, and that `.chatops/` is in. */
  folder: string;
  config: Config;
  /** What is allowed and yet likely not meant, a sentence each. */
  warnings: string[];
  identity: StackIdentity;
  /** The checked config of the base (`default`) and of each environment. */
  configs: Map<string, Config>;
}

export interface LoadOptions {
  cwd: string;
  /** `--config`: a path in place of `chatops.config.json` or `.jsonc`. */
  file?: string | undefined;
  /** `--env`: the name of an environment; without it the base. */
  environment?: string | undefined;
}

/**
 * Reads, merges and checks the configuration.
 * Throws a ChatopsError (exit 3) that lists every problem with its path, value and hint.
 */
export async function loadConfig({ cwd, file, environment }: LoadOptions): Promise<LoadedConfig> {
  const source = await readSource(cwd, file);
  const raw = source === undefined ? {} : await parseSource(source);
  const { $schema: _, environments = {}, ...base } = raw;
  const problems: string[] = [];

  if (!isObject(environments)) problems.push('environments: must be an object of environments by name');
  const byName = new Map([['default', check(base, (at) => at, problems)]]);
  for (const [name, override] of Object.entries(isObject(environments) ? environments : {})) {
    problems.push(...namingProblems(name, override));
    if (!isObject(override)) continue;
    const inherited = new Set(problems);
    const own: string[] = [];
    byName.set(
      name,
      check(merge(base, override), (at) => pathIn(name, override, at), own),
    );
    // A problem of the base would show again in each environment that inherits it.
    problems.push(...own.filter((problem) => !inherited.has(problem)));
  }
  if (problems.length > 0) throw invalid(source!.file, cwd, problems);

  const name = environment ?? 'default';
  const config = byName.get(name);
  if (config === undefined) throw unknownEnvironment(name, [...byName.keys()]);
  const override = (environments as Raw)[name];
  const own = isObject(override) ? merge(base, override) : base;
  return {
    file: source?.file,
    folder: source === undefined ? cwd : path.dirname(source.file),
    config,
    warnings: warningsOf(config, (at) => valueAt(own, at) !== undefined),
    identity: identify(config.app, name, config.region),
    configs: byName as Map<string, Config>,
  };
}

/** Checks one whole configuration; adds its problems, each under the path where the user wrote it. */
function check(raw: Raw, locate: (path: string) => string, problems: string[]): Config | undefined {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  problems.push(...describeIssues(result.error, raw, locate));
  return undefined;
}

function namingProblems(name: string, override: unknown): string[] {
  const at = `environments.${name}`;
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    problems.push(`${at}: the name must be 1–20 characters of a-z, 0-9 and -, starting with a letter`);
  }
  if (name === 'default') problems.push(`${at}: "default" is the name of the base; choose another`);
  if (!isObject(override)) problems.push(`${at}: must be an object, is ${JSON.stringify(override)}`);
  else if ((override['region'] ?? undefined) === undefined) {
    problems.push(`${at}.region: is missing; each environment names its own, such as "eu-west-3" or "local"`);
  }
  return problems;
}

/** JSON Merge Patch (RFC 7396): objects are merged, any other value takes the place of the base's, null takes it away. */
function merge(base: Raw, override: Raw): Raw {
  const merged: Raw = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const below = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) ? merge(isObject(below) ? below : {}, value) : value;
  }
  return merged;
}

function pathIn(environment: string, override: Raw, at: string): string {
  return valueAt(override, at) === undefined ? at : `environments.${environment}.${at}`;
}

function valueAt(value: unknown, at: string): unknown {
  let current = value;
  for (const key of at.split('.')) current = isObject(current) ? current[key] : undefined;
  return current;
}

function invalid(file: string, cwd: string, problems: string[]): ChatopsError {
  const name = path.relative(cwd, file) || file;
  const [first, ...others] = problems;
  const count = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ChatopsError(`${name}: ${first}${count}`, {
    code: 'config.invalid',
    exit: ExitCode.config,
    details: others,
    hint: 'correct the file; docs/config.md lists every field',
    fields: { problems },
  });
}

function unknownEnvironment(name: string, known: string[]): ChatopsError {
  const named = known.filter((each) => each !== 'default');
  const suggestion = closest(name, named);
  return new ChatopsError(`environment "${name}" is not in the config file`, {
    code: 'config.environment',
    exit: ExitCode.usage,
    hint:
      suggestion === undefined
        ? named.length === 0
          ? 'add it under "environments", or leave --env out to use the base'
          : `choose one of ${named.join(', ')}, or leave --env out to use the base`
        : `did you mean "${suggestion}"?`,
  });
}
