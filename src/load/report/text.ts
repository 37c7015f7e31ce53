import type { Percentiles } from '../histogram.ts';
import { describeLimits } from '../limits.ts';
import type { LoadResult, Lost } from '../result.ts';
import { roomCount } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { timings } from '../tally.ts';
import type { Occurrences } from '../tally.ts';
import { missedBy } from '../thresholds.ts';

const lossNames: Record<Exclude<keyof Lost, 'total'>, string> = {
  undelivered: 'not delivered',
  unacknowledged: 'never acknowledged',
  unplaced: 'acknowledged without an offset of their own',
  unrecovered: 'resumes not recovered',
  absent: 'clients that did not come, or did not come back',
};

/** The result of a run as text: the verdict first, then counts, latencies and what limited it. */
export function renderReport(result: LoadResult): string {
  const sections = [
    `${verdictOf(result)}\n`,
    aligned(countsOf(result)),
    aligned(latenciesOf(result), true),
    describeLimits(result)
      .map((line) => `${line}\n`)
      .join(''),
  ];
  return sections.join('\n');
}

/** One line: whether the run held, and if not, what is missing. */
function verdictOf(result: LoadResult): string {
  const missed = missedBy(result);
  const verdict =
    missed.length === 0 ? 'passed: 0 lost, 0 duplicate, 0 out of order' : `failed: ${missed.join(', ')}`;
  return result.interrupted ? `interrupted; so far ${verdict}` : verdict;
}

function countsOf(result: LoadResult): string[][] {
  const { scenario, clients, messages, connections, sendingMs } = result;
  const perSecond = (count: number) => (sendingMs === 0 ? '0' : whole((count * 1000) / sendingMs));
  const losses = (Object.keys(lossNames) as (keyof typeof lossNames)[])
    .filter((name) => messages.lost[name] > 0)
    .map((name) => ['', `${whole(messages.lost[name])} ${lossNames[name]}`]);
  return [
    ['server', result.url],
    [
      'clients',
      `${whole(clients.peakOpen)} of ${whole(clients.wanted)} open at the peak, in ${roomsOf(scenario)}`,
    ],
    [
      'sent',
      `${whole(messages.sent)} messages (${perSecond(messages.sent)}/s), ${whole(messages.acknowledged)} acknowledged`,
    ],
    [
      'delivered',
      `${whole(messages.delivered)} of ${whole(messages.expected)} expected (${perSecond(messages.delivered)}/s)`,
    ],
    ['lost', whole(messages.lost.total)],
    ...losses,
    ['duplicate', whole(messages.duplicate)],
    ['out of order', whole(messages.outOfOrder)],
    ...occurrences('cuts', connections.cuts, `, ${whole(connections.resumed)} resumes`),
    ...occurrences('failed attempts', connections.failures),
    ...occurrences('errors', connections.errors),
  ];
}

function roomsOf(scenario: Scenario): string {
  const rooms = roomCount(scenario);
  return rooms === 1 ? 'one room' : `${whole(rooms)} rooms of ${scenario.roomSize}`;
}

function latenciesOf({ latency }: LoadResult): string[][] {
  const rows = timings
    .filter((timing) => latency[timing].count > 0)
    .map((timing) => {
      const { count, p50, p90, p99, p999, max }: Percentiles = latency[timing];
      return [timing, ...[p50, p90, p99, p999, max].map(milliseconds), whole(count)];
    });
  return [['LATENCY (ms)', 'p50', 'p90', 'p99', 'p99.9', 'max', 'COUNT'], ...rows];
}

function occurrences(name: string, counted: Occurrences, more = ''): string[][] {
  const entries = Object.entries(counted).toSorted(([, a], [, b]) => b - a);
  if (entries.length === 0) return [];
  return [[name, `${entries.map(([what, times]) => `${whole(times)} × ${what}`).join(', ')}${more}`]];
}

/** Columns as wide as their widest cell; all but the first to the right where they are numbers. */
function aligned(rows: string[][], numbers = false): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number) =>
    numbers && column > 0 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return rows.map((row) => `${row.map(cell).join('  ').trimEnd()}\n`).join('');
}

function milliseconds(ms: number): string {
  return ms < 100 ? ms.toFixed(1) : whole(ms);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
