import type { Cloud } from '../aws/cloud.ts';
import type { LoadedConfig } from '../config/load.ts';
import { beyondStandIn } from '../config/stand-in.ts';
import { runChecks } from '../doctor/check.ts';
import type { Check, Finding } from '../doctor/check.ts';
import type { Machine } from '../doctor/machine.ts';
import type { Demand } from '../doctor/quotas.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { inputOf } from './policy.ts';
import { connectTo, loadConfigOf, localFolder, localRuns } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'check everything that up will need, and say what to do',
  description:
    'Looks at this machine, the config, the credentials, the region, permissions, quotas, secrets, certificate and image, and prints a line for each: OK, WARN, FAIL or SKIP. It changes nothing and starts nothing. The exit code is 5 when anything has failed, else 0.',
  json: true,

  async run(context) {
    const { host, options } = context;
    const findings = await examine(context);
    const healthy = findings.every(({ state }) => state !== 'FAIL');
    if (options.json === true) {
      host.stdout.write(`${JSON.stringify({ type: 'doctor', healthy, checks: findings })}\n`);
    } else {
      const { renderFindings } = await import('../doctor/text.ts');
      host.stdout.write(renderFindings(findings));
    }
    return healthy ? ExitCode.ok : ExitCode.failed;
  },
};

async function examine(context: CommandContext): Promise<Finding[]> {
  const { host } = context;
  const [{ machineChecks }, { thisMachine }] = await Promise.all([
    import('../doctor/machine.ts'),
    import('../doctor/this-machine.ts'),
  ]);
  const machine = thisMachine(host.nodeVersion, host.env);
  const first = await runChecks(machineChecks(machine));
  const loaded = await loadConfigOf(context).catch(asChatopsError);
  if (loaded instanceof ChatopsError) return [...first, failedWith('config', loaded)];
  const config: Finding = { name: 'config', state: 'OK', says: `stack ${loaded.identity.stack}` };
  const isLocal = loaded.identity.region === 'local';
  const others = await (isLocal ? examineLocal(loaded, machine, context) : examineAws(loaded, context));
  return [...first, config, ...others];
}

async function examineLocal(
  loaded: LoadedConfig,
  machine: Machine,
  context: CommandContext,
): Promise<Finding[]> {
  const [{ localChecks }, { localStatus }] = await Promise.all([
    import('../doctor/machine.ts'),
    import('../aws/local-daemon.ts'),
  ]);
  const stands = async () =>
    (await localStatus(localFolder(loaded.folder)))?.stacks.includes(loaded.identity.stack) === true;
  return runChecks([
    ...localChecks(
      machine,
      { port: loaded.config.loadBalancer.port, beyond: beyondStandIn(loaded.config) },
      stands,
    ),
    ...(await localSecretChecks(loaded, context)),
    await imageCheckOf(loaded, undefined, context),
  ]);
}

/** They are asked for where the local cloud runs: doctor starts nothing, and without it there are none. */
async function localSecretChecks(loaded: LoadedConfig, context: CommandContext): Promise<Check[]> {
  if (!(await localRuns(loaded.folder))) return [];
  const [{ secretChecks }, { cloud }] = await Promise.all([
    import('../doctor/secrets.ts'),
    connectTo(loaded, context, { patience: 5_000 }),
  ]);
  return secretChecks(cloud, loaded.config.service);
}

async function examineAws(loaded: LoadedConfig, context: CommandContext): Promise<Finding[]> {
  const session = await connectTo(loaded, context, { patience: 5_000 }).catch(asChatopsError);
  if (session instanceof ChatopsError) {
    const name = session.code === 'access.account' ? 'account' : 'credentials';
    const because = `without ${name === 'account' ? 'the right account' : 'credentials'} it is not looked at`;
    const unseen = ['region', 'permissions', 'VPCs', 'elastic IPs', 'Fargate vCPU'];
    return [
      failedWith(name, session),
      ...unseen.map((each): Finding => ({ name: each, state: 'SKIP', says: because })),
      ...(await runChecks([await imageCheckOf(loaded, undefined, context)])),
    ];
  }
  const { cloud } = session;
  const [
    { accountChecks },
    { permissionCheck },
    { httpsChecks },
    { quotaChecks },
    { secretChecks },
    { policyOf },
    { hostedZoneOf },
  ] = await Promise.all([
    import('../doctor/account.ts'),
    import('../doctor/permissions.ts'),
    import('../doctor/https.ts'),
    import('../doctor/quotas.ts'),
    import('../doctor/secrets.ts'),
    import('../policy/policy.ts'),
    import('../stack/hosted-zone.ts'),
  ]);
  const { account, region } = cloud;
  return runChecks([
    ...accountChecks(cloud, loaded.config),
    permissionCheck(cloud, policyOf({ ...(await inputOf(loaded, region)), account })),
    ...httpsChecks(cloud, loaded.config.loadBalancer, () => hostedZoneOf(cloud, loaded.config.loadBalancer)),
    ...quotaChecks(cloud, () => demandOf(loaded, cloud, session.scope)),
    ...secretChecks(cloud, loaded.config.service),
    await imageCheckOf(loaded, cloud, context),
  ]);
}

async function imageCheckOf(
  loaded: LoadedConfig,
  cloud: Cloud | undefined,
  { host, version }: CommandContext,
): Promise<Check> {
  const { imageCheck } = await import('../doctor/image.ts');
  return imageCheck(loaded.config, {
    cloud,
    isLocal: loaded.identity.region === 'local',
    fetch,
    build: async () => {
      const { buildServiceImage } = await import('./build-image.ts');
      const { stack, hash } = loaded.identity;
      await buildServiceImage({ ...loaded, scope: { stack, hash, version } }, host.packageRoot);
    },
  });
}

/** What the stack takes of the account's quotas besides what it has already. */
async function demandOf(
  { config, identity }: LoadedConfig,
  cloud: Cloud,
  scope: { stack: string; hash: string; version: string },
): Promise<Demand> {
  const [{ resourcesOf }, { vpc }, { elasticIp }, { scaledCounts }] = await Promise.all([
    import('./priced.ts'),
    import('../resources/ec2/vpc.ts'),
    import('../resources/ec2/elastic-ip.ts'),
    import('../stack/scaling.ts'),
  ]);
  const [resources, vpcs, addresses] = await Promise.all([
    resourcesOf(config, identity, cloud.region),
    vpc.find(cloud, scope),
    elasticIp.find(cloud, scope),
  ]);
  const { count, cpu, maxPercent, spot } = config.service;
  const most = scaledCounts(config)?.max ?? count;
  const wanted = (type: string) => resources.filter((each) => each.type === type).length;
  return {
    vpcs: Math.max(0, wanted(vpc.type) - vpcs.length),
    elasticIps: Math.max(0, wanted(elasticIp.type) - addresses.length),
    fargateVcpu: (Math.floor((most * maxPercent) / 100) * cpu) / 1024,
    spot,
  };
}

function failedWith(name: string, { message, hint, details }: ChatopsError): Finding {
  const says = [message, ...details].join('; ');
  return { name, state: 'FAIL', says, ...(hint === undefined ? {} : { todo: hint }) };
}

function asChatopsError(error: unknown): ChatopsError {
  if (error instanceof ChatopsError) return error;
  throw error;
}
