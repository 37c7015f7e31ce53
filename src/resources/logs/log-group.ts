import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  ListTagsForResourceCommand,
  paginateDescribeLogGroups,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { collect } from '../shared/pages.ts';
import { owned } from '../shared/tags.ts';

interface LogGroupProps {
  name: string;
  /** Days that events are kept, or undefined for ever. */
  retention: number | undefined;
}

interface LogGroupAttrs extends LogGroupProps {
  /** Without the `:*` of its streams. */
  arn: string;
}

/** A CloudWatch Logs group (`aws logs describe-log-groups --log-group-name-prefix`). */
export const logGroup: ResourceKind<Cloud, LogGroupProps, LogGroupAttrs> = {
  type: 'AWS::Logs::LogGroup',
  stateful: true,
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeLogGroups(
      { client: cloud.logs },
      { logGroupNamePrefix: `/chatops/${scope.stack}` },
    );
    const groups = await collect(pages, (page) => page.logGroups);
    return owned(
      scope,
      await Promise.all(
        groups.map(async (group) => {
          const arn = group.logGroupArn ?? group.arn!.replace(/:\*$/, '');
          const answer = await unless(
            cloud.logs.send(new ListTagsForResourceCommand({ resourceArn: arn })),
            'ResourceNotFoundException',
          );
          return {
            tags: answer?.tags,
            ref: group.logGroupName!,
            attrs: { name: group.logGroupName!, arn, retention: group.retentionInDays },
          };
        }),
      ),
    );
  },

  diff: (desired, current) => compareFields(desired, current, { name: 'replace', retention: 'update' }),

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `log group ${props.name}`,
      taken: ['ResourceAlreadyExistsException'],
      find: () => logGroup.find(cloud, step.scope),
      async create() {
        await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: props.name, tags: step.tags }));
        await setRetention(cloud, props);
      },
    });
  },

  async update(cloud, props) {
    await setRetention(cloud, props);
  },

  async tag(cloud, { arn: resourceArn }, { set, remove }) {
    if (Object.keys(set).length > 0) {
      await cloud.logs.send(new TagResourceCommand({ resourceArn, tags: set }));
    }
    if (remove.length > 0) {
      await cloud.logs.send(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
    }
  },

  async delete(cloud, { name }) {
    await unless(
      cloud.logs.send(new DeleteLogGroupCommand({ logGroupName: name })),
      'ResourceNotFoundException',
    );
  },
};

async function setRetention(cloud: Cloud, { name, retention }: LogGroupProps): Promise<void> {
  if (retention === undefined) {
    await cloud.logs.send(new DeleteRetentionPolicyCommand({ logGroupName: name }));
  } else {
    await cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: retention }));
  }
}
