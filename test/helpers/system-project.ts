import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProject } from './cli.ts';
import type { Project, Result } from './cli.ts';

const systems = fileURLToPath(new URL('../fixtures/systems', import.meta.url));

/** A project folder with the config file of a system and the apps of all; `local` runs a command on its environment of this machine. */
export async function systemProject(
  name: string,
): Promise<Project & { local(...args: string[]): Promise<Result> }> {
  const project = await createProject();
  await cp(systems, project.folder, { recursive: true });
  await cp(path.join(systems, `${name}.jsonc`), path.join(project.folder, 'chatops.config.jsonc'));
  return { ...project, local: (...args) => project.run(...args, '--env', 'local') };
}
