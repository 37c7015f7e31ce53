import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { LoadResult } from './result.ts';

/** Files that a worker needs besides its clients' sockets. */
const reservedFiles = 40;
const busy = 0.9;

/** Throws a ChatopsError (exit 2) with the possible number when the workers may not open that many sockets. */
export function requireOpenFiles(clients: number, workers: number, limit: number): void {
  const perWorker = Math.max(0, limit - reservedFiles);
  const needed = Math.ceil(clients / workers);
  if (needed <= perWorker) return;
  const possible = perWorker * workers;
  const enough = perWorker === 0 ? undefined : Math.ceil(clients / perWorker);
  const more = enough === undefined || enough > 64 ? '' : `, or --workers ${enough}`;
  throw new ChatopsError(
    `the open-file limit (${limit} for each process) allows ${possible} clients in ${workers} worker${workers === 1 ? '' : 's'}, not ${clients}`,
    {
      code: 'loadtest.open-files',
      exit: ExitCode.usage,
      hint: `raise it with \`ulimit -n ${needed + reservedFiles}\`, or use --clients ${possible}${more}`,
      fields: { possible, limit, workers },
    },
  );
}

/** What held a run back on this side, or how far it was from that: one sentence each. */
export function describeLimits({ limits, connections, scenario }: LoadResult): string[] {
  const { openFiles, ports, machineCpu, workers } = limits;
  const files =
    openFiles.limit === null
      ? 'open files: no limit'
      : `open files: ${openFiles.perWorker} of ${openFiles.limit} in each worker`;
  const most = Math.max(...workers.map(({ peakCpu }) => peakCpu));
  const seconds = workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / 1000;
  const largest = Math.max(...workers.map(({ rssBytes }) => rssBytes)) / 2 ** 20;
  const held = [
    connections.failures['EMFILE'] !== undefined && 'the open-file limit',
    connections.failures['EADDRNOTAVAIL'] !== undefined && 'ephemeral ports',
    most >= busy && `the CPU of a worker (more --workers help while the machine has idle cores)`,
    machineCpu.mean >= busy && `the CPU of this machine`,
    machineCpu.mean < busy && machineCpu.peak >= busy && `the CPU of this machine at times`,
  ].filter((each) => each !== false);
  return [
    held.length === 0 ? 'limited by nothing on this side' : `limited by ${held.join(', ')}`,
    files,
    `ports: ${ports.clients} connections from ${ports.sources} address${ports.sources === 1 ? '' : 'es'} with ${ports.perAddress} ports each`,
    `CPU of the machine: ${percent(machineCpu.mean)} on average, ${percent(machineCpu.peak)} at the peak, of ${machineCpu.cores} cores`,
    `CPU of the ${scenario.workers === 1 ? 'worker' : `${scenario.workers} workers`}: ${seconds.toFixed(1)} s, at the peak ${percent(most)} of a core; memory ${largest.toFixed(0)} MiB${scenario.workers === 1 ? '' : ' each at most'}`,
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
