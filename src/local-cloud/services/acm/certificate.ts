import { createHash } from 'node:crypto';
import type {
  CertificateDetail,
  CertificateSummary,
  DeleteCertificateRequest,
  DescribeCertificateRequest,
  DescribeCertificateResponse,
  ListCertificatesRequest,
  ListCertificatesResponse,
} from '@aws-sdk/client-acm';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { elbv2State } from '../elbv2/state.ts';
import { page } from '../page.ts';
import { acmState, isPublished, mustFindCertificate, validationRecord } from './state.ts';
import type { StoredCertificate } from './state.ts';

export const certificateOperations: Operations = {
  DescribeCertificate,
  ListCertificates,
  DeleteCertificate,
};

function DescribeCertificate(
  { CertificateArn }: DescribeCertificateRequest,
  call: Call,
): DescribeCertificateResponse {
  return { Certificate: described(mustFindCertificate(call, CertificateArn), call) };
}

/** Without `Includes.keyTypes`, only those of RSA with 1024 and 2048 bits. */
function ListCertificates(input: ListCertificatesRequest, call: Call): ListCertificatesResponse {
  const { CertificateStatuses: statuses = [], Includes, MaxItems, NextToken } = input;
  const keyTypes: string[] = Includes?.keyTypes ?? ['RSA_1024', 'RSA_2048'];
  const all = [...acmState(call).certificates.values()]
    .filter(({ keyAlgorithm }) => keyTypes.includes(keyAlgorithm))
    .map((certificate) => summary(certificate, call))
    .filter(({ Status }) => statuses.length === 0 || statuses.includes(Status!));
  const { items, next } = page(all, {
    key: ({ CertificateArn }) => CertificateArn!,
    size: MaxItems ?? 1000,
    token: NextToken,
    invalid: () => new AwsError('ValidationException', 'The token is not valid.'),
  });
  return { CertificateSummaryList: items, NextToken: next };
}

function DeleteCertificate({ CertificateArn }: DeleteCertificateRequest, call: Call): object {
  const { arn } = mustFindCertificate(call, CertificateArn);
  if (usersOf(arn, call).length > 0) {
    const message = `Certificate ${arn} in account ${call.account} is in use.`;
    throw new AwsError('ResourceInUseException', message);
  }
  acmState(call).certificates.delete(arn);
  return {};
}

/** What an HTTPS listener shows, or why it cannot have it. Throws CertificateNotFound, UnsupportedCertificate, in ELB's words. */
export function certificateFor(arn: string, call: Call): { certificate: string; key: string } {
  const found = acmState(call).certificates.get(arn);
  if (found === undefined) throw new AwsError('CertificateNotFound', `Certificate '${arn}' not found`);
  if (issuedAt(found, call) === undefined) {
    const message = `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`;
    throw new AwsError('UnsupportedCertificate', message);
  }
  return { certificate: found.certificate, key: found.key };
}

/** Looks for the records of a certificate that is not issued yet: once they are there, it is issued for good. */
function issuedAt(certificate: StoredCertificate, call: Call): number | undefined {
  const records = certificate.alternativeNames.map((name) => recordOf(name, call));
  if (certificate.issuedAt === undefined && records.every((record) => isPublished(record, call))) {
    certificate.issuedAt = call.now.getTime();
  }
  return certificate.issuedAt;
}

function recordOf(domain: string, { account }: Call) {
  const digest = (text: string) => createHash('md5').update(`${account} ${text}`).digest('hex');
  return validationRecord(domain, digest);
}

function described(certificate: StoredCertificate, call: Call): CertificateDetail {
  const { arn, type, domainName, alternativeNames, createdAt, notAfter } = certificate;
  const issued = issuedAt(certificate, call);
  const recordKnown = createdAt + call.cloud.clock.latency('certificate.record') <= call.now.getTime();
  return {
    CertificateArn: arn,
    DomainName: domainName,
    SubjectAlternativeNames: alternativeNames,
    Type: type,
    Status: issued === undefined ? 'PENDING_VALIDATION' : 'ISSUED',
    KeyAlgorithm: certificate.keyAlgorithm,
    CreatedAt: new Date(createdAt),
    InUseBy: usersOf(arn, call),
    ...(issued === undefined ? {} : { IssuedAt: new Date(issued), NotAfter: new Date(notAfter) }),
    ...(type === 'AMAZON_ISSUED' && {
      DomainValidationOptions: alternativeNames.map((name) => ({
        DomainName: name,
        ValidationDomain: name,
        ValidationMethod: 'DNS' as const,
        ValidationStatus: issued === undefined ? ('PENDING_VALIDATION' as const) : ('SUCCESS' as const),
        ...(recordKnown && { ResourceRecord: recordOf(name, call) }),
      })),
    }),
  };
}

function summary(certificate: StoredCertificate, call: Call): CertificateSummary {
  const { arn, type, domainName, alternativeNames, createdAt } = certificate;
  return {
    CertificateArn: arn,
    DomainName: domainName,
    SubjectAlternativeNameSummaries: alternativeNames,
    HasAdditionalSubjectAlternativeNames: false,
    KeyAlgorithm: certificate.keyAlgorithm,
    Type: type,
    Status: issuedAt(certificate, call) === undefined ? 'PENDING_VALIDATION' : 'ISSUED',
    InUse: usersOf(arn, call).length > 0,
    CreatedAt: new Date(createdAt),
  };
}

/** The load balancers that show it. */
function usersOf(arn: string, call: Call): string[] {
  const users = [...elbv2State(call).listeners.values()]
    .filter(({ Certificates = [] }) => Certificates.some(({ CertificateArn }) => CertificateArn === arn))
    .map(({ LoadBalancerArn }) => LoadBalancerArn);
  return [...new Set(users)];
}
