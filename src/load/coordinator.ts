import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { conduct } from './conduct.ts';
import type { Conducted } from './conduct.ts';
import { requireOpenFiles } from './limits.ts';
import type { Live } from './live.ts';
import { ephemeralPorts } from './machine.ts';
import { mergeResults } from './merge.ts';
import { probe } from './probe.ts';
import { resolveTarget } from './resolve.ts';
import type { Limits, LoadResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { isLoopback } from './target.ts';
import type { ParsedTarget } from './target.ts';
import { missedBy } from './thresholds.ts';
import { WorkerProcess } from './worker-process.ts';

export interface LoadOptions extends Omit<Scenario, 'run' | 'workers'> {
  target: ParsedTarget;
  /** A JWT that all clients show. */
  token?: string;
  /** Default: one for 2000 clients, at most one per core. */
  workers?: number;
  /** How long the last acknowledgements, and then the last deliveries, may take; default 15 s each. */
  settleMs?: number;
  /** The worker's program: `dist/load/worker.js`. */
  program: string;
  /** Ends the run early; what has been counted until then is the result. */
  signal: AbortSignal;
  onProgress?(live: Live): void;
}

const defaultSettleMs = 15_000;
const clientsPerWorker = 2000;
/** Of the ports of one source address, how many are used before another address is taken. */
const portShare = 0.7;

/** Runs a load test in worker processes and resolves with what it has shown. Throws a ChatopsError when it could not be run. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const started = Date.now();
  const {
    signal,
    token,
    clients,
    roomSize,
    rate,
    durationMs,
    rampUpMs,
    settleMs = defaultSettleMs,
  } = options;
  const target = await probe(await resolveTarget(options.target), token, signal);
  const workers = options.workers ?? Math.min(availableParallelism(), Math.ceil(clients / clientsPerWorker));
  const run = randomBytes(4).toString('hex');
  const scenario: Scenario = { run, clients, roomSize, rate, durationMs, rampUpMs, workers };
  const perAddress = await ephemeralPorts();
  const sources = target.addresses.every(isLoopback) ? Math.ceil(clients / (perAddress * portShare)) : 1;

  const processes = Array.from({ length: workers }, (_, index) => new WorkerProcess(options.program, index));
  try {
    const ready = await Promise.all(processes.map((each) => each.next('ready')));
    const openFiles = Math.min(...ready.map((message) => message.openFiles));
    requireOpenFiles(clients, workers, openFiles);
    const conducted = await conduct(processes, { scenario, target, token, settleMs, sources }, options);
    await Promise.all(processes.map((each) => each.ended()));
    const { tls, host, path } = target;
    return resultOf(conducted, {
      url: `${tls ? 'wss' : 'ws'}://${host}${path}`,
      scenario,
      interrupted: signal.aborted,
      limits: {
        openFiles: {
          limit: openFiles === Infinity ? null : openFiles,
          perWorker: Math.ceil(clients / workers),
        },
        ports: { perAddress, clients, sources },
        ...loadOf(conducted),
      },
      ms: Date.now() - started,
    });
  } finally {
    for (const each of processes) each.kill();
  }
}

function resultOf(
  { results, unplaced, watch, sendingMs }: Conducted,
  run: Pick<LoadResult, 'url' | 'scenario' | 'interrupted' | 'limits' | 'ms'>,
): LoadResult {
  const { counters, lost, cuts, failures, errors, latency } = mergeResults(results, unplaced);
  const { joined, sent, acknowledged, repeated, delivered, duplicate, outOfOrder, resumed } = counters;
  const expected = delivered + lost.undelivered;
  const messages = { sent, acknowledged, repeated, expected, delivered, duplicate, outOfOrder, lost };
  return {
    passed: missedBy({ messages }).length === 0,
    ...run,
    clients: { wanted: run.scenario.clients, joined, peakOpen: watch.peakOpen },
    messages,
    connections: { resumed, cuts, failures, errors },
    latency,
    sendingMs,
  };
}

function loadOf({ results, watch }: Conducted): Pick<Limits, 'machineCpu' | 'workers'> {
  const { machineCpu, peakCpu } = watch;
  return {
    machineCpu: { mean: machineCpu.mean(), peak: machineCpu.peak(), cores: availableParallelism() },
    workers: results.map(({ cpuMs, rssBytes }, at) => ({ cpuMs, peakCpu: peakCpu[at]!, rssBytes })),
  };
}
