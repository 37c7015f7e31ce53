import type { LocalCloud } from '../../cloud.ts';
import { iam } from './state.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
}

/**
 * Whether a role's inline policies allow an action (`elasticloadbalancing:DescribeTargetHealth`) on any resource at
 * all; resources, conditions, NotAction and attached policies are not looked at, and the last two allow nothing.
 */
export function permits(cloud: LocalCloud, roleArn: string, action: string): boolean {
  const name = roleArn.split('/').at(-1) ?? '';
  const role = iam({ cloud, region: '' }).roles.get(name.toLowerCase());
  if (role?.arn !== roleArn) return false;
  const matching = [...role.policies.values()]
    .flatMap((document) => (JSON.parse(document) as { Statement: Statement | Statement[] }).Statement)
    .filter(({ Action = [] }) => [Action].flat().some((pattern) => matches(pattern, action)));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

function matches(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}
