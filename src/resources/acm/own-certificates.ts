import {
  ListTagsForCertificateCommand,
  paginateListCertificates,
  type CertificateSummary,
  type Tag,
} from '@aws-sdk/client-acm';
import type { Cloud } from '../../aws/cloud.ts';
import { coalesce } from '../../engine/coalesce.ts';
import type { Scope } from '../../engine/resource.ts';
import { unless } from '../shared/errors.ts';
import { collect } from '../shared/pages.ts';

/** The tag that says in which hosted zone the records of a certificate's domain are. */
export const zoneTag = 'chatops:hosted-zone';

/** A certificate of the stack, as far as the listing and its tags tell. */
export interface OwnCertificate {
  arn: string;
  domain: string;
  /** Without `/hostedzone/`. */
  zoneId: string;
  tags: Tag[];
}

type Tagged = { summary: CertificateSummary; tags: Tag[] };

const listings = new WeakMap<Cloud, () => Promise<Tagged[]>>();

/** The certificates that carry the stack's tags, the oldest first (`aws acm list-certificates`, `list-tags-for-certificate`). */
export async function ownCertificates(cloud: Cloud, scope: Scope): Promise<OwnCertificate[]> {
  // Certificates and records are looked for at the same time, and by the same tags.
  const list = listings.get(cloud) ?? coalesce(() => listTagged(cloud));
  listings.set(cloud, list);
  return (await list())
    .map(({ summary, tags }) => ({
      arn: summary.CertificateArn!,
      domain: summary.DomainName!,
      zoneId: tagOf(tags, zoneTag) ?? '',
      tags,
    }))
    .filter(({ tags }) => tagOf(tags, 'chatops:stack') === scope.stack);
}

async function listTagged(cloud: Cloud): Promise<Tagged[]> {
  const pages = paginateListCertificates({ client: cloud.acm }, {});
  const all = await collect(pages, (page) => page.CertificateSummaryList);
  const requested = all
    .filter(({ Type }) => Type === 'AMAZON_ISSUED')
    .sort((a, b) => Number(a.CreatedAt ?? 0) - Number(b.CreatedAt ?? 0));
  return Promise.all(
    requested.map(async (summary) => ({ summary, tags: await tagsOf(cloud, summary.CertificateArn!) })),
  );
}

async function tagsOf(cloud: Cloud, CertificateArn: string): Promise<Tag[]> {
  const answer = await unless(
    cloud.acm.send(new ListTagsForCertificateCommand({ CertificateArn })),
    'ResourceNotFoundException',
  );
  return answer?.Tags ?? [];
}

function tagOf(tags: Tag[], key: string): string | undefined {
  return tags.find(({ Key }) => Key === key)?.Value;
}
