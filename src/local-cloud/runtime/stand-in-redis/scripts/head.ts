import type { Call, StreamEntry } from './twin.ts';

/** The fields of a room's head, as the scripts hand them on; all of them texts. */
export type Head = [history: string, epoch: string, offset: string, base: string, lineage: string];

const mostEpochs = 16;
const emptyMs = 3_600_000;

export function historyOfServer(call: Call): string {
  const id = /master_replid:([\da-f]+)/.exec(call('INFO', 'replication') as string);
  return id?.[1] ?? /run_id:([\da-f]+)/.exec(call('INFO', 'server') as string)?.[1] ?? 'unknown';
}

export function keep(call: Call, head: string, stream: string, retention: string, offset: number): void {
  const ms = offset === 0 ? Math.min(Number(retention), emptyMs) : retention;
  call('PEXPIRE', head, ms);
  call('PEXPIRE', stream, ms);
}

/** A room's head; begins a new epoch where the server's history is another than the one that the head was written in. */
export function open(call: Call, head: string, stream: string, history: string, retention: string): Head {
  const now = call('HMGET', head, 'history', 'epoch', 'offset', 'base', 'lineage') as Head | null[];
  if (now[0] === history) return now as Head;
  const actual = historyOfServer(call);
  if (now[0] === actual) return now as Head;
  let base = Number(now[2] ?? '0');
  const [last] = call('XREVRANGE', stream, '+', '-', 'COUNT', 1) as StreamEntry[];
  if (last !== undefined) base = Math.max(base, Number(/\d+$/.exec(last[0])![0]));
  const [, epochBefore, , , lineageBefore] = now;
  const past = epochBefore == null ? [] : [`${epochBefore}:${base}`, ...epochsIn(lineageBefore ?? '')];
  const [seconds, microseconds] = (call('TIME') as string[]).map(Number) as [number, number];
  const moment = `${seconds.toString(16)}${microseconds.toString(16).padStart(5, '0')}`;
  const epoch = `${actual.slice(0, 8)}-${moment}`;
  const offset = String(base);
  const fresh: Head = [actual, epoch, offset, offset, past.slice(0, mostEpochs).join(',')];
  const [, , , , lineage] = fresh;
  const fields = ['history', actual, 'epoch', epoch, 'offset', offset, 'base', offset, 'lineage', lineage];
  call('HSET', head, 'v', '1', ...fields);
  keep(call, head, stream, retention, base);
  return fresh;
}

function epochsIn(lineage: string): string[] {
  return lineage.split(',').filter((epoch) => epoch !== '');
}
