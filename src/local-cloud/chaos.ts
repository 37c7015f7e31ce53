import { kill } from 'node:process';
import type { LocalCloud } from './cloud.ts';
import { faultsOf, setFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { livingProcesses } from './runtime/leftovers.ts';
import type { ProcessRecord } from './runtime/leftovers.ts';

/** What `POST /_chatops/chaos` is asked to do. */
export type ChaosRequest =
  /** `task` is the beginning of a task's id; without it, any task. */
  | { what: 'kill-task' | 'freeze-task' | 'thaw-task'; task?: string }
  | { what: 'kill-load-balancer' | 'kill-redis' | 'kill-daemon' }
  | ({ what: 'faults' } & Partial<Faults>)
  | { what: 'off' };

/** What was done, and to which process; or why nothing was. */
export type ChaosAnswer =
  { did: string; pid?: number; task?: string; faults?: Faults } | { error: string; choices?: string[] };

/** Tasks that were frozen, by process id: only those are thawed. */
const frozen = new Set<number>();

/** Hurts the local cloud on purpose: what it answers has happened when it answers. The daemon's own end follows the answer. */
export async function chaos(
  cloud: LocalCloud,
  request: ChaosRequest,
  daemon: { pid: number },
): Promise<ChaosAnswer> {
  switch (request.what) {
    case 'kill-task':
      return toTask(cloud, request.task, (record) => signal(record, 'SIGKILL', 'killed'));
    case 'freeze-task':
      return toTask(cloud, request.task, (record) => {
        frozen.add(record.pid);
        return signal(record, 'SIGSTOP', 'froze');
      });
    case 'thaw-task':
      return thaw(cloud, request.task);
    case 'kill-load-balancer':
      return toProcess(cloud, 'load balancer');
    case 'kill-redis':
      return toProcess(cloud, 'cache node');
    case 'kill-daemon':
      // The answer has to be on its way first.
      setTimeout(() => kill(daemon.pid, 'SIGKILL'), answerDelay);
      return { did: 'killed the daemon of the local cloud', pid: daemon.pid };
    case 'faults':
      return { did: 'AWS calls go wrong from now on', faults: { ...setFaults(cloud, faultsIn(request)) } };
    case 'off':
      setFaults(cloud);
      return { did: 'AWS calls are answered as they should be', faults: { ...faultsOf(cloud) } };
    default:
      return { error: 'there is no such chaos' };
  }
}

const answerDelay = 50;

async function toTask(
  cloud: LocalCloud,
  task: string | undefined,
  act: (record: ProcessRecord) => ChaosAnswer,
): Promise<ChaosAnswer> {
  const tasks = await tasksOf(cloud);
  const [chosen] = tasks.filter(({ name }) => name.startsWith(`task ${task ?? ''}`));
  if (chosen !== undefined) return act(chosen);
  if (tasks.length === 0) return { error: 'no task runs' };
  return { error: `no task ${task} runs`, choices: tasks.map(({ name }) => idIn(name)) };
}

async function toProcess(cloud: LocalCloud, name: string): Promise<ChaosAnswer> {
  const [chosen] = (await livingProcesses(cloud.folder)).filter((record) => record.name.startsWith(name));
  return chosen === undefined ? { error: `no ${name} runs` } : signal(chosen, 'SIGKILL', 'killed');
}

async function thaw(cloud: LocalCloud, task: string | undefined): Promise<ChaosAnswer> {
  const asleep = (await tasksOf(cloud)).filter(({ pid }) => frozen.has(pid));
  const [chosen] = asleep.filter(({ name }) => name.startsWith(`task ${task ?? ''}`));
  if (chosen === undefined)
    return { error: 'no such task is frozen', choices: asleep.map(({ name }) => idIn(name)) };
  frozen.delete(chosen.pid);
  return signal(chosen, 'SIGCONT', 'thawed');
}

async function tasksOf({ folder }: LocalCloud): Promise<ProcessRecord[]> {
  return (await livingProcesses(folder)).filter(({ name }) => name.startsWith('task '));
}

/** A killed task ends as its own process does; a frozen one with all that it has started. */
function signal({ pid, name }: ProcessRecord, by: NodeJS.Signals, verb: string): ChaosAnswer {
  const isTask = name.startsWith('task ');
  try {
    kill(isTask && by !== 'SIGKILL' ? -pid : pid, by);
  } catch {
    return { error: `${name} has just ended by itself` };
  }
  return {
    did: `${verb} ${isTask ? `task ${idIn(name).slice(0, 8)}` : `the ${name}`}`,
    pid,
    ...(isTask ? { task: idIn(name) } : {}),
  };
}

function idIn(name: string): string {
  return name.slice('task '.length);
}

function faultsIn({ throttle, errors, resets, latency }: Partial<Faults>): Partial<Faults> {
  const given = Object.entries({ throttle, errors, resets, latency }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given);
}
