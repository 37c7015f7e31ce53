import { afterAll, beforeAll, expect, it } from 'vitest';
import { zoneRefusals } from '../../../src/stack/zone-refusals.ts';
import { startCloud } from './rig.ts';
import { bringTo, planOf } from './stack-rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeAll(async () => {
  rig = await startCloud();
});
afterAll(() => rig.close());

// No task runs: the image is not there to be pulled.
const image = { reference: 'nginx:1.27' };
const settings = (zones: number, redis: object) => ({ service: { count: 0 }, network: { zones }, redis });

const up = (zones: number, redis: object) => bringTo({ cloud: rig.cloud, image }, settings(zones, redis));
const refused = async (zones: number, redis: object) =>
  zoneRefusals((await planOf({ cloud: rig.cloud, image }, settings(zones, redis))).whole);

it(
  'a zone with a node of Redis cannot be left, and can once the node is gone',
  { timeout: 60_000 },
  async () => {
    expect(await refused(3, { replicas: 2 })).toEqual([]);
    await up(3, { replicas: 2 });
    expect(await refused(3, { replicas: 2 })).toEqual([]);
    for (const replicas of [2, 1]) {
      const [refusal, ...others] = await refused(2, { replicas });
      expect(others).toEqual([]);
      expect(refusal).toMatchObject({
        message: expect.stringMatching(/^chat-\w+-003 of Redis is in localc, which the stack would leave$/),
        hint: expect.stringContaining('lower "redis.replicas" first'),
        exit: 5,
        fields: { zone: 'localc' },
      });
    }
    await up(3, { replicas: 1 });
    expect(await refused(2, { replicas: 1 })).toEqual([]);
    await up(2, { replicas: 1 });
  },
);
