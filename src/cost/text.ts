import { round } from './lcu.ts';
import type { Estimate } from './estimate.ts';

/** An estimate as rows of a table: what each resource pays for, its price a month, and the sum. */
export function costRows({ lines, unknown, ...sums }: Estimate): string[][] {
  const amounts = lines.map((line) => (line.monthly === undefined ? 'unknown' : dollars(line.monthly)));
  const sum = `${range(sums)}${unknown.length > 0 ? ' and more' : ''}`;
  const width = Math.max(sum.length, ...amounts.map((amount) => amount.length));
  return [
    ['$/MONTH'.padStart(width), 'RESOURCE', 'FOR'],
    ...lines.map(({ id, what }, index) => [amounts[index]!.padStart(width), id, what]),
    [sum.padStart(width), 'total'],
  ];
}

/** How the estimate came about, as lines: its LCUs and its assumptions. */
export function costNotes({ clients, lcus, assumptions }: Estimate): string[] {
  const [most, ...others] = lcus;
  return [
    `for ${round(clients)} clients: ${most!.name} decide the LCUs (${most!.how} = ${round(most!.lcus)}; ${others
      .map(({ name, lcus }) => `${name} ${round(lcus)}`)
      .join(', ')})`,
    ...assumptions,
  ];
}

/** One line for a plan: the cost a month before and after it. */
export function costChange(before: Estimate, after: Estimate): string {
  const [from, to] = [dollars(before.monthly), range(after)];
  const unknown = [...new Set([...before.unknown, ...after.unknown])];
  const more = unknown.length > 0 ? `, and ${unknown.join(', ')}, whose price is not known` : '';
  return `cost: ${isWithin(before, after) ? '' : `${from} → `}${to} a month with ${round(after.clients)} clients${more} (\`chatops cost\` says how)`;
}

/** `$80.00`, or `$80.00–$120.00` where the number of tasks decides. */
function range({ monthly, monthlyMost }: Pick<Estimate, 'monthly' | 'monthlyMost'>): string {
  const [least, most] = [dollars(monthly), dollars(monthlyMost)];
  return least === most ? least : `${least}–${most}`;
}

/** Whether what stands costs what is wanted, as far as cents show. */
function isWithin(before: Estimate, after: Estimate): boolean {
  const cents = (amount: number) => Math.round(amount * 100);
  const now = cents(before.monthly);
  return now >= cents(after.monthly) && now <= cents(after.monthlyMost);
}

/** `$1,234.50` */
export function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
