import { CreateTagsCommand, DescribeTagsCommand as DescribeEc2TagsCommand } from '@aws-sdk/client-ec2';
import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import { plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import { vpc } from '../../../src/resources/ec2/vpc.ts';
import { scope, startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { engineContext, stackOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
let cloud: Cloud;
beforeAll(async () => {
  rig = await startCloud();
  cloud = rig.cloud;
});
afterAll(() => rig.close());

const image = { build: await smallImage('tags') };

async function planned(extraTags: Record<string, string>) {
  const context = { ...engineContext(cloud), extraTags };
  const whole = await plan(context, await stackOf(cloud, image), kinds);
  const todo = whole.actions
    .filter(({ action }) => action !== 'none')
    .map(({ id, action, changes }) => `${action} ${id}: ${changes.map(({ path }) => path).join(', ')}`);
  return { context, whole, todo };
}

async function up(extraTags: Record<string, string>): Promise<void> {
  const { context, whole } = await planned(extraTags);
  expect(await apply(context, whole)).toMatchObject({ outcome: 'done' });
  expect((await planned(extraTags)).todo).toEqual([]);
}

/** The tags besides the owner's, of every resource that stands; `redis-access` is a part of the replication group, and has none of its own. */
async function tagsOfAll(): Promise<Record<string, unknown>> {
  const found = await Promise.all(kinds.map((kind) => kind.find(cloud, scope)));
  return Object.fromEntries(
    found.flat().flatMap(({ id, tags }) => (id === 'redis-access' ? [] : [[id, tags] as const])),
  );
}

it('tags of the user’s own are on everything, change in place, and go again', async () => {
  await up({ team: 'chat', 'cost-center': '42' });
  const born = await tagsOfAll();
  expect(Object.keys(born)).toHaveLength(25);
  for (const tags of Object.values(born)) expect(tags).toEqual({ team: 'chat', 'cost-center': '42' });
  // The same, without the resource kinds.
  const { Tags } = await cloud.ec2.send(
    new DescribeEc2TagsCommand({ Filters: [{ Name: 'key', Values: ['team'] }] }),
  );
  expect(Tags).toHaveLength(11);
  const { taskDefinitionArns } = await cloud.ecs.send(new ListTaskDefinitionsCommand({}));

  const next = { team: 'talk', stage: 'test' };
  const { todo } = await planned(next);
  expect(todo.toSorted()).toEqual(
    Object.keys(born)
      .map((id) => `update ${id}: tags.cost-center, tags.stage, tags.team`)
      .toSorted(),
  );
  await up(next);
  for (const tags of Object.values(await tagsOfAll())) expect(tags).toEqual(next);
  // No new revision, so no deployment.
  const after = await cloud.ecs.send(new ListTaskDefinitionsCommand({}));
  expect(after.taskDefinitionArns).toEqual(taskDefinitionArns);

  await up({});
  for (const tags of Object.values(await tagsOfAll())) expect(tags).toEqual({});
});

it('a tag that was put there by hand is seen and taken away', async () => {
  const [{ ref } = { ref: '' }] = await vpc.find(cloud, scope);
  await cloud.ec2.send(new CreateTagsCommand({ Resources: [ref!], Tags: [{ Key: 'mine', Value: '1' }] }));
  expect((await planned({})).todo).toEqual(['update vpc: tags.mine']);
  await up({});
});
