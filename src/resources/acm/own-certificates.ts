import {
  ListTagsForCertificateCommand,
  paginateListCertificates,
  type CertificateSummary,
  type Tag,
} from '@aws-sdk/client-acm';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import { coalesce } from '../../engine/coalesce.ts';
import type { Scope } from '../../engine/resource.ts';
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

/**
 * Of the certificates that chatops requests: a listing can ask for it, and most others are RSA. Its handshakes are also
 * cheaper for a load balancer that thousands come back to at once.
 */
export const keyAlgorithm = 'EC_prime256v1';

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

/** Listings have no tags, and no call gives those of several certificates: each that may be ours is asked for its own. */
async function listTagged(cloud: Cloud): Promise<Tagged[]> {
  const pages = paginateListCertificates({ client: cloud.acm }, { Includes: { keyTypes: [keyAlgorithm] } });
  const all = await collect(pages, (page) => page.CertificateSummaryList);
  const foreign = foreigners.get(cloud) ?? new Set<string>();
  foreigners.set(cloud, foreign);
  const requested = all
    .filter((summary) => mayBeOurs(summary) && !foreign.has(summary.CertificateArn!))
    .sort((a, b) => Number(a.CreatedAt ?? 0) - Number(b.CreatedAt ?? 0));
  const tagged = await Promise.all(
    requested.map(async (summary) => ({ summary, tags: await tagsOf(cloud, summary.CertificateArn!) })),
  );
  for (const { summary, tags } of tagged) {
    if (tags !== undefined && tagOf(tags, zoneTag) === undefined) foreign.add(summary.CertificateArn!);
  }
  return tagged.flatMap(({ summary, tags }) => (tags === undefined ? [] : [{ summary, tags }]));
}

/** Certificates without our tags, which they would have had from the start: during a run they are asked for once. */
const foreigners = new WeakMap<Cloud, Set<string>>();

/** What we request is for one name. */
function mayBeOurs({
  Type,
  DomainName,
  SubjectAlternativeNameSummaries: names,
}: CertificateSummary): boolean {
  return Type === 'AMAZON_ISSUED' && (names ?? []).every((name) => name === DomainName);
}

async function tagsOf(cloud: Cloud, CertificateArn: string): Promise<Tag[] | undefined> {
  const answer = await unless(
    cloud.acm.send(new ListTagsForCertificateCommand({ CertificateArn })),
    'ResourceNotFoundException',
  );
  return answer && (answer.Tags ?? []);
}

function tagOf(tags: Tag[], key: string): string | undefined {
  return tags.find(({ Key }) => Key === key)?.Value;
}
