import type { BalancerListener } from '../../runtime/data-plane.ts';

type Version = NonNullable<BalancerListener['tls']>['minVersion'];

/** What a listener has where nobody says. */
export const defaultPolicy = 'ELBSecurityPolicy-2016-08';

/** The oldest version of TLS that a security policy takes (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html); which ciphers it takes besides is left to Node. */
export const minimumVersions: Readonly<Record<string, Version>> = {
  [defaultPolicy]: 'TLSv1',
  'ELBSecurityPolicy-TLS13-1-2-2021-06': 'TLSv1.2',
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': 'TLSv1.2',
  'ELBSecurityPolicy-TLS13-1-2-PQ-2025-09': 'TLSv1.2',
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09': 'TLSv1.2',
  'ELBSecurityPolicy-TLS13-1-3-2021-06': 'TLSv1.3',
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09': 'TLSv1.3',
};
