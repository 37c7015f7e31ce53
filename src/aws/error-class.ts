import type { ErrorClass } from '../engine/context.ts';

/** The parts of an SDK error, or of an error of Node's network stack, that say what happened. */
interface Described {
  name: string;
  message: string;
  /** Of Node: `ECONNRESET`. */
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/**
 * Names of errors by what they mean. They differ by protocol and service (`RequestLimitExceeded` of EC2 is
 * `ThrottlingException` of ECS), and the SDK's own `$retryable` is not set for most.
 */
const byName: [RegExp, ErrorClass][] = [
  [
    /^(RequestLimitExceeded|(Request)?Thrott(ling|led)(Exception)?|TooManyRequestsException|EC2ThrottledException|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete|APICallRateForCustomerExceeded(Fault)?)$/,
    'throttled',
  ],
  [
    /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthFailure|Unauthorized(Exception)?|UnrecognizedClientException|InvalidClientTokenId|ExpiredToken(Exception)?|RequestExpired|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken(Exception)?|OptInRequired|CredentialsProviderError|TokenProviderError)$/,
    'denied',
  ],
  [
    /^(TimeoutError|RequestTimeout(Exception)?|Internal(Error|Failure|ServerError|ServerException|ServiceError|ServiceErrorException)|ServerException|ServiceUnavailable(Exception|Error)?|Unavailable)$/,
    'transient',
  ],
  [/InUse|^DependencyViolation$|^DeleteConflict(Exception)?$|^ClusterContains|NotEmpty/, 'in-use'],
  [/AlreadyExist|AlreadyAssociated|Duplicate|^InvalidSubnet\.Conflict$/, 'exists'],
  [
    /NotFound|^NoSuch(Entity(Exception)?|Bucket|Change)$|^Gateway\.NotAttached$|^ServiceNotActiveException$/,
    'not-found',
  ],
  [
    /^Invalid\w*State(Fault|Exception)?$|^IncorrectState|^Concurrent(Modification|Update)(Exception)?$|^OperationAborted(Exception)?$|^ConflictException$|^UpdateInProgressException$|^TooManyUpdates$|^EntityTemporarilyUnmodifiable(Exception)?$/,
    'conflict',
  ],
];

/** What some services say under a name that says nothing (`InvalidParameterException` of ECS, `InvalidSubnet` of ELB). */
const byMessage: [RegExp, ErrorClass][] = [
  [/^Unable to describe task definition/i, 'not-found'],
  [/^ECS service doesn't exist/i, 'not-found'],
  [/Creation of service was not idempotent/i, 'exists'],
  [/still Draining|concurrent attempts to create a new revision/i, 'conflict'],
  // A role that was just made, and the first service-linked roles of an account, are visible after some seconds.
  [
    /assume (the |IAM )?(service linked )?role|cannot be assumed|Invalid principal in policy|^Role is not valid/i,
    'not-found',
  ],
  // One service asks another one, which does not show yet what was made a moment ago.
  // A bucket's policy that was just put.
  [/Access Denied for bucket/i, 'not-found'],
  [
    /does not have an associated load balancer|has no internet gateway|ErrorCode: Invalid\w+\.NotFound/i,
    'not-found',
  ],
  [
    /\b(subnet|security group|vpc|target group)s?\b[^.]* (does not exist|is not found|are invalid)\b/i,
    'not-found',
  ],
];

const lostConnection = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What an error means for the engine; everything unknown is `fatal`. */
export function classify(error: unknown): ErrorClass {
  if (!isDescribed(error)) return 'fatal';
  const named = byName.find(([pattern]) => pattern.test(error.name));
  if (named) return named[1];
  const said = byMessage.find(([pattern]) => pattern.test(error.message));
  if (said) return said[1];
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (status === 429) return 'throttled';
  if (status >= 500 || lostConnection.has(error.code ?? '')) return 'transient';
  return 'fatal';
}

/** Whether a request surely never reached the service, so that even a write can be sent again. */
export function neverArrived(error: unknown): boolean {
  return isDescribed(error) && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(error.code ?? '');
}

function isDescribed(error: unknown): error is Described {
  return error instanceof Error;
}
