import path from 'node:path';
import type { Host } from '../cli/host.ts';
import { parseDuration } from '../lib/durations.ts';
import { ExitCode } from '../lib/errors.ts';
import type { Live } from '../load/live.ts';
import type { LoadResult } from '../load/result.ts';
import { parseTarget } from '../load/target.ts';
import type { ParsedTarget } from '../load/target.ts';
import { nothingHere } from './nothing-here.ts';
import { openExistingSession } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface LoadtestOptions {
  clients: number;
  duration: number;
  rampUp: number;
  roomSize: number;
  rate: number;
  workers?: number;
  url?: ParsedTarget;
  token?: string;
}

/** Between two lines where nothing can be overwritten. */
const plainEveryMs = 5000;
const liveEveryMs = 500;

export const loadtest: CommandSpec<LoadtestOptions> = {
  name: 'loadtest',
  summary: 'open thousands of clients and count what is lost, duplicate or out of order',
  description:
    'Opens clients through the load balancer over the ramp-up, has them chat for the duration, and checks every offset on the wire, through cuts and resumes. Exit code 7 when anything was lost, duplicate or out of order.',
  json: true,
  options: [
    {
      flags: '-n, --clients <n>',
      description: 'clients to open',
      default: '100',
      parse: whole(1, 1_000_000),
    },
    {
      flags: '-d, --duration <duration>',
      description: 'how long they chat once all are in',
      default: '30s',
      parse: parseDuration,
    },
    {
      flags: '--ramp-up <duration>',
      description: 'over how long they are opened',
      default: '10s',
      parse: parseDuration,
    },
    {
      flags: '--room-size <n>',
      description: 'clients in one room',
      default: '50',
      parse: whole(1, 1_000_000),
    },
    {
      flags: '--rate <n>',
      description: 'messages a second that are sent by all clients together',
      default: '20',
      parse: rate,
    },
    {
      flags: '--workers <n>',
      description: 'processes to run the clients in (default: one for 2000 clients, at most one per core)',
      parse: whole(1, 64),
    },
    {
      flags: '--url <url>',
      description: 'any server of the protocol, instead of the load balancer of the stack',
      parse: parseTarget,
    },
    {
      flags: '--token <jwt>',
      description: 'what all clients show where the server asks for a token; it has to outlast the run',
    },
  ],

  async run(context) {
    const { host, options, signal } = context;
    const target = await targetOf(context);
    const { runLoad } = await import('../load/coordinator.ts');
    const { renderReport } = await import('../load/report/text.ts');
    const progress = options.json === true ? undefined : await showProgress(host);
    let result: LoadResult;
    try {
      result = await runLoad({
        target,
        token: options.token,
        clients: options.clients,
        durationMs: options.duration,
        rampUpMs: options.rampUp,
        roomSize: options.roomSize,
        rate: options.rate,
        workers: options.workers,
        program: path.join(host.packageRoot, 'dist/load/worker.js'),
        signal,
        onProgress: progress?.show,
      });
    } finally {
      progress?.clear();
    }
    if (options.json === true) host.stdout.write(`${JSON.stringify({ type: 'result', ...result })}\n`);
    else host.stdout.write(renderReport(result));
    if (result.interrupted) return ExitCode.interrupted;
    if (result.passed) return ExitCode.ok;
    if (options.json !== true) {
      const { missedBy } = await import('../load/thresholds.ts');
      const hint = 'see `chatops logs` and `chatops status` for the time of the run';
      host.stderr.write(`error: ${missedBy(result).join(', ')}\nhint: ${hint}\n`);
    }
    return ExitCode.threshold;
  },
};

/** The server that `--url` names, else the endpoint of the stack. */
async function targetOf(context: CommandContext<LoadtestOptions>): Promise<ParsedTarget> {
  const { url } = context.options;
  if (url !== undefined) return url;
  const session = await openExistingSession(context);
  const { readStack } = await import('../stack/facts.ts');
  const endpoint = session && (await readStack(session.cloud, session.scope)).endpoint;
  if (session === undefined || endpoint === undefined) throw await nothingHere(context);
  const { host, serverName } = endpoint;
  return { ...parseTarget(endpoint.url), via: host, serverName, authority: await session.authority() };
}

/** One line that renews itself on a terminal, a line now and then elsewhere. */
async function showProgress({ stderr, env }: Host): Promise<{ show(live: Live): void; clear(): void }> {
  const { liveLines } = await import('../load/report/live-line.ts');
  const render = liveLines();
  const renews = stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb';
  let next = renews ? 0 : plainEveryMs;
  return {
    show(live) {
      if (live.elapsedMs < next) return;
      next = live.elapsedMs + (renews ? liveEveryMs : plainEveryMs);
      const line = render(live);
      stderr.write(renews ? `\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}` : `${line}\n`);
    },
    clear: () => void (renews && stderr.write('\r\u001b[2K')),
  };
}

function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Error(`must be a whole number from ${min} to ${max}.`);
  };
}

function rate(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 1_000_000) return Number(text);
  throw new Error('must be a number of messages a second, such as 100 or 0.5.');
}
