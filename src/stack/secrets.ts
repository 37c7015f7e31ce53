import type { Config } from '../config/schema.ts';
import type { StackInput } from './input.ts';

/** The secrets of the config by variable name, each as the ARN that a task definition names. */
export function secretsOf(
  { secrets }: Config['service'],
  { account, partition, region }: StackInput['cloud'],
): Record<string, string> {
  const arnOf = (reference: string) =>
    reference.startsWith('arn:')
      ? reference
      : `arn:${partition}:ssm:${region}:${account}:parameter/${reference.replace(/^\//, '')}`;
  return Object.fromEntries(Object.entries(secrets).map(([name, from]) => [name, arnOf(from)]));
}

/** What the execution role has to read: parameters and secrets of the config by ARN, each once, in order. */
export function readableSecrets(
  service: Config['service'],
  cloud: StackInput['cloud'],
): { parameters: string[]; secrets: string[] } {
  const all = Object.values(secretsOf(service, cloud));
  const secrets = [
    ...all.filter(isSecret),
    ...(service.registryCredentials ? [service.registryCredentials] : []),
  ];
  return {
    parameters: unique(all.filter((arn) => !isSecret(arn))),
    // Without the key, stage and version, which are no part of the resource.
    secrets: unique(secrets.map((arn) => arn.split(':').slice(0, 7).join(':'))),
  };
}

function isSecret(arn: string): boolean {
  return arn.split(':')[2] === 'secretsmanager';
}

function unique(arns: string[]): string[] {
  return [...new Set(arns)].sort();
}
