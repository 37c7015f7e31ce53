import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ParseError } from 'jsonc-parser';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { closest } from '../lib/closest.ts';
import { describeIssues } from './issues.ts';
import { configSchema, notYet } from './schema.ts';
import type { Config } from './schema.ts';
import { identify } from './names.ts';
import type { StackIdentity } from './names.ts';

/** A config file, checked, for one environment. */
export interface LoadedConfig {
  /** Absolute path, or undefined where there is no file and the defaults hold. */
  file: string | undefined;
  /** Folder that relative paths of the config start from, and that `.chatops/` is in. */
  folder: string;
  config: Config;
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

type Raw = Record<string, unknown>;

const fileNames = ['chatops.config.json', 'chatops.config.jsonc'];

/**
 * Reads, merges and checks the configuration.
 * Throws a ChatopsError (exit 3) that lists every problem with its path, value and hint.
 */
export async function loadConfig({ cwd, file, environment }: LoadOptions): Promise<LoadedConfig> {
  const source = await readSource(cwd, file);
  const raw = source === undefined ? {} : await parse(source.text, source.file);
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
  if (problems.length > 0) throw invalid(source?.file ?? fileNames[0]!, cwd, problems);

  const name = environment ?? 'default';
  const config = byName.get(name);
  if (config === undefined) throw unknownEnvironment(name, [...byName.keys()]);
  return {
    file: source?.file,
    folder: source === undefined ? cwd : path.dirname(source.file),
    config,
    identity: identify(config.app, name, config.region),
    configs: byName as Map<string, Config>,
  };
}

async function readSource(cwd: string, file: string | undefined) {
  if (file !== undefined) {
    const full = path.resolve(cwd, file);
    const text = await readIfThere(full);
    if (text === undefined) {
      throw new ChatopsError(`config file ${file} does not exist`, {
        code: 'config.missing',
        exit: ExitCode.config,
        hint: 'name an existing file, or leave --config out to use the defaults',
      });
    }
    return { file: full, text };
  }
  const found: { file: string; text: string }[] = [];
  for (const name of fileNames) {
    const full = path.join(cwd, name);
    const text = await readIfThere(full);
    if (text !== undefined) found.push({ file: full, text });
  }
  if (found.length > 1) {
    throw new ChatopsError(`both ${fileNames.join(' and ')} are here`, {
      code: 'config.ambiguous',
      exit: ExitCode.config,
      hint: 'keep one of them, or name one with --config',
    });
  }
  return found[0];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ChatopsError(`config file ${file} cannot be read: ${code}`, {
      code: 'config.unreadable',
      exit: ExitCode.config,
      hint: 'make it a file that you may read',
      cause: error,
    });
  }
}

async function parse(text: string, file: string): Promise<Raw> {
  const { parse: parseJsonc, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || !isObject(value)) {
    const before = text.slice(0, error?.offset ?? 0).split('\n');
    const where = `${path.basename(file)}:${before.length}:${before.at(-1)!.length + 1}`;
    const what = error === undefined ? 'not an object' : words(printParseErrorCode(error.error));
    throw new ChatopsError(`${where}: ${what}`, {
      code: 'config.syntax',
      exit: ExitCode.config,
      hint: 'make it JSON (comments and trailing commas are allowed)',
    });
  }
  return value;
}

/** Checks one whole configuration; adds its problems, each under the path where the user wrote it. */
function check(raw: Raw, locate: (path: string) => string, problems: string[]): Config | undefined {
  const early = notYet.filter((path) => valueAt(raw, path) !== undefined);
  for (const path of early) problems.push(`${locate(path)}: not yet supported`);
  const result = configSchema.safeParse(early.reduce(without, raw));
  if (result.success) return early.length === 0 ? result.data : undefined;
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
  else if (override['region'] === undefined) {
    problems.push(`${at}.region: is missing; each environment names its own, such as "eu-west-3" or "local"`);
  }
  return problems;
}

function merge(base: Raw, override: Raw): Raw {
  const merged: Raw = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const below = merged[key];
    merged[key] = isObject(value) && isObject(below) ? merge(below, value) : value;
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

function without(raw: Raw, at: string): Raw {
  const [key, ...rest] = at.split('.');
  const { [key!]: value, ...others } = raw;
  return rest.length === 0 || !isObject(value)
    ? others
    : { ...others, [key!]: without(value, rest.join('.')) };
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function words(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
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
