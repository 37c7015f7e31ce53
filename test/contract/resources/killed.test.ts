import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { apply } from '../../../src/engine/apply.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import type { ImageSource } from '../../../src/stack/input.ts';
import { crashingCloud } from './crashing-cloud.ts';
import { pictureOf } from './picture.ts';
import { startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';
import { engineContext, stackOf } from './stack-rig.ts';

const image: ImageSource = { build: await smallImage('server') };

async function up(cloud: Cloud): Promise<void> {
  const context = { ...engineContext(cloud), concurrency: 1 };
  const { error } = await apply(context, await plan(context, await stackOf(cloud, image), kinds));
  if (error) throw error;
}

async function down(cloud: Cloud): Promise<void> {
  const context = { ...engineContext(cloud), concurrency: 1 };
  const { error } = await destroy(context, await stackOf(cloud, image), kinds);
  if (error) throw error;
}

const undisturbed = await withCloud(async (cloud) => {
  const counting = crashingCloud(cloud, Infinity, 'before');
  await up(counting.cloud);
  return { writes: counting.writes(), picture: comparable(await pictureOf(cloud)) };
});

// Whether the last call is performed or not takes turns, which keeps the suite short.
const points = Array.from({ length: undisturbed.writes }, (_, index) => ({
  at: 1 + index,
  when: index % 2 === 0 ? ('after' as const) : ('before' as const),
}));

it.each(points)(
  'killed at writing call $at, $when it is performed: run again, it comes out the same, and goes',
  async ({ at, when }) => {
    await withCloud(async (cloud) => {
      await expect(up(crashingCloud(cloud, at, when).cloud)).rejects.toThrow('killed');
      await up(cloud);
      expect(comparable(await pictureOf(cloud))).toEqual(undisturbed.picture);

      await down(crashingCloud(cloud, at, when).cloud).catch((error: Error) => {
        expect(error.message).toContain('killed');
      });
      await down(cloud);
      const left = Object.entries(await pictureOf(cloud)).filter(([, all]) => Object.keys(all).length > 0);
      expect(left).toEqual([]);
      const { taskDefinitionArns } = await cloud.ecs.send(
        new ListTaskDefinitionsCommand({ status: 'INACTIVE' }),
      );
      expect(taskDefinitionArns).toEqual([]);
    });
  },
);

async function withCloud<Result>(use: (cloud: Cloud) => Promise<Result>): Promise<Result> {
  const rig = await startCloud();
  try {
    return await use(rig.cloud);
  } finally {
    await rig.close();
  }
}

/** A picture without what differs from cloud to cloud: the order of lists, addresses, and names that carry a hash of ids. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/redis:\/\/[\d.]+/, 'redis://address')
      .replace(/^127\.0\.0\.1:\d+/, 'registry')
      .replace(/-[0-9a-f]{6}\/[0-9a-f]{16}$/, '-hash/id')
      .replace(/-[0-9a-f]{6}$/, '-hash');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner)]));
  }
  const items = value.map((item) => comparable(item));
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
