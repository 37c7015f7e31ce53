import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import type { Config } from '../config/schema.ts';
import { fail, failed, ok, warn } from './check.ts';
import type { Check, Outcome } from './check.ts';

/** How long before its end a certificate that nobody renews is worth a word, in days. */
const soon = 30;

/** What HTTPS needs: a certificate that is issued, or a hosted zone that the domain is in; `zone` looks for it and throws what is wrong. */
export function httpsChecks(
  cloud: Pick<Cloud, 'acm'>,
  { https }: Config['loadBalancer'],
  zone: () => Promise<string | undefined>,
): Check[] {
  const { certificateArn, domain, hostedZone } = https ?? {};
  if (certificateArn !== undefined) {
    return [{ name: 'certificate', run: () => certificateOutcome(cloud, certificateArn) }];
  }
  if (domain === undefined) return [];
  const run = async () => ok(`${domain} is within ${hostedZone} (${await zone()})`);
  return [{ name: 'hosted zone', run: () => run().catch((error: unknown) => failed(explain(error))) }];
}

/** aws acm describe-certificate */
async function certificateOutcome({ acm }: Pick<Cloud, 'acm'>, CertificateArn: string): Promise<Outcome> {
  const name = 'loadBalancer.https.certificateArn';
  try {
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    const { DomainName, SubjectAlternativeNames = [], Status, Type, NotAfter } = Certificate ?? {};
    const names = [...new Set([DomainName, ...SubjectAlternativeNames])].join(', ');
    if (Status !== 'ISSUED') {
      return fail(
        `${name}: the certificate for ${names} is ${Status}`,
        'wait until it is ISSUED, or name another one',
      );
    }
    const days =
      NotAfter === undefined ? Infinity : Math.floor((NotAfter.getTime() - Date.now()) / 86_400_000);
    if (Type === 'IMPORTED' && days < soon) {
      return warn(
        `${name}: the certificate for ${names} ends in ${days} days`,
        'import its successor: AWS renews only its own',
      );
    }
    return ok(`issued for ${names}`);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') return failed(explain(error));
    return fail(`${name}: there is no such certificate`, 'name one of this account and region');
  }
}
