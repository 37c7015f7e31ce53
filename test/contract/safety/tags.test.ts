import { CreateTagsCommand, DescribeTagsCommand as DescribeEc2TagsCommand } from '@aws-sdk/client-ec2';
import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { vpc } from '../../../src/resources/ec2/vpc.ts';
import { kinds } from '../../../src/resources/index.ts';
import { scope } from '../resources/rig.ts';
import { startSafety } from './safety-rig.ts';
import type { SafetyRig } from './safety-rig.ts';

let rig: SafetyRig;
beforeAll(async () => {
  rig = await startSafety();
});
afterAll(() => rig.close());

async function planned(extraTags: Record<string, string>): Promise<string[]> {
  const { actions } = await rig.plan({}, { extraTags });
  return actions
    .filter(({ action }) => action !== 'none')
    .map(({ id, action, changes }) => `${action} ${id}: ${changes.map(({ path }) => path).join(', ')}`);
}

async function up(extraTags: Record<string, string>): Promise<void> {
  await rig.up({}, { extraTags });
  expect(await planned(extraTags)).toEqual([]);
}

/** The tags besides the owner's, of every resource that stands; `redis-access` is a part of the replication group, and has none of its own. */
async function tagsOfAll(): Promise<Record<string, unknown>> {
  const found = await Promise.all(kinds.map((kind) => kind.find(rig.cloud, scope)));
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
  const { Tags } = await rig.cloud.ec2.send(
    new DescribeEc2TagsCommand({ Filters: [{ Name: 'key', Values: ['team'] }] }),
  );
  expect(Tags).toHaveLength(11);
  const { taskDefinitionArns } = await rig.cloud.ecs.send(new ListTaskDefinitionsCommand({}));

  const next = { team: 'talk', stage: 'test' };
  expect((await planned(next)).toSorted()).toEqual(
    Object.keys(born)
      .map((id) => `update ${id}: tags.cost-center, tags.stage, tags.team`)
      .toSorted(),
  );
  await up(next);
  for (const tags of Object.values(await tagsOfAll())) expect(tags).toEqual(next);
  // No new revision, so no deployment.
  const after = await rig.cloud.ecs.send(new ListTaskDefinitionsCommand({}));
  expect(after.taskDefinitionArns).toEqual(taskDefinitionArns);

  await up({});
  for (const tags of Object.values(await tagsOfAll())) expect(tags).toEqual({});
});

it('a tag that others put there stays, whatever becomes of ours', async () => {
  const [{ ref } = { ref: '' }] = await vpc.find(rig.cloud, scope);
  const tagsOfVpc = async () => (await vpc.find(rig.cloud, scope))[0]!.tags;
  await rig.cloud.ec2.send(
    new CreateTagsCommand({ Resources: [ref!], Tags: [{ Key: 'theirs', Value: '1' }] }),
  );
  expect(await planned({})).toEqual([]);
  // Too many for a note that people can read, and a key with a space.
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`cost-center ${index}`, 'x']));
  await up(many);
  expect(await tagsOfVpc()).toEqual({ ...many, theirs: '1' });
  // What they took over from us is ours again, and goes with the config.
  await up({ theirs: '2' });
  expect(await tagsOfVpc()).toEqual({ theirs: '2' });
  await up({});
  expect(await tagsOfVpc()).toEqual({});
});
