import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ParseError } from 'jsonc-parser';
import { ChatopsError, ExitCode } from '../lib/errors.ts';

/** A JSON object before it is checked. */
export type Raw = Record<string, unknown>;

/** The text of a config file. */
interface Source {
  /** Absolute path. */
  file: string;
  text: string;
}

const fileNames = ['chatops.config.json', 'chatops.config.jsonc'];

/** Finds the config file and reads it; undefined where there is none. Throws a ChatopsError (exit 3) when it cannot be read. */
export async function readSource(cwd: string, file: string | undefined): Promise<Source | undefined> {
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
  const found: Source[] = [];
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

/** Parses JSON with comments and trailing commas. Throws a ChatopsError (exit 3) with line and column. */
export async function parseSource({ text, file }: Source): Promise<Raw> {
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

/** Whether a value is a plain JSON object. */
export function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function words(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
