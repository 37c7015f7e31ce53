import { randomUUID } from 'node:crypto';
import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Change, ResourceKind, Scope, Step } from '../../engine/resource.ts';
import { deleteRecord, recordsBelow, writeRecord } from '../route53/owned-records.ts';
import { compare, compareFields } from '../shared/compare.ts';
import { owned, tagList } from '../shared/tags.ts';
import { keyAlgorithm, ownCertificates, zoneTag } from './own-certificates.ts';
import type { OwnCertificate } from './own-certificates.ts';

interface CertificateProps {
  domain: string;
  /** Of the hosted zone that gets the record which proves that the domain is ours. */
  zoneId: string;
}

interface CertificateAttrs extends CertificateProps {
  arn: string;
  /** `PENDING_VALIDATION`, `ISSUED`, or why it will never be. */
  status: string;
  /** The CNAME that Certificate Manager looks for, once it says which. */
  validation: { name: string; value: string } | undefined;
  /** Whether that CNAME is in the zone, whoever put it there: it is the same for every certificate of an account. */
  published: boolean;
}

/**
 * A certificate of Certificate Manager with the DNS record that validates and renews it; it can be used once it is
 * issued (`aws acm list-certificates`, `list-tags-for-certificate`, `describe-certificate`, `aws route53
 * list-resource-record-sets`). All records of the stack are found by its certificates: those go last.
 */
export const certificate: ResourceKind<Cloud, CertificateProps, CertificateAttrs> = {
  type: 'AWS::CertificateManager::Certificate',
  createFirst: true,
  idempotent: true,

  async find(cloud, scope) {
    const certificates = await ownCertificates(cloud, scope);
    const found = await Promise.all(certificates.map((one) => candidate(cloud, scope, one)));
    return owned(
      scope,
      found.filter((one) => one !== undefined),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { domain: 'replace', zoneId: 'replace' }),
    ...(living.has(current.status) ? [] : compare('status', current.status, 'ISSUED', 'replace')),
    ...unpublished(current),
  ],

  ready({ status, validation }) {
    if (status === 'ISSUED') return true;
    return validation === undefined ? 'waiting for the name of its DNS record' : 'being validated by DNS';
  },

  async create(cloud, { domain, zoneId }, step) {
    await cloud.acm.send(
      new RequestCertificateCommand({
        DomainName: domain,
        ValidationMethod: 'DNS',
        KeyAlgorithm: keyAlgorithm,
        IdempotencyToken: tokenOf(step),
        Tags: tagList({ ...step.tags, [zoneTag]: zoneId }),
      }),
    );
  },

  async update(cloud, { zoneId }, { validation }, _changes, step) {
    const { name, value } = validation!;
    await writeRecord(cloud, step, {
      zoneId,
      set: { Name: name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: value }] },
    });
  },

  async tag(cloud, { arn }, { set, remove }) {
    const CertificateArn = arn;
    if (Object.keys(set).length > 0) {
      await cloud.acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: tagList(set) }));
    }
    if (remove.length > 0) {
      const Tags = remove.map((Key) => ({ Key }));
      await cloud.acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags }));
    }
  },

  async delete(cloud, current, { scope }) {
    const { arn, domain, zoneId } = current;
    const others = (await ownCertificates(cloud, scope)).filter((other) => other.arn !== arn);
    if (!others.some((other) => other.zoneId === zoneId && other.domain === domain)) {
      const { own } = await recordsBelow(cloud, scope, { zoneId, name: domain });
      if (own.some(({ type }) => type !== 'CNAME')) throw stillNamed(domain);
      for (const record of own) await deleteRecord(cloud, record);
    }
    await unless(
      cloud.acm.send(new DeleteCertificateCommand({ CertificateArn: arn })),
      'ResourceNotFoundException',
    );
  },
};

/** Those that are valid, or may still become so. */
const living = new Set(['PENDING_VALIDATION', 'ISSUED']);

async function candidate(cloud: Cloud, scope: Scope, { arn, domain, zoneId, tags }: OwnCertificate) {
  const [answer, { sets }] = await Promise.all([
    unless(
      cloud.acm.send(new DescribeCertificateCommand({ CertificateArn: arn })),
      'ResourceNotFoundException',
    ),
    recordsBelow(cloud, scope, { zoneId, name: domain }),
  ]);
  if (answer?.Certificate === undefined) return undefined;
  const { Status, FailureReason, DomainValidationOptions = [] } = answer.Certificate;
  const wanted = DomainValidationOptions[0]?.ResourceRecord;
  const published = sets.some(
    ({ Name, Type, ResourceRecords: [record] = [] }) =>
      Type === 'CNAME' && same(Name, wanted?.Name) && same(record?.Value, wanted?.Value),
  );
  const status = Status === 'FAILED' ? `FAILED: ${FailureReason ?? 'no reason given'}` : Status!;
  const validation = wanted && { name: wanted.Name!, value: wanted.Value! };
  return { tags, ref: arn, attrs: { arn, domain, zoneId, status, validation, published } };
}

function unpublished({ status, validation, published }: CertificateAttrs): Change[] {
  if (!living.has(status) || validation === undefined || published) return [];
  return compare('validationRecord', undefined, validation.name);
}

const tokens = new WeakMap<Step, string>();

/** One for all attempts of a step: a request whose answer was lost makes no second certificate. */
function tokenOf(step: Step): string {
  const token = tokens.get(step) ?? randomUUID().replaceAll('-', '');
  tokens.set(step, token);
  return token;
}

/** Without the certificate nobody would find them again. */
function stillNamed(domain: string): Error {
  const error = new Error(`DNS records of the stack still lead from ${domain} to the load balancer`);
  return Object.assign(error, { name: 'ConflictException' });
}

function same(a: string | undefined, b: string | undefined): boolean {
  const plain = (text?: string) => text?.toLowerCase().replace(/\.$/, '');
  return plain(a) === plain(b);
}
