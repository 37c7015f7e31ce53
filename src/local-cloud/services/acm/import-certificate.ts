import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import type { ImportCertificateRequest, ImportCertificateResponse, KeyAlgorithm } from '@aws-sdk/client-acm';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { acmState } from './state.ts';
import { tagSet } from './tags.ts';

/** Takes a certificate of somebody else's making; it is ISSUED from the start. */
export function ImportCertificate(input: ImportCertificateRequest, call: Call): ImportCertificateResponse {
  if (input.CertificateArn !== undefined) {
    throw new AwsError('InvalidParameterException', 'The local cloud does not import a certificate again');
  }
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
  const [certificate, key, chain] = [input.Certificate, input.PrivateKey, input.CertificateChain].map(text);
  const read = checked(certificate!, key!);
  const names = [...(read.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map(([, name]) => name!);
  const arn = `arn:aws:acm:${call.region}:${call.account}:certificate/${randomUUID()}`;
  const now = call.now.getTime();
  acmState(call).certificates.set(arn, {
    arn,
    type: 'IMPORTED',
    keyAlgorithm: algorithmOf(read),
    domainName: names[0] ?? /CN=(.+)/.exec(read.subject)?.[1] ?? '',
    alternativeNames: names,
    token: undefined,
    createdAt: now,
    issuedAt: now,
    notAfter: Date.parse(read.validTo),
    certificate: `${certificate}${chain}`,
    key: key!,
    tags: tagSet([], input.Tags),
  });
  return { CertificateArn: arn };
}

function algorithmOf({ publicKey }: X509Certificate): KeyAlgorithm {
  const { asymmetricKeyType, asymmetricKeyDetails: details } = publicKey;
  if (asymmetricKeyType === 'ec') return `EC_${details?.namedCurve ?? 'prime256v1'}` as KeyAlgorithm;
  return `RSA_${details?.modulusLength ?? 2048}` as KeyAlgorithm;
}

function checked(certificate: string, key: string): X509Certificate {
  let read: X509Certificate;
  let isMatch: boolean;
  try {
    read = new X509Certificate(certificate);
    isMatch = read.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new AwsError('ValidationException', 'The certificate or its key is not a valid, PEM encoded one.');
  }
  if (!isMatch) {
    throw new AwsError('ValidationException', 'The private key does not match the certificate.');
  }
  return read;
}
