import { expect, it } from 'vitest';
import { services } from '../../../src/local-cloud/services/index.ts';
import { enumerationsOf } from '../../helpers/sdk-enumerations.ts';

const file = '../../../src/local-cloud/constraints/enumerations.json';

it('the allowed values of requests are those of the SDK (to write them anew, run this test with -u)', async () => {
  const all: Record<string, unknown> = {};
  for (const service of services) all[service.signingName] = await enumerationsOf(service);
  await expect(`${JSON.stringify(all, null, 1)}\n`).toMatchFileSnapshot(file);
});
