import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand as ListRepositoryTagsCommand,
} from '@aws-sdk/client-ecr';
import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
} from '@aws-sdk/client-iam';
import { DescribeParametersCommand, GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { recordOf } from './picture-tags.ts';

/** Repositories, roles, log groups and parameters. */
export async function restPicture({ ecr, iam, logs, ssm }: Cloud) {
  const [repositories, roles, logGroups, parameters] = await Promise.all([
    ecr.send(new DescribeRepositoriesCommand({})),
    iam.send(new ListRolesCommand({ PathPrefix: '/chatops/' })),
    logs.send(new DescribeLogGroupsCommand({})),
    ssm.send(new DescribeParametersCommand({})),
  ]);
  return {
    repositories: await Promise.all(
      repositories.repositories!.map(async (one) => {
        const { repositoryName, repositoryArn } = one;
        const policy = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
        const { tags } = await ecr.send(new ListRepositoryTagsCommand({ resourceArn: repositoryArn }));
        const { rules: lifecycle } = JSON.parse(policy.lifecyclePolicyText!) as {
          rules: { selection: object; action: object }[];
        };
        return {
          name: repositoryName,
          tagMutability: one.imageTagMutability,
          scanOnPush: one.imageScanningConfiguration?.scanOnPush,
          lifecycle: lifecycle.map(({ selection, action }) => ({ ...selection, ...action })),
          tags: recordOf(tags),
        };
      }),
    ),
    roles: await Promise.all(
      roles.Roles!.map(async ({ RoleName, Path, AssumeRolePolicyDocument }) => {
        const [attached, inline, tags] = await Promise.all([
          iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
          iam.send(new ListRolePoliciesCommand({ RoleName })),
          iam.send(new ListRoleTagsCommand({ RoleName })),
        ]);
        const documents = await Promise.all(
          inline.PolicyNames!.map(async (PolicyName) => {
            const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            return [PolicyName, documentOf(answer.PolicyDocument!)] as const;
          }),
        );
        return {
          name: RoleName,
          path: Path,
          trust: documentOf(AssumeRolePolicyDocument!),
          managed: attached.AttachedPolicies!.map(({ PolicyArn }) => PolicyArn),
          inline: Object.fromEntries(documents),
          tags: recordOf(tags.Tags),
        };
      }),
    ),
    logGroups: await Promise.all(
      logGroups.logGroups!.map(async ({ logGroupName, logGroupArn, arn, retentionInDays }) => {
        const resourceArn = logGroupArn ?? arn!.replace(/:\*$/, '');
        const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }));
        return { name: logGroupName, retention: retentionInDays, tags };
      }),
    ),
    parameters: await Promise.all(
      parameters.Parameters!.map(async ({ Name, Type }) => {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
        return { name: Name, type: Type, value: Parameter?.Value };
      }),
    ),
  };
}

function documentOf(encoded: string): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}
