import type { LoadedConfig } from '../config/load.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { loadConfigOf } from './session.ts';
import type { CommandSpec } from './spec.ts';

interface PolicyOptions {
  region?: string;
  account?: string;
  part?: number;
}

export const policy: CommandSpec<PolicyOptions> = {
  name: 'policy',
  summary: 'print the IAM policy that whoever runs chatops with this config needs',
  description:
    'Prints the least that a person or a pipeline has to be allowed to run up, plan, deploy, status, logs, ls, export and down for this stack, as an IAM policy document: limited by names, paths and tags wherever AWS can. It asks nobody and needs no credentials.',
  json: true,
  options: [
    { flags: '-r, --region <region>', description: 'region of the stack (default: the config’s)' },
    {
      flags: '-a, --account <id>',
      description: 'account of the stack (default: the config’s, or whichever the policy is put into)',
      parse: accountId,
    },
    {
      flags: '-p, --part <n>',
      description: 'only this part, as long as a managed policy may be',
      parse: partNumber,
    },
  ],

  async run(context) {
    const { host, options } = context;
    const loaded = await loadConfigOf(context);
    const region = options.region ?? loaded.identity.region;
    if (region === 'local') throw noRegion();
    const { policyOf, partsOf, fitsInline } = await import('../policy/policy.ts');
    const account = options.account ?? loaded.config.account ?? '*';
    const whole = policyOf({ ...(await inputOf(loaded, region)), account });
    const parts = partsOf(whole);
    const { part, json } = options;
    if (part !== undefined && part > parts.length) throw noSuchPart(parts.length);
    const document = part === undefined ? whole : parts[part - 1]!;
    host.stdout.write(`${JSON.stringify(document, undefined, json === true ? undefined : 2)}\n`);
    if (part === undefined && json !== true && parts.length > 1) {
      host.stderr.write(
        `fits into ${fitsInline(whole) ? 'a role as an inline policy, or into ' : ''}${parts.length} managed policies: --part 1 to --part ${parts.length}\n`,
      );
    }
    const role = loaded.config.assumeRole?.roleArn;
    if (role !== undefined && json !== true) {
      host.stderr.write(
        `for ${role}, which the config assumes; whoever runs chatops needs sts:AssumeRole on it and nothing else\n`,
      );
    }
    return ExitCode.ok;
  },
};

/** What a policy is about besides the account. */
export async function inputOf({ config, identity }: LoadedConfig, region: string) {
  const { identify, namesOf } = await import('../config/names.ts');
  const named = identify(identity.app, identity.environment, region);
  return { config, identity: named, names: namesOf(named), partition: partitionOf(region) };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new Error('must be the 12 digits of an account id.');
  return text;
}

function partNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error('must be the number of a part, from 1 up.');
  return Number(text);
}

function noSuchPart(count: number): ChatopsError {
  return new ChatopsError(`the policy has ${count} ${count === 1 ? 'part' : 'parts'}`, {
    code: 'policy.part',
    exit: ExitCode.usage,
    hint: `choose one from 1 to ${count}`,
  });
}

function noRegion(): ChatopsError {
  return new ChatopsError('the config is for this machine, which asks for no permissions', {
    code: 'policy.local',
    exit: ExitCode.usage,
    hint: 'name the region that it is to run in, such as --region eu-west-3, or an environment with --env',
  });
}
