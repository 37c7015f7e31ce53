import { AwsError } from '../../operation.ts';

/** `+` and all but the unreserved characters of RFC 3986 percent-encoded: how IAM's answers carry a document. */
export function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Checks the form of a role's trust policy (no Resource) or of a permission policy (no Principal). Throws MalformedPolicyDocument or LimitExceeded. */
export function checkPolicy(document: string, kind: 'trust' | 'permission'): void {
  const limit = kind === 'trust' ? 2048 : 10_240;
  // White space does not count towards the limit.
  if (document.replace(/\s/g, '').length > limit) {
    throw new AwsError(
      'LimitExceeded',
      kind === 'trust'
        ? `Cannot exceed quota for ACLSizePerRole: ${limit}`
        : `Maximum policy size of ${limit} bytes exceeded for role`,
      409,
    );
  }
  const policy = parse(document);
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (policy.Statement === undefined || statements.length === 0) throw malformed('Syntax errors in policy.');
  for (const statement of statements) checkStatement(statement as Statement, kind);
}

interface Statement {
  Effect?: unknown;
  Action?: unknown;
  NotAction?: unknown;
  Resource?: unknown;
  NotResource?: unknown;
  Principal?: unknown;
}

function parse(document: string): { Statement?: unknown } {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    throw malformed('Syntax errors in policy.');
  }
  return policy;
}

function checkStatement(statement: Statement, kind: 'trust' | 'permission'): void {
  if (typeof statement !== 'object' || statement === null) throw malformed('Syntax errors in policy.');
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw malformed(`Invalid effect: ${String(statement.Effect)}`);
  }
  if (statement.Action === undefined && statement.NotAction === undefined) {
    throw malformed('Policy statement must contain actions.');
  }
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined;
  if (kind === 'trust') {
    if (hasResource) throw malformed('Has prohibited field Resource');
    if (statement.Principal === undefined) throw malformed('Missing required field Principal');
  } else {
    if (!hasResource) throw malformed('Policy statement must contain resources.');
    if (statement.Principal !== undefined) throw malformed('Policy document should not specify a principal.');
  }
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message, 400);
}
