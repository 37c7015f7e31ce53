import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference';

export const servicequotas: Limits = {
  MaxResults: { page: `${reference}/API_ListServiceQuotas.html`, min: 1, max: 100 },
  QuotaCode: {
    page: `${reference}/API_GetServiceQuota.html`,
    minLength: 1,
    maxLength: 128,
    pattern: /^[a-zA-Z][a-zA-Z0-9-]{1,128}$/,
  },
  ServiceCode: {
    page: `${reference}/API_GetServiceQuota.html`,
    minLength: 1,
    maxLength: 63,
    pattern: /^[a-zA-Z][a-zA-Z0-9-]{1,63}$/,
  },
};
