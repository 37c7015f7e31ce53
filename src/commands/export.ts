import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { nothingHere } from './nothing-here.ts';
import { openExistingSession, type Session } from './session.ts';
import type { CommandSpec } from './spec.ts';

interface ExportOptions {
  terraform?: boolean;
  out?: string;
  force?: boolean;
}

export const exportStack: CommandSpec<ExportOptions> = {
  name: 'export',
  summary: 'write the live stack as Terraform, so that you can go on without chatops',
  description:
    'Reads what stands and writes import blocks and resource blocks of the provider hashicorp/aws for all of it. It changes nothing in AWS, and no secret is in what it writes.',
  options: [
    { flags: '--terraform', description: 'as Terraform, the one form that there is' },
    {
      flags: '-o, --out <folder>',
      description: 'into files of this folder, one per service (default: to stdout)',
    },
    { flags: '--force', description: 'write over files that are there already' },
  ],

  async run(context) {
    const { host, options } = context;
    if (options.terraform !== true) throw noForm();
    const session = await openExistingSession(context);
    const files = session && (await filesOf(session));
    if (files === undefined) throw await nothingHere(context);
    if (options.out === undefined) {
      host.stdout.write([...files.values()].join('\n'));
      return ExitCode.ok;
    }
    const folder = path.resolve(host.cwd, options.out);
    await write(folder, files, options.force === true);
    host.stdout.write(`${[...files.keys()].map((name) => path.join(options.out!, name)).join('\n')}\n`);
    return ExitCode.ok;
  },
};

/** Undefined where nothing of the stack stands. */
async function filesOf(session: Session): Promise<Map<string, string> | undefined> {
  const [{ terraformOf }, { kinds }, { readerOf }] = await Promise.all([
    import('../export/terraform.ts'),
    import('../resources/index.ts'),
    import('../engine/reader.ts'),
  ]);
  const reader = readerOf(session.engineContext(() => {}));
  const listings = await Promise.all(kinds.map(async (kind) => ({ kind, found: await reader.find(kind) })));
  if (listings.every(({ found }) => found.length === 0)) return undefined;
  return terraformOf(listings, session.scope, session.identity.region);
}

/** All of the files, or none where one of them is there already. */
async function write(folder: string, files: Map<string, string>, force: boolean): Promise<void> {
  const there = await Promise.all([...files.keys()].map((name) => exists(path.join(folder, name))));
  const taken = [...files.keys()].filter((_, index) => there[index]);
  if (taken.length > 0 && !force) {
    throw new ChatopsError(`${path.join(folder, taken[0]!)} exists already`, {
      code: 'export.exists',
      exit: ExitCode.usage,
      hint: 'choose another folder with --out, or write over it with --force',
      fields: { files: taken },
    });
  }
  await mkdir(folder, { recursive: true });
  await Promise.all(
    [...files].map(([name, text]) => writeFile(path.join(folder, name), text, { flag: force ? 'w' : 'wx' })),
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function noForm(): ChatopsError {
  return new ChatopsError('export needs to know what to write', {
    code: 'export.form',
    exit: ExitCode.usage,
    hint: 'add --terraform',
  });
}
