import { randomBytes } from 'node:crypto';
import type { PutParameterCommandInput, PutParameterCommandOutput } from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { checkName, validation } from './parameter-name.ts';
import { arnOf, latest, ssm } from './state.ts';
import type { ParameterState, ParameterVersion } from './state.ts';
import { checkTagCount, tagSet } from './tag-set.ts';

const keptVersions = 100;
const maxBytes = { Standard: 4096, Advanced: 8192 };

export const PutParameter: Operation<PutParameterCommandInput, PutParameterCommandOutput> = (input, call) => {
  const name = input.Name!;
  checkName(name);
  checkValue(input);
  if (input.Overwrite === true && (input.Tags?.length ?? 0) > 0) {
    throw validation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const { parameters } = ssm(call);
  const existing = parameters.get(name);
  if (existing !== undefined && input.Overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const parameter = existing ?? created(name, input, call);
  const version = nextVersion(parameter, input, call);
  parameter.versions = [...parameter.versions, version].slice(-keptVersions);
  parameters.set(name, parameter);
  return { Version: version.version, Tier: version.tier };
};

function checkValue(input: PutParameterCommandInput): void {
  const { Value: value = '', Tier: tier = 'Standard', AllowedPattern: pattern } = input;
  if (value === '') {
    throw validation(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const kind = tier === 'Standard' ? 'Standard' : 'Advanced';
  if (Buffer.byteLength(value) > maxBytes[kind]) {
    throw validation(
      kind === 'Standard'
        ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
        : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    );
  }
  if (pattern !== undefined && !matches(value, pattern)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, ${value}, does not match AllowedPattern ${pattern}.`,
    );
  }
}

function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    throw new AwsError('InvalidAllowedPatternException', `Invalid AllowedPattern: ${pattern}.`);
  }
}

function created(name: string, input: PutParameterCommandInput, call: Call): ParameterState {
  if (input.Type === undefined) {
    throw validation('A parameter type is required when you create a parameter.');
  }
  const tags = tagSet(input.Tags ?? []);
  checkTagCount(tags);
  return { name, arn: arnOf(name, call), versions: [], tags };
}

function nextVersion(
  parameter: ParameterState,
  input: PutParameterCommandInput,
  call: Call,
): ParameterVersion {
  const before = parameter.versions.length === 0 ? undefined : latest(parameter);
  const type = input.Type ?? before?.type ?? 'String';
  if (!['String', 'StringList', 'SecureString'].includes(type)) {
    throw new AwsError('UnsupportedParameterType', `Parameter type ${type} is not supported.`);
  }
  if (before !== undefined && (before.type === 'SecureString') !== (type === 'SecureString')) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `The parameter ${parameter.name} is of type ${before.type} and cannot be changed to ${type}. You must create a new, unique parameter.`,
    );
  }
  const secure = type === 'SecureString';
  return {
    version: (before?.version ?? 0) + 1,
    type,
    value: input.Value!,
    ciphertext: secure ? randomBytes(96).toString('base64') : undefined,
    keyId: secure ? (input.KeyId ?? before?.keyId ?? 'alias/aws/ssm') : undefined,
    description: input.Description ?? before?.description,
    allowedPattern: input.AllowedPattern ?? before?.allowedPattern,
    // Intelligent tiering takes the standard tier for as long as it does.
    tier:
      input.Tier === 'Advanced' || before?.tier === 'Advanced' || Buffer.byteLength(input.Value!) > 4096
        ? 'Advanced'
        : 'Standard',
    dataType: input.DataType ?? before?.dataType ?? 'text',
    modifiedAt: call.now,
  };
}
