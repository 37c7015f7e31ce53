import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import { partsOf, policyOf } from '../../../src/policy/policy.ts';

function policyFor(settings: object = {}, region = 'eu-west-3', partition = 'aws') {
  const identity = identify('chat', 'default', region);
  const config = configSchema.parse(settings);
  return policyOf({ config, identity, names: namesOf(identity), partition, account: '123456789012' });
}

const withSid = (sid: string, policy = policyFor()) => policy.Statement.find(({ Sid }) => Sid === sid)!;

describe('the policy', () => {
  it('has a name of letters for each statement, and no statement twice', () => {
    const sids = policyFor().Statement.map(({ Sid }) => Sid);
    expect(sids.filter((sid) => !/^[A-Z][A-Za-z]+$/.test(sid))).toEqual([]);
    expect(new Set(sids).size).toBe(sids.length);
  });

  it('never allows a whole service, and writes on everything only where AWS knows no limit', () => {
    const { Statement } = policyFor();
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const unlimited = Statement.filter(({ Resource, Condition }) => Resource.includes('*') && !Condition);
    const writes = unlimited
      .flatMap(({ Action }) => Action)
      .filter((action) => !/:(Get|List|Describe)/.test(action));
    expect(writes).toEqual(['ecs:DeregisterTaskDefinition']);
  });

  it('passes the two roles to ECS tasks and to nobody else', () => {
    const { hash } = identify('chat', 'default', 'eu-west-3');
    expect(withSid('PassRolesToTasks')).toEqual({
      Sid: 'PassRolesToTasks',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: ['execution', 'task'].map(
        (role) => `arn:aws:iam::123456789012:role/chatops/${hash}/chat-${hash}-${role}`,
      ),
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  it('changes only what carries the stack’s tag', () => {
    expect(withSid('ChangeOwnNetwork').Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/chatops:stack': 'chat/default/eu-west-3' },
    });
    expect(withSid('CreateTaggedNetwork').Condition).toEqual({
      StringEquals: { 'aws:RequestTag/chatops:stack': 'chat/default/eu-west-3' },
    });
  });

  it('follows the config: Container Insights leave a log group behind', () => {
    expect(withSid('DeleteContainerInsights')).toBeUndefined();
    const enhanced = policyFor({ monitoring: { containerInsights: 'enhanced' } });
    expect(withSid('DeleteContainerInsights', enhanced).Resource[0]).toContain(
      '/aws/ecs/containerinsights/chat-',
    );
  });

  it('names the partition of the region in every ARN', () => {
    const china = JSON.stringify(policyFor({}, 'cn-north-1', 'aws-cn'));
    expect(china).toContain('arn:aws-cn:ec2:cn-north-1:');
    expect(china).not.toContain('arn:aws:');
  });

  it('is cut into parts that fit into managed policies and lose nothing', () => {
    const policy = policyFor();
    const parts = partsOf(policy);
    expect(parts.flatMap(({ Statement }) => Statement)).toEqual(policy.Statement);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThanOrEqual(6144);
    expect(parts.length).toBeLessThanOrEqual(3);
  });
});
