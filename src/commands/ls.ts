import { ExitCode } from '../lib/errors.ts';
import type { LoadedConfig } from '../config/load.ts';
import { connectTo, loadConfigOf, localRuns } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface Row {
  stack: string;
  environment: string;
  region: string;
  state: 'up' | 'absent';
  endpoint: string | undefined;
}

export const ls: CommandSpec = {
  name: 'ls',
  summary: 'list the stacks of this app, over all environments and regions of the config',
  description:
    'Lists every environment of the config, and every other stack of the same app that is found in one of their regions, such as one whose environment has been taken out of the file.',
  json: true,

  async run(context) {
    const loaded = await loadConfigOf(context);
    const regions = new Set([...loaded.configs.values()].map(({ region }) => region));
    const rows = (await Promise.all([...regions].map((region) => rowsOf(region, loaded, context)))).flat();
    const { stdout } = context.host;
    if (context.options.json === true) stdout.write(`${JSON.stringify(rows)}\n`);
    else {
      const { renderTable } = await import('../output/table.ts');
      const cells = rows.map((row) => [row.environment, row.region, row.state, row.endpoint ?? '']);
      stdout.write(renderTable([['ENVIRONMENT', 'REGION', 'STATE', 'ENDPOINT'], ...cells]));
    }
    return ExitCode.ok;
  },
};

/** One row per environment of the config in this region, and per stack of the app that stands there. */
async function rowsOf(region: string, loaded: LoadedConfig, context: CommandContext): Promise<Row[]> {
  const { identify } = await import('../config/names.ts');
  const [config] = [...loaded.configs.values()].filter((each) => each.region === region);
  const { app } = config!;
  const environments = new Set(
    [...loaded.configs].filter(([, each]) => each.region === region).map(([name]) => name),
  );
  const absent = (environment: string): Row => ({
    ...identify(app, environment, region),
    state: 'absent',
    endpoint: undefined,
  });
  if (region === 'local' && !(await localRuns(loaded.folder))) return [...environments].map(absent);

  const { cloud, scope } = await connectTo(
    { ...loaded, config: config!, identity: identify(app, 'default', region) },
    context,
  );
  const { readStack, stacksOf } = await import('../stack/facts.ts');
  for (const stack of await stacksOf(cloud, app)) environments.add(stack.split('/')[1]!);
  return Promise.all(
    [...environments].map(async (environment) => {
      const identity = identify(app, environment, region);
      const facts = await readStack(cloud, { ...scope, stack: identity.stack, hash: identity.hash });
      return { ...absent(environment), state: facts.exists ? 'up' : 'absent', endpoint: facts.endpoint?.url };
    }),
  );
}
