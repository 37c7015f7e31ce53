import { certificate } from '../resources/acm/certificate.ts';
import { zoneTag } from '../resources/acm/own-certificates.ts';
import { block } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** Certificates of Certificate Manager. */
export const acm: Mapping[] = [
  mapping(certificate, ({ attrs, name, tags }) => [
    {
      type: 'aws_acm_certificate',
      name,
      importId: attrs.arn,
      known: { [attrs.arn]: 'arn' },
      ...(attrs.validation && {
        comment: `The record that renews it, ${attrs.validation.name}, is the same for every certificate of the account for this name, and stays in the zone.`,
      }),
      body: {
        domain_name: attrs.domain,
        validation_method: 'DNS',
        tags: tags({ [zoneTag]: attrs.zoneId }),
        lifecycle: block({ create_before_destroy: true }),
      },
    },
  ]),
];
