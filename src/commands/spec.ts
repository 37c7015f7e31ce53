import type { Host } from '../cli/host.ts';
import type { ExitCode } from '../lib/errors.ts';

/** One flag of a command. */
export interface OptionSpec {
  /** As commander writes it: `-f, --follow`, `--lines <n>`. */
  flags: string;
  description: string;
  default?: string;
  /** Turns the text into a value; throws an Error with one clear line when it cannot. */
  parse?: (text: string) => unknown;
}

/** The values of a command's options and of the options that every command has. */
export interface GlobalOptions {
  config?: string;
  env?: string;
  json?: boolean;
  debug?: boolean;
}

/** What a running command gets. */
export interface CommandContext<Options = object> {
  host: Host;
  options: Options & GlobalOptions;
  /** Version of the tool, with the build's stamp. */
  version: string;
  /** Aborted at the first Ctrl-C, SIGTERM or SIGHUP: start nothing new. */
  signal: AbortSignal;
}

/** One verb of the command line. `run` imports what is heavy itself, so that help and version stay quick. */
export interface CommandSpec<Options = object> {
  name: string;
  summary: string;
  /** Shown by `--help` under the usage: what it does, in a paragraph. */
  description?: string;
  options?: OptionSpec[];
  /** Whether `--json` means something here. */
  json?: boolean;
  subcommands?: CommandSpec<never>[];
  run?(context: CommandContext<Options>): Promise<ExitCode>;
}
