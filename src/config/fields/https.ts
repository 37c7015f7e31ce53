import * as z from 'zod';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domainName = new RegExp(`^${label}(\\.${label})+$`);
const certificateArn = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/;
const zoneId = /^Z[A-Z0-9]{1,31}$/;
const zoneName = new RegExp(`^${label}(\\.${label})*\\.?$`);

/** `loadBalancer.https`: a certificate that is there already, or a domain for which one is made. */
export const https = z
  .strictObject({
    certificateArn: z
      .string()
      .regex(certificateArn, 'must be the ARN of a certificate of Certificate Manager')
      .optional()
      .describe('A certificate that is there already; DNS stays as it is'),
    domain: z
      .string()
      // Certificate Manager takes longer ones only as further names.
      .max(64)
      .regex(domainName, 'must be a domain name in lower case, such as "chat.example.com"')
      .optional()
      .describe(
        'Name that the chat is reached by; its certificate and its records are made; needs `hostedZone`',
      ),
    hostedZone: z
      .string()
      .refine((zone) => isZoneId(zone) || zoneName.test(zone), {
        message: 'must be the id or the name of a hosted zone, such as "Z0123456789ABC" or "example.com"',
      })
      .optional()
      .describe('Id or name of the public Route 53 hosted zone that `domain` is in'),
    port: z
      .union([z.literal('auto'), z.number().int().min(1).max(65535)])
      .optional()
      .describe(
        'Port of the HTTPS listener; default 443, or "auto" (the first free one from 8443 up) where the region is local',
      ),
  })
  .superRefine(({ certificateArn, domain, hostedZone }, context) => {
    const isDomain = domain !== undefined && hostedZone !== undefined;
    const isArn = certificateArn !== undefined && domain === undefined && hostedZone === undefined;
    if (isArn || (isDomain && certificateArn === undefined)) return;
    const message =
      certificateArn === undefined
        ? 'needs either certificateArn, or domain and hostedZone'
        : 'has certificateArn as well as domain or hostedZone: keep one of the two forms';
    context.addIssue({ code: 'custom', message });
  })
  .refine(
    ({ domain, hostedZone }) =>
      domain === undefined ||
      hostedZone === undefined ||
      isZoneId(hostedZone) ||
      isWithin(domain, hostedZone),
    { path: ['domain'], message: 'must be within loadBalancer.https.hostedZone' },
  );

/** Whether the config names a hosted zone by its id, not by its name. */
export function isZoneId(zone: string): boolean {
  return zoneId.test(zone);
}

/** Whether a domain is a zone's own name or below it; a final dot says nothing. */
export function isWithin(domain: string, zone: string): boolean {
  const name = zone.replace(/\.$/, '');
  return domain === name || domain.endsWith(`.${name}`);
}
