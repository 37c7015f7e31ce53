import { isZoneId } from '../config/fields/https.ts';
import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/**
 * Certificate and DNS records, where the config asks for HTTPS: the certificate by tag, records by their names in the
 * hosted zone (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html,
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html).
 */
export function httpsStatements(input: PolicyInput): Statement[] {
  const { certificateArn, domain, hostedZone } = input.config.loadBalancer.https ?? {};
  if (certificateArn !== undefined)
    return [allow('ReadCertificate', 'acm', ['DescribeCertificate'], [certificateArn])];
  if (domain === undefined || hostedZone === undefined) return [];
  const certificates = arnsOf(input, 'acm')('certificate/*');
  // A name says nothing of the id; which records may be changed is limited all the same.
  const zone = `arn:${input.partition}:route53:::hostedzone/${isZoneId(hostedZone) ? hostedZone : '*'}`;
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
  return [
    allow('RequestTaggedCertificate', 'acm', ['AddTagsToCertificate', 'RequestCertificate'], ['*'], {
      StringEquals: taggingAs(input),
    }),
    allow(
      'OwnCertificate',
      'acm',
      ['AddTagsToCertificate', 'DeleteCertificate', 'DescribeCertificate', 'RemoveTagsFromCertificate'],
      certificates,
      { StringEquals: taggedAs(input) },
    ),
    allow('ReadHostedZone', 'route53', ['GetHostedZone', 'ListResourceRecordSets'], [zone]),
    allow('ChangeRecordsOfDomain', 'route53', ['ChangeResourceRecordSets'], [zone], {
      'ForAllValues:StringLike': { [names]: [domain, `*.${domain}`] },
    }),
    allow('FollowRecordChanges', 'route53', ['GetChange'], [`arn:${input.partition}:route53:::change/*`]),
    allow('FindHostedZone', 'route53', ['ListHostedZonesByName'], ['*']),
  ];
}
