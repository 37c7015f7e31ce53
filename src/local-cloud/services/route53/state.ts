import { randomBytes } from 'node:crypto';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { store } from '../../cloud.ts';

/** A record set, names in lower case with their final dot. */
export type StoredRecordSet = ResourceRecordSet & {
  Name: string;
  Type: NonNullable<ResourceRecordSet['Type']>;
  /** When every name server has it, in milliseconds since 1970. */
  inSyncAt: number;
};

export interface StoredHostedZone {
  /** Without `/hostedzone/`. */
  id: string;
  /** With the final dot. */
  name: string;
  callerReference: string;
  comment: string | undefined;
  privateZone: boolean;
  /** By {@link recordKey}. */
  records: Map<string, StoredRecordSet>;
}

/** All of Route 53: one for all regions. */
export interface Route53State {
  /** By id. */
  zones: Map<string, StoredHostedZone>;
  /** When each change was asked for and when it is in sync, in milliseconds since 1970. */
  changes: Map<string, { submittedAt: number; inSyncAt: number }>;
}

/** What an account has from the start: a zone whose names browsers look for on this machine (RFC 6761, 6.3). */
const ownZone = { id: 'ZLOCALHOST', name: 'localhost.' };

/** Route 53's state. */
export const route53State = store<Route53State>(
  'route53',
  () => ({
    zones: new Map([[ownZone.id, newZone({ ...ownZone, callerReference: 'from the start' })]]),
    changes: new Map(),
  }),
  'global',
);

/** A zone as Route 53 makes it, with the records of its name servers. */
export function newZone({
  id = `Z${newId(19)}`,
  name,
  callerReference,
  comment,
  privateZone = false,
}: Pick<StoredHostedZone, 'name' | 'callerReference'> & Partial<StoredHostedZone>): StoredHostedZone {
  const servers = nameServers.map((Value) => ({ Value }));
  const authority = `${nameServers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  const own: StoredRecordSet[] = [
    { Name: name, Type: 'NS', TTL: 172_800, ResourceRecords: servers, inSyncAt: 0 },
    { Name: name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: authority }], inSyncAt: 0 },
  ];
  const records = new Map(own.map((record) => [recordKey(record), record]));
  return { id, name, callerReference, comment, privateZone, records };
}

/** Nobody answers there. */
export const nameServers = ['ns-1.awsdns-local.com.', 'ns-2.awsdns-local.net.'];

/** What a record set is known by within its zone. */
export function recordKey({ Name, Type, SetIdentifier = '' }: ResourceRecordSet): string {
  return `${Name} ${Type} ${SetIdentifier}`;
}

/** An id as Route 53 makes them: upper-case letters and digits. */
export function newId(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length).toUpperCase();
}
