import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { Cloud } from './cloud.ts';

/** A listener as far as its address goes. */
export interface Listening {
  protocol: string;
  port: number;
  /** Of HTTPS. */
  certificateArn: string | undefined;
}

/** Where a load balancer answers, for people, and how a program gets there. */
export interface Endpoint {
  /** Under the name of the certificate, where there is one: `https://chat.example.com`. */
  url: string;
  /** DNS name of the load balancer itself, which is there before any other name leads to it. */
  host: string;
  /** The name that the certificate has to be for; for plain HTTP the host. */
  serverName: string;
}

/**
 * The endpoint of a load balancer: HTTPS where it has such a listener, else HTTP; undefined where it has neither.
 * A certificate for `*.example.com` alone names no host: then the URL is that of the load balancer, and browsers
 * will warn (`aws acm describe-certificate`).
 */
export async function endpointOf(
  { acm }: Pick<Cloud, 'acm'>,
  { host, listeners }: { host: string; listeners: readonly Listening[] },
  abortSignal?: AbortSignal,
): Promise<Endpoint | undefined> {
  const https = listeners.find(({ protocol }) => protocol === 'HTTPS');
  const [front] = https === undefined ? listeners : [https];
  if (front === undefined) return undefined;
  if (front.certificateArn === undefined)
    return { url: urlOf('http', host, front.port), host, serverName: host };
  const { Certificate } = await acm.send(
    new DescribeCertificateCommand({ CertificateArn: front.certificateArn }),
    { abortSignal },
  );
  const { DomainName, SubjectAlternativeNames = [] } = Certificate ?? {};
  const names = [DomainName ?? host, ...SubjectAlternativeNames];
  const name = names.find((each) => !each.startsWith('*'));
  return {
    url: urlOf('https', name ?? host, front.port),
    host,
    serverName: name ?? names[0]!.replace('*', 'www'),
  };
}

function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const usual = scheme === 'https' ? 443 : 80;
  return `${scheme}://${host}${port === usual ? '' : `:${port}`}`;
}
