import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const run = promisify(execFile);
const executable = fileURLToPath(new URL('../../bin/chatops.js', import.meta.url));

/** Whether `tmux`, the terminal of these tests, is on PATH. */
export async function hasTmux(): Promise<boolean> {
  return run('tmux', ['-V']).then(
    () => true,
    () => false,
  );
}

export interface TerminalOptions {
  columns: number;
  rows: number;
  /** Where the command line runs. */
  folder: string;
  env?: Record<string, string>;
}

/** A real terminal, in tmux on a server of its own, in which `chatops` runs; what is left when it ends stays on the screen. */
export async function openTerminal(args: string[], { columns, rows, folder, env = {} }: TerminalOptions) {
  const server = `chatops-${randomBytes(6).toString('hex')}`;
  const tmux = async (...rest: string[]) =>
    (await run('tmux', ['-L', server, '-f', '/dev/null', ...rest])).stdout;
  const variables = Object.entries({ HOME: folder, LC_ALL: 'C.UTF-8', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const command = [
    'env',
    '-u',
    'CI',
    '-u',
    'CONTINUOUS_INTEGRATION',
    ...variables,
    process.execPath,
    executable,
    ...args,
  ];
  const size = ['-x', String(columns), '-y', String(rows)];
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  await tmux('new-session', '-d', ...size, '-c', folder, `${quoted}; echo "ended with $?"; exec cat`);
  const screen = async () => (await tmux('capture-pane', '-p')).split('\n').slice(0, rows);
  return {
    /** What one sees now, a string per row. */
    screen,
    /** The same with colours, as escape sequences. */
    colours: () => tmux('capture-pane', '-p', '-e'),
    /** Resolves with the screen as soon as it shows what is expected. */
    async sees(expected: RegExp, timeout = 20_000): Promise<string> {
      let text = '';
      await expect
        .poll(async () => (text = (await screen()).join('\n')), { timeout, interval: 200 })
        .toMatch(expected);
      return text;
    },
    /** Presses keys, as tmux names them (`q`, `Escape`, `C-c`). */
    press: (...keys: string[]) => tmux('send-keys', ...keys),
    resize: (width: number, height: number) =>
      tmux('resize-window', '-x', String(width), '-y', String(height)),
    close: () => tmux('kill-server').catch(() => ''),
  };
}
