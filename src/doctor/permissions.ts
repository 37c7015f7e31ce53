import { GetRoleCommand, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import type { EvaluationResult } from '@aws-sdk/client-iam';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Statement } from '../policy/statement.ts';
import { callerArn } from './account.ts';
import { fail, ok, skip } from './check.ts';
import type { Check, Outcome } from './check.ts';

const shown = 5;

/** Whether the credentials may do what `chatops policy` lists, as far as IAM tells (aws iam simulate-principal-policy). */
export function permissionCheck(cloud: Cloud, policy: Policy): Check {
  return {
    name: 'permissions',
    run: async () => {
      const arn = await callerArn(cloud);
      if (arn.endsWith(':root')) return skip('the root user may do everything');
      const principal = await principalOf(cloud, arn);
      if (principal === undefined) return skip(`IAM does not simulate ${arn}`);
      try {
        const denied = await Promise.all(policy.Statement.map((each) => deniedOf(cloud, principal, each)));
        return verdict(
          policy.Statement.flatMap(({ Action }) => Action),
          denied.flat(),
        );
      } catch (error) {
        return skip(
          explain(error).message,
          'allow iam:SimulatePrincipalPolicy to have this checked, or compare with `chatops policy`',
        );
      }
    },
  };
}

function verdict(actions: readonly string[], denied: readonly string[]): Outcome {
  const distinct = [...new Set(denied)].sort();
  if (distinct.length === 0) return ok(`all ${new Set(actions).size} actions of \`chatops policy\``);
  const more = distinct.length > shown ? ` and ${distinct.length - shown} more` : '';
  return fail(
    `not allowed: ${distinct.slice(0, shown).join(', ')}${more}`,
    'let an administrator allow what `chatops policy` prints',
  );
}

/** The user or role behind a session, or undefined where it is neither. */
async function principalOf(cloud: Cloud, arn: string): Promise<string | undefined> {
  if (arn.includes(':user/')) return arn;
  const role = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  if (role === null) return undefined;
  const [, partition, account, name] = role;
  try {
    // The ARN of a session leaves out the path of the role.
    const { Role } = await cloud.iam.send(new GetRoleCommand({ RoleName: name }));
    return Role!.Arn;
  } catch {
    return `arn:${partition}:iam::${account}:role/${name}`;
  }
}

async function deniedOf(cloud: Cloud, principal: string, statement: Statement): Promise<string[]> {
  const allowed = new Set<string>();
  const pages = paginateSimulatePrincipalPolicy(
    { client: cloud.iam },
    {
      PolicySourceArn: principal,
      ActionNames: statement.Action,
      // A resource of each kind that the statement is about.
      ResourceArns: statement.Resource.map((arn) => (arn === '*' ? arn : arn.replaceAll('*', 'x'))),
      ContextEntries: contextOf(statement),
    },
  );
  for await (const page of pages)
    for (const result of page.EvaluationResults ?? [])
      if (isAllowed(result)) allowed.add(result.EvalActionName!);
  return statement.Action.filter((action) => !allowed.has(action));
}

/** Allowed on one of the resources is enough: not every action of a statement is about each of them. */
function isAllowed({ EvalDecision, ResourceSpecificResults = [] }: EvaluationResult): boolean {
  return (
    EvalDecision === 'allowed' ||
    ResourceSpecificResults.some(({ EvalResourceDecision }) => EvalResourceDecision === 'allowed')
  );
}

function contextOf({ Condition = {} }: Statement) {
  return Object.values(Condition).flatMap((keys) =>
    Object.entries(keys).map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyType: 'string' as const,
      ContextKeyValues: [Array.isArray(value) ? value[0]! : value],
    })),
  );
}
