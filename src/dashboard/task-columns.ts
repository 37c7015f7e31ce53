import type { TaskPart } from '../read-model/snapshot.ts';
import { shortVersion } from './words.ts';

/** Which columns a table of tasks has in a given width, and how wide they are. Each is followed by two spaces. */
export interface TaskColumns {
  id: number;
  /** ECS's status, or both in one where `target` is 0. */
  status: number;
  target: number;
  zone: number;
  version: number;
  age: number;
  cpu: number;
  memory: number;
  /** Bars of each graph in the columns of CPU and memory; 0 for none. */
  bars: number;
}

const gap = 2;
const mark = 2;

/** Pure: the most telling columns come first, then the others as long as they fit. */
export function taskColumns(
  width: number,
  tasks: readonly Pick<TaskPart, 'zone' | 'version'>[],
): TaskColumns {
  const zone = Math.min(
    14,
    longest(
      tasks.map((task) => task.zone),
      4,
    ),
  );
  const version = Math.min(
    14,
    longest(
      tasks.map((task) => shortVersion(task.version)),
      7,
    ),
  );
  const columns: TaskColumns = {
    id: 8,
    status: 12,
    target: 0,
    zone: 0,
    version: 0,
    age: 6,
    cpu: 5,
    memory: 5,
    bars: 0,
  };
  let left = width - mark - (8 + 12 + 6 + 5 + 6 + 4 * gap);
  const take = (needed: number): boolean => {
    if (left < needed) return false;
    left -= needed;
    return true;
  };
  if (take(version + gap)) columns.version = version;
  if (take(zone + gap)) columns.zone = zone;
  if (take(9 + gap)) columns.target = 9;
  const bars = Math.min(20, Math.floor((left - 2) / 2));
  if (bars >= 6) columns.bars = bars;
  return columns;
}

function longest(texts: string[], least: number): number {
  return Math.max(least, ...texts.map(({ length }) => length));
}
