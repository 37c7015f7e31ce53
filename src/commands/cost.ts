import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { closest } from '../lib/closest.ts';
import { loadConfigOf } from './session.ts';
import type { CommandSpec } from './spec.ts';

interface CostOptions {
  clients?: number;
  region?: string;
}

export const cost: CommandSpec<CostOptions> = {
  name: 'cost',
  summary: 'estimate what the stack of this config costs in a month',
  description:
    'Adds up what each resource of the config costs, from a table of prices that comes with chatops, and prints what it takes for granted. It asks nobody and needs no credentials.',
  json: true,
  options: [
    {
      flags: '-n, --clients <n>',
      description: 'clients that are connected at once (default: 1000)',
      parse: clientCount,
    },
    {
      flags: '-r, --region <region>',
      description: 'the region to ask the price for (default: the config’s)',
    },
  ],

  async run(context) {
    const { host, options } = context;
    const { config, identity } = await loadConfigOf(context);
    const isLocal = identity.region === 'local';
    const region = options.region ?? (isLocal ? usualRegion : identity.region);
    const [{ resourcesOf }, { estimate }, { usualClients }, { regions }] = await Promise.all([
      import('./priced.ts'),
      import('../cost/estimate.ts'),
      import('../cost/traffic.ts'),
      import('../cost/regions.ts'),
    ]);
    const result = estimate(
      await resourcesOf(config, identity, region),
      region,
      options.clients ?? usualClients,
    );
    if (result === undefined) throw unknownRegion(region, Object.keys(regions));

    if (options.json === true) {
      host.stdout.write(`${JSON.stringify({ ...result, currency: 'USD', local: isLocal })}\n`);
      return ExitCode.ok;
    }
    const [{ costRows, costNotes }, { renderTable }] = await Promise.all([
      import('../cost/text.ts'),
      import('../output/table.ts'),
    ]);
    if (isLocal) {
      host.stdout.write(`on this machine it costs nothing; in ${region} the same config would cost:\n\n`);
    }
    const notes = costNotes(result).map((note) => `- ${note}\n`);
    host.stdout.write(`${renderTable(costRows(result))}\n${notes.join('')}`);
    return ExitCode.ok;
  },
};

/** What an estimate is for where neither the config nor the command names a region. */
const usualRegion = 'us-east-1';

function clientCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error('must be a whole number of clients.');
  return Number(text);
}

function unknownRegion(region: string, known: string[]): ChatopsError {
  const suggestion = closest(region, known);
  return new ChatopsError(`there are no prices for region "${region}"`, {
    code: 'cost.region',
    exit: ExitCode.usage,
    hint: `${suggestion === undefined ? '' : `did you mean "${suggestion}"? `}choose one of ${known.join(', ')} with --region`,
  });
}
