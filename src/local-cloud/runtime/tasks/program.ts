import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';

import type { TaskSpec } from '../data-plane.ts';
import type { Image } from './image.ts';

/** What is to be run, without `node` itself. */
export interface Program {
  /** Options of Node and the script with its arguments. */
  args: string[];
  workingDirectory: string;
  environment: Record<string, string>;
}

/** Label of images that hold the application alone, nothing of an operating system: these run without containers. */
const baseLabel = 'dev.chatops.base';

/**
 * How a container's program runs on this machine's Node, out of the extracted image at `root`. The environment is the
 * image's and the task's, plus what any process needs (`machine`). Throws `CannotPullContainerError: …` for an image
 * that needs Docker: one with a base layer, or whose program is not `node`.
 */
export function programOf(
  image: Image,
  spec: Pick<TaskSpec, 'containerName' | 'entryPoint' | 'command' | 'environment'>,
  root: string,
  machine: { path: string },
): Program {
  if (image.labels[baseLabel] !== 'none') {
    throw needsDocker(image, `it was not built with the label ${baseLabel}=none`);
  }
  // As Docker does: an entry point of the task's own puts the image's command aside.
  const own = spec.entryPoint !== undefined && spec.entryPoint.length > 0;
  const entryPoint = own ? (spec.entryPoint ?? []) : image.entryPoint;
  const command = spec.command?.length ? spec.command : own ? [] : image.command;
  const [program, ...args] = [...entryPoint, ...command];
  if (program === undefined) {
    throw new Error(`CannotStartContainerError: container ${spec.containerName} has no command`);
  }
  if (basename(program) !== 'node') throw needsDocker(image, `its program is ${program}, not node`);
  const workingDirectory = join(root, image.workingDirectory);
  return {
    args: args.map((arg) => (isAbsolute(arg) && existsSync(join(root, arg)) ? join(root, arg) : arg)),
    workingDirectory,
    environment: {
      HOME: workingDirectory,
      ...Object.fromEntries(image.environment.map(nameAndValue)),
      // The image's PATH is about its own file system.
      PATH: machine.path,
      ...spec.environment,
    },
  };
}

function needsDocker({ digest }: Image, why: string): Error {
  return new Error(
    `CannotPullContainerError: image ${digest} needs Docker to run here (${why}), and there is no Docker engine`,
  );
}

function nameAndValue(variable: string): [string, string] {
  const equals = variable.indexOf('=');
  return equals < 0 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)];
}
