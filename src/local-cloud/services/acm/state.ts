import type { CertificateType, KeyAlgorithm, Tag } from '@aws-sdk/client-acm';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { store } from '../../cloud.ts';
import { canonicalName } from '../route53/names.ts';
import { recordKey, route53State } from '../route53/state.ts';

export interface StoredCertificate {
  arn: string;
  type: CertificateType;
  /** As it was asked for; the local cloud's own certificates are all of P-256. */
  keyAlgorithm: KeyAlgorithm;
  domainName: string;
  alternativeNames: string[];
  token: string | undefined;
  /** Milliseconds since 1970, like all times here. */
  createdAt: number;
  /** When it was seen to be validated; an imported one is from the start. */
  issuedAt: number | undefined;
  notAfter: number;
  /** What the load balancer shows; PEM. */
  certificate: string;
  key: string;
  tags: Tag[];
}

/** Certificate Manager in one region, by ARN. */
export const acmState = store('acm', () => ({ certificates: new Map<string, StoredCertificate>() }));

/** Throws InvalidArnException, ResourceNotFoundException. */
export function mustFindCertificate(call: Call, arn = ''): StoredCertificate {
  if (!/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/.test(arn)) {
    throw new AwsError('InvalidArnException', `Invalid arn: ${arn}`);
  }
  const found = acmState(call).certificates.get(arn);
  if (found !== undefined) return found;
  const message = `Could not find certificate ${arn} in account ${call.account}.`;
  throw new AwsError('ResourceNotFoundException', message);
}

/** The record that proves who a domain belongs to: the same for every certificate of an account for the domain. */
export function validationRecord(domain: string, digest: (text: string) => string) {
  const base = domain.replace(/^\*\./, '');
  return {
    Name: `_${digest(`name ${base}`)}.${base}.`,
    Type: 'CNAME' as const,
    Value: `_${digest(`value ${base}`)}.acm-validations.aws.`,
  };
}

/** Whether a record is there, and every name server has had it for as long as an issue takes. */
export function isPublished(record: { Name: string; Type: string; Value: string }, call: Call): boolean {
  const key = recordKey({ Name: canonicalName(record.Name), Type: 'CNAME' });
  for (const { records } of route53State(call).zones.values()) {
    const found = records.get(key);
    const value = found?.ResourceRecords?.[0]?.Value ?? '';
    if (found === undefined || canonicalName(value) !== record.Value) continue;
    return found.inSyncAt + call.cloud.clock.latency('certificate.issue') <= call.now.getTime();
  }
  return false;
}
