import { randomUUID } from 'node:crypto';
import type { RequestCertificateRequest, RequestCertificateResponse } from '@aws-sdk/client-acm';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { acmState } from './state.ts';
import { tagSet } from './tags.ts';

const hour = 60 * 60_000;
/** A certificate of Certificate Manager is valid for 198 days. */
const lifetime = 198 * 24 * hour;

/** The same token again within an hour answers with the certificate that is there. */
export async function RequestCertificate(
  input: RequestCertificateRequest,
  call: Call,
): Promise<RequestCertificateResponse> {
  const { DomainName = '', SubjectAlternativeNames = [], ValidationMethod, IdempotencyToken: token } = input;
  if (ValidationMethod !== 'DNS') {
    throw new AwsError('InvalidParameterException', 'The local cloud validates by DNS only');
  }
  const names = [...new Set([DomainName, ...SubjectAlternativeNames].map((name) => name.toLowerCase()))];
  for (const name of names) mustBeDomain(name);
  if (token !== undefined && !/^\w{1,32}$/.test(token)) {
    throw new AwsError(
      'ValidationException',
      `Value '${token}' at 'idempotencyToken' failed to satisfy constraint: Member must satisfy regular expression pattern: \\w+`,
    );
  }
  const tags = tagSet([], input.Tags);
  const { certificates } = acmState(call);
  const now = call.now.getTime();
  const before = [...certificates.values()].find(
    (each) => token !== undefined && each.token === token && now - each.createdAt < hour,
  );
  if (before !== undefined && before.alternativeNames.join() === names.join()) {
    return { CertificateArn: before.arn };
  }
  const arn = `arn:aws:acm:${call.region}:${call.account}:certificate/${randomUUID()}`;
  certificates.set(arn, {
    arn,
    type: 'AMAZON_ISSUED',
    keyAlgorithm: input.KeyAlgorithm ?? 'RSA_2048',
    domainName: names[0]!,
    alternativeNames: names,
    token,
    createdAt: now,
    issuedAt: undefined,
    notAfter: now + lifetime,
    ...(await call.cloud.dataPlane.certificates.issue(names)),
    tags,
  });
  return { CertificateArn: arn };
}

function mustBeDomain(name: string): void {
  const labels = name.replace(/^\*\./, '').split('.');
  const isName =
    labels.length > 1 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  if (!isName || name.length > 253) {
    throw new AwsError(
      'InvalidDomainValidationOptionsException',
      `The domain name '${name}' is not a fully qualified domain name`,
    );
  }
}
