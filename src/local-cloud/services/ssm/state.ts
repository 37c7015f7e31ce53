import type { ParameterType } from '@aws-sdk/client-ssm';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';

/** One value that a parameter had. */
export interface ParameterVersion {
  version: number;
  type: ParameterType;
  value: string;
  /** What a SecureString shows without decryption. */
  ciphertext: string | undefined;
  keyId: string | undefined;
  description: string | undefined;
  allowedPattern: string | undefined;
  tier: 'Standard' | 'Advanced';
  dataType: string;
  modifiedAt: Date;
}

/** A parameter with its versions, oldest first: AWS keeps the last 100. */
export interface ParameterState {
  name: string;
  arn: string;
  versions: ParameterVersion[];
  tags: Map<string, string>;
}

/** Everything that Parameter Store keeps for one region, by name. */
export interface SsmState {
  parameters: Map<string, ParameterState>;
}

/** Parameter Store's state of the region of a call. */
export const ssm = store<SsmState>('ssm', () => ({ parameters: new Map() }));

/** The newest version. */
export function latest(parameter: ParameterState): ParameterVersion {
  return parameter.versions.at(-1)!;
}

/** A parameter and the version that `/name`, `/name:3` or its ARN means; undefined when there is none. */
export function select(
  place: { cloud: LocalCloud; region: string; account: string },
  selector: string,
): { parameter: ParameterState; version: ParameterVersion } | undefined {
  const [name = '', wanted] = nameOf(selector, place).split(':');
  const parameter = ssm(place).parameters.get(name);
  if (parameter === undefined) return undefined;
  if (wanted === undefined) return { parameter, version: latest(parameter) };
  const version = parameter.versions.find((one) => String(one.version) === wanted);
  if (version === undefined) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${wanted} of ${name}. Verify the version and try again.`,
    );
  }
  return { parameter, version };
}

/** AWS answers ParameterNotFound without any words. */
export function parameterNotFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

/** The ARN of a name: the slash of a path and the one of the ARN are the same one. */
export function arnOf(name: string, { region, account }: { region: string; account: string }): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

// An ARN does not say whether its name began with a slash; only names without a further one can do without.
function nameOf(selector: string, place: { cloud: LocalCloud; region: string; account: string }): string {
  const prefix = arnOf('', place);
  if (!selector.startsWith(prefix)) return selector;
  const plain = selector.slice(prefix.length);
  return ssm(place).parameters.has(plain.split(':')[0]!) ? plain : `/${plain}`;
}
