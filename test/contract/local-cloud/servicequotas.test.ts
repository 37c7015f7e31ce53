import { GetServiceQuotaCommand, ListServiceQuotasCommand } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quotas, quotaValue } from '../../../src/doctor/quota.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

it.each(Object.values(quotas))('$name is told by its codes', async ({ service, code, name, usual }) => {
  const { Quota } = await local.serviceQuotas.send(
    new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }),
  );
  expect(Quota).toMatchObject({ QuotaName: name, Value: usual, Adjustable: true });
  expect(await quotaValue(local, { service, code, name, usual: 0 })).toEqual({
    value: usual,
    isApplied: true,
  });
});

it('lists those of a service in pages, and refuses what there is not', async () => {
  const list = (input: object) =>
    local.serviceQuotas.send(new ListServiceQuotasCommand({ ServiceCode: 'fargate', ...input }));
  const { Quotas, NextToken } = await list({ MaxResults: 1 });
  expect(Quotas).toHaveLength(1);
  expect((await list({ NextToken })).Quotas).toHaveLength(1);
  await expect(list({ ServiceCode: 'nothing' })).rejects.toMatchObject({ name: 'NoSuchResourceException' });
  await expect(list({ NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidPaginationTokenException' });
  const unknown = { service: 'vpc', code: 'L-00000000', name: 'x', usual: 7 };
  expect(await quotaValue(local, unknown)).toEqual({ value: 7, isApplied: false });
});
