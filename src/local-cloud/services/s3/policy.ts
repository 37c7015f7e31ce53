import { AwsError } from '../../operation.ts';
import type { BucketState } from './state.ts';

interface Statement {
  Effect?: string;
  Principal?: '*' | { Service?: string | string[]; AWS?: string | string[] };
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: object;
}

/** Refuses a bucket policy that S3 refuses: `MalformedPolicy`, and `AccessDenied` for a public one where these are blocked. */
export function checkPolicy({ name, publicAccessBlock }: BucketState, text: string): void {
  const statements = statementsIn(text);
  if (statements === undefined) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  for (const { Effect = '', Principal, Action, Resource } of statements) {
    if (!['Allow', 'Deny'].includes(Effect)) throw malformed(`Invalid effect: ${Effect}`);
    if (Principal === undefined) throw malformed('Missing required field Principal');
    if (Action === undefined) throw malformed('Missing required field Action');
    const arn = `arn:aws:s3:::${name}`;
    const resources = listed(Resource);
    if (resources.length === 0) throw malformed('Missing required field Resource');
    if (!resources.every((each) => each === arn || each.startsWith(`${arn}/`))) {
      throw malformed('Policy has invalid resource');
    }
  }
  const isPublic = statements.some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Allow' && Condition === undefined && (Principal === '*' || isAnybody(Principal)),
  );
  if (isPublic && publicAccessBlock?.BlockPublicPolicy === true) {
    throw new AwsError(
      'AccessDenied',
      'User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
      403,
    );
  }
}

/** Whether a bucket's policy lets a service of AWS put an object. */
export function letsPut({ name, policy }: BucketState, service: string, key: string): boolean {
  return (statementsIn(policy ?? '') ?? []).some(
    ({ Effect, Principal, Action, Resource }) =>
      Effect === 'Allow' &&
      typeof Principal === 'object' &&
      listed(Principal.Service).includes(service) &&
      listed(Action).some((action) => matches(action, 's3:PutObject')) &&
      listed(Resource).some((resource) => matches(resource, `arn:aws:s3:::${name}/${key}`)),
  );
}

function statementsIn(text: string): Statement[] | undefined {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return Statement === undefined ? undefined : [Statement].flat();
  } catch {
    return undefined;
  }
}

function isAnybody(principal: Statement['Principal']): boolean {
  return typeof principal === 'object' && listed(principal.AWS).includes('*');
}

function listed(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicy', message);
}
