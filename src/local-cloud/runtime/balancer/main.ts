import process from 'node:process';
import { LoadBalancer } from './load-balancer.ts';
import type { Configure, FromBalancer } from './messages.ts';

/**
 * The load balancer process: wanted states in and health reports out, over the IPC channel of the daemon that started it.
 * It ends with that channel, however the daemon ended.
 */
const trafficEveryMs = 2_000;
const balancer = new LoadBalancer(reportSoon);
let configuring = Promise.resolve();
let reporting = false;
let reported = '';
let trafficReported = '';

process.on('message', (message: Configure) => {
  configuring = configuring.then(() => configure(message));
});
setInterval(reportTraffic, trafficEveryMs);
process.on('disconnect', () => process.exit(0));
// Ctrl-C in a terminal reaches every process of it; the daemon decides when this one ends.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

async function configure(wanted: Configure): Promise<void> {
  try {
    await balancer.configure(wanted);
  } catch (error) {
    const { code = 'UNKNOWN', message, port = 0 } = error as Error & { code?: string; port?: number };
    tell({ type: 'configured', id: wanted.id, error: { code, message, port } });
    return;
  }
  report();
  tell({ type: 'configured', id: wanted.id });
}

/** Several changes of one moment make one report. */
function reportSoon(): void {
  if (reporting) return;
  reporting = true;
  setImmediate(report);
}

function report(): void {
  reporting = false;
  const targets = balancer.reports();
  const text = JSON.stringify(targets);
  if (text === reported) return;
  reported = text;
  tell({ type: 'health', targets });
}

function reportTraffic(): void {
  const listeners = balancer.traffic();
  const text = JSON.stringify(listeners);
  if (text === trafficReported) return;
  trafficReported = text;
  tell({ type: 'traffic', listeners });
}

function tell(message: FromBalancer): void {
  // A daemon that is gone cannot be told; `disconnect` follows.
  process.send?.(message, undefined, undefined, () => undefined);
}
