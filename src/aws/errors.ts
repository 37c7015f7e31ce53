import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { classify } from './error-class.ts';
import type { Call } from './operations.ts';

export { classify } from './error-class.ts';

/** Which call an error came from: the SDK's errors do not say. */
const calls = new WeakMap<object, Call>();

/** Notes which call an error came from, for {@link explain}. */
export function rememberCall(error: unknown, call: Call): void {
  if (typeof error === 'object' && error !== null) calls.set(error, call);
}

/** An error of AWS, of the network or of this tool as one line that names service and operation, with exit code and hint. */
export function explain(error: unknown): ChatopsError {
  if (error instanceof ChatopsError) return error;
  if (!(error instanceof Error)) return bug(error, String(error));
  const as = classify(error);
  const call = calls.get(error);
  if (as === 'fatal' && !call && !('$metadata' in error)) return bug(error, error.message);
  const where = call ? `${call.service} ${call.operation}` : 'AWS';
  const aborted = error.name === 'AbortError';
  return new ChatopsError(aborted ? `${where}: no answer in time` : `${where}: ${textOf(error)}`, {
    code: as === 'denied' ? 'aws.denied' : 'aws.error',
    exit: as === 'denied' ? ExitCode.access : ExitCode.failed,
    hint: hintFor(error),
    fields: { ...call, error: error.name },
    cause: error,
  });
}

function bug(cause: unknown, message: string): ChatopsError {
  return new ChatopsError(message, { code: 'bug', exit: ExitCode.bug, cause });
}

function textOf({ name, message }: Error): string {
  const said = message.replace(/\s+/g, ' ').trim();
  const generic = ['Error', 'UnknownError', 'Unknown'].includes(name);
  if (said === '' || said === name) return name;
  return generic ? said : `${name}: ${said}`;
}

const hints: [RegExp, string][] = [
  [
    /^(ExpiredToken(Exception)?|RequestExpired|TokenProviderError)$/,
    'renew the credentials (`aws sso login`, or a new session), then run the same command again',
  ],
  [
    /^CredentialsProviderError$/,
    'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`',
  ],
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature)$/,
    'check the access key and the clock of this machine; `aws sts get-caller-identity` shows who you are',
  ],
  [/^OptInRequired$/, 'enable the region for this account, or choose another one'],
  [
    /^(AccessDenied(Exception)?|Unauthorized\w*)$/,
    'let an administrator allow this operation for these credentials',
  ],
  [
    /^DependencyViolation$/,
    'look in the console for what is not of this stack in its VPC (an endpoint of GuardDuty, a network interface), remove it, and run the same command again',
  ],
  [
    /^Insufficient\w*Capacity/,
    'AWS has none of it left in these zones right now: choose another type, such as "redis.nodeType", or try again later',
  ],
  [
    /LimitExceeded(Exception|Fault)?$|Quota\w*Exceeded|^TooMany(LoadBalancers|TargetGroups|Targets|Listeners)/,
    'raise the quota in Service Quotas, or remove what is not needed',
  ],
];

function hintFor({ name }: Error): string | undefined {
  return hints.find(([pattern]) => pattern.test(name))?.[1];
}
