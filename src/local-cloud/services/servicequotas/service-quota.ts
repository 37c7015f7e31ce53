import type {
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { AwsError } from '../../operation.ts';
import type { Call, Operations } from '../../operation.ts';
import { page } from '../page.ts';
import { quotas, serviceNames } from './quotas.ts';

export const serviceQuotaOperations: Operations = { GetServiceQuota, ListServiceQuotas };

function GetServiceQuota(
  { ServiceCode, QuotaCode }: GetServiceQuotaRequest,
  call: Call,
): GetServiceQuotaResponse {
  const quota = quotas.find(({ service, code }) => service === ServiceCode && code === QuotaCode);
  if (quota === undefined) throw noSuchResource();
  return { Quota: shown(quota, call) };
}

function ListServiceQuotas(
  { ServiceCode, QuotaCode, MaxResults, NextToken }: ListServiceQuotasRequest,
  call: Call,
): ListServiceQuotasResponse {
  const own = quotas.filter(({ service }) => service === ServiceCode);
  if (own.length === 0) throw noSuchResource();
  const { items, next } = page(
    own.filter(({ code }) => QuotaCode === undefined || code === QuotaCode),
    {
      key: ({ code }) => code,
      size: MaxResults ?? 100,
      token: NextToken,
      invalid: () => new AwsError('InvalidPaginationTokenException', 'Invalid NextToken token.'),
    },
  );
  return { Quotas: items.map((quota) => shown(quota, call)), NextToken: next };
}

function shown({ service, code, name, value }: (typeof quotas)[number], call: Call): ServiceQuota {
  return {
    ServiceCode: service,
    ServiceName: serviceNames[service],
    QuotaArn: `arn:aws:servicequotas:${call.region}:${call.account}:${service}/${code}`,
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}

function noSuchResource(): AwsError {
  return new AwsError(
    'NoSuchResourceException',
    'The request failed because the specified service or quota does not exist.',
  );
}
