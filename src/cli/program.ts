import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { commands } from '../commands/index.ts';
import type { CommandSpec, GlobalOptions } from '../commands/spec.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { printFailure } from './failure.ts';
import type { Host } from './host.ts';
import { interruptible } from './interrupt.ts';

/** Runs the command that `host.args` names and resolves with its exit code; prints every failure itself. */
export async function runProgram(host: Host): Promise<number> {
  const { version, stamp } = buildOf(host.packageRoot);
  let exitCode: number = ExitCode.ok;
  const program = configure(new Command('chatops'), host)
    .showHelpAfterError('hint: `chatops --help` lists the commands')
    .description(
      'Put a real-time WebSocket chat on AWS with one command, keep it there, and prove that it holds.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nThe first try needs no AWS account: `chatops up` starts everything on this machine.\n',
    );
  for (const spec of commands) {
    add(program, spec, host, async (chosen, options) => {
      exitCode = await execute(chosen, options, host, `${version}+${stamp}`);
    });
  }
  if (host.args.length === 0) {
    program.outputHelp();
    return ExitCode.ok;
  }
  try {
    await program.parseAsync(host.args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    throw error;
  }
}

type Run = (spec: CommandSpec, options: Record<string, unknown>) => Promise<void>;

function add(parent: Command, spec: CommandSpec, host: Host, run: Run): void {
  const command = configure(parent.command(spec.name), host).summary(spec.summary);
  command.description(spec.description ?? `${spec.summary[0]!.toUpperCase()}${spec.summary.slice(1)}.`);
  command.helpOption('-h, --help', 'print help').helpCommand(false);
  for (const each of spec.subcommands ?? []) add(command, each, host, run);
  if (spec.run === undefined) return;
  command.showHelpAfterError(`hint: \`${pathOf(command)} --help\` lists the options`);
  for (const each of spec.options ?? []) {
    const option = new Option(each.flags, each.description);
    if (each.default !== undefined) option.default(each.parse?.(each.default) ?? each.default, each.default);
    if (each.parse !== undefined) option.argParser(parser(each.parse));
    command.addOption(option);
  }
  command.option(
    '-c, --config <file>',
    'config file (default: chatops.config.json or .jsonc here, if there is one)',
  );
  command.option('-e, --env <name>', 'environment of the config file (default: its base)');
  if (spec.json === true) command.option('--json', 'print JSON for programs');
  command.option('--debug', 'print stack traces');
  command.allowExcessArguments(false);
  command.action((options: Record<string, unknown>) => run(spec, options));
}

async function execute(
  spec: CommandSpec,
  options: Record<string, unknown>,
  host: Host,
  version: string,
): Promise<number> {
  const interrupt = interruptible(host);
  const context = { host, options: options as GlobalOptions, version, signal: interrupt.signal };
  try {
    return await spec.run!(context);
  } catch (error) {
    if (interrupt.signal.aborted && !(error instanceof ChatopsError)) {
      host.stderr.write('interrupted\n');
      return ExitCode.interrupted;
    }
    return printFailure(error, host, context.options);
  } finally {
    interrupt.dispose();
  }
}

function configure(command: Command, host: Host): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => Math.min(host.stdout.columns ?? 100, 100),
    });
}

/** `chatops local start` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function parser(parse: (text: string) => unknown) {
  return (text: string) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

function buildOf(packageRoot: string): { version: string; stamp: string } {
  return JSON.parse(readFileSync(path.join(packageRoot, 'dist/build.json'), 'utf8')) as {
    version: string;
    stamp: string;
  };
}
