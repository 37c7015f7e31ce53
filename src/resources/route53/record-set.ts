import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { ownCertificates } from '../acm/own-certificates.ts';
import { compareFields } from '../shared/compare.ts';
import { owned } from '../shared/tags.ts';
import { deleteRecord, plain, recordsBelow, writeRecord } from './owned-records.ts';

interface RecordSetProps {
  zoneId: string;
  name: string;
  type: 'A' | 'AAAA';
  /** DNS name of the load balancer that it leads to, and the zone that this name is in. */
  target: string;
  targetZoneId: string;
}

type RecordSetAttrs = { [Field in keyof RecordSetProps]: RecordSetProps[Field] | undefined } & Pick<
  RecordSetProps,
  'zoneId' | 'name'
>;

/**
 * An alias record that leads from a domain to a load balancer, in the zone of the domain's certificate, by which it
 * is found again (`aws route53 list-resource-record-sets`).
 */
export const recordSet: ResourceKind<Cloud, RecordSetProps, RecordSetAttrs> = {
  type: 'AWS::Route53::RecordSet',
  // One of another name or in another zone can stand beside it.
  createFirst: true,
  idempotent: true,

  async find(cloud, scope) {
    const certificates = await ownCertificates(cloud, scope);
    const places = new Map(certificates.map((one) => [`${one.zoneId} ${one.domain}`, one]));
    const records = await Promise.all(
      [...places.values()].map(({ zoneId, domain }) => recordsBelow(cloud, scope, { zoneId, name: domain })),
    );
    const own = records
      .flatMap((one) => one.own)
      // The record that validates a certificate is part of it.
      .filter(({ type }) => type !== 'CNAME');
    // A domain and one below it list the same records.
    const distinct = new Map(own.map((one) => [`${one.zoneId} ${one.name} ${one.type}`, one]));
    return owned(
      scope,
      [...distinct.values()].map(({ zoneId, name, type, tags, set }) => ({
        tags,
        ref: `${name} ${type}`,
        attrs: {
          zoneId,
          name,
          type: type as RecordSetProps['type'],
          target: set?.AliasTarget && plain(set.AliasTarget.DNSName).replace(/^dualstack\./, ''),
          targetZoneId: set?.AliasTarget?.HostedZoneId,
        },
      })),
    );
  },

  diff: (desired, current) =>
    compareFields({ ...desired, target: plain(desired.target) }, current, {
      zoneId: 'replace',
      name: 'replace',
      type: 'replace',
      target: 'update',
      targetZoneId: 'update',
    }),

  create: (cloud, props, step) => writeRecord(cloud, step, aliasOf(props)),
  update: (cloud, props, _current, _changes, step) => writeRecord(cloud, step, aliasOf(props)),

  async delete(cloud, { zoneId, name, type }, { scope }) {
    const { own } = await recordsBelow(cloud, scope, { zoneId, name });
    const record = own.find((one) => one.name === name && one.type === type);
    if (record !== undefined) await deleteRecord(cloud, record);
  },
};

function aliasOf({ zoneId, name, type, target, targetZoneId }: RecordSetProps) {
  return {
    zoneId,
    set: {
      Name: name,
      Type: type,
      AliasTarget: { HostedZoneId: targetZoneId, DNSName: target, EvaluateTargetHealth: false },
    },
  };
}
