import type {
  Change,
  ChangeResourceRecordSetsRequest,
  ChangeResourceRecordSetsResponse,
  ListResourceRecordSetsRequest,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { newChange } from './change.ts';
import { mustFindZone } from './hosted-zone.ts';
import { canonicalName, mustBeDomainName, sortKey } from './names.ts';
import { recordKey, type StoredHostedZone, type StoredRecordSet } from './state.ts';

/** The most that a page holds, and what it holds where nobody says. */
const pageSize = 300;

export const recordSetOperations: Operations = { ChangeResourceRecordSets, ListResourceRecordSets };

/** All changes of a batch or none; every problem of the batch is told at once, in InvalidChangeBatch. */
function ChangeResourceRecordSets(
  { HostedZoneId, ChangeBatch }: ChangeResourceRecordSetsRequest,
  call: Call,
): ChangeResourceRecordSetsResponse {
  const zone = mustFindZone(call, HostedZoneId);
  const changes = ChangeBatch?.Changes ?? [];
  if (changes.length === 0) {
    throw new AwsError('InvalidChangeBatch', '[The request contains no changes]');
  }
  const records = new Map(zone.records);
  const inSyncAt = call.now.getTime() + call.cloud.clock.latency('record.in-sync');
  const problems = changes
    .map((change) => perform(change, zone, records, inSyncAt))
    .filter((problem) => problem !== undefined);
  if (problems.length > 0) {
    throw new AwsError('InvalidChangeBatch', `[${problems.join(', ')}]`);
  }
  zone.records = records;
  return { ChangeInfo: newChange(call) };
}

function ListResourceRecordSets(
  input: ListResourceRecordSetsRequest,
  call: Call,
): ListResourceRecordSetsResponse {
  const { HostedZoneId, StartRecordName, StartRecordType, MaxItems } = input;
  if (StartRecordType !== undefined && StartRecordName === undefined) {
    throw new AwsError('InvalidInput', 'The name of the first record is missing');
  }
  const size = Math.min(MaxItems ?? pageSize, pageSize);
  const keyOf = (name: string, type: string) => `${sortKey(name)}\0${type}`;
  const start =
    StartRecordName === undefined ? '' : keyOf(canonicalName(StartRecordName), StartRecordType ?? '');
  const rest = [...mustFindZone(call, HostedZoneId).records.values()]
    .map((record) => ({ record, key: keyOf(record.Name, record.Type) }))
    .filter(({ key }) => key >= start)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ record }) => record);
  const next = rest[size];
  return {
    ResourceRecordSets: rest.slice(0, size).map(({ inSyncAt: _inSyncAt, ...shape }) => shape),
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.Name, NextRecordType: next.Type }),
    MaxItems: size,
  };
}

/** Makes one change in `records`; resolves with what is wrong with it, in Route 53's words. */
function perform(
  { Action, ResourceRecordSet: given }: Change,
  zone: StoredHostedZone,
  records: Map<string, StoredRecordSet>,
  inSyncAt: number,
): string | undefined {
  const { Name = '', Type } = given ?? {};
  mustBeDomainName(Name);
  const record = normal({ ...given!, Name, Type }, inSyncAt);
  const label = `[name='${record.Name}', type='${record.Type}']`;
  if (record.Name !== zone.name && !record.Name.endsWith(`.${zone.name}`)) {
    return `RRSet with DNS name ${record.Name} is not permitted in zone ${zone.name}`;
  }
  const key = recordKey(record);
  const current = records.get(key);
  if (Action === 'DELETE') {
    if (current === undefined) return `Tried to delete resource record set ${label} but it was not found`;
    if (valuesOf(current) !== valuesOf(record)) {
      return `Tried to delete resource record set ${label} but the values provided do not match the current values`;
    }
    records.delete(key);
    return undefined;
  }
  if (Action === 'CREATE' && current !== undefined) {
    return `Tried to create resource record set ${label} but it already exists`;
  }
  const wrong = problemOf(record, zone, records);
  if (wrong !== undefined) return wrong;
  records.set(key, record);
  return undefined;
}

function problemOf(
  record: StoredRecordSet,
  zone: StoredHostedZone,
  records: Map<string, StoredRecordSet>,
): string | undefined {
  const { Name, Type, AliasTarget, ResourceRecords = [], TTL } = record;
  if (
    (AliasTarget === undefined) === (ResourceRecords.length === 0) ||
    (AliasTarget === undefined && TTL === undefined)
  ) {
    return `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Name=${Name}, Type=${Type}]`;
  }
  if (Type === 'CNAME' && Name === zone.name) {
    return `RRSet of type CNAME with DNS name ${Name} is not permitted at apex in zone ${zone.name}`;
  }
  const others = [...records.values()].filter((other) => other.Name === Name && other.Type !== Type);
  const conflicting = Type === 'CNAME' ? others[0] : others.find((other) => other.Type === 'CNAME');
  if (conflicting !== undefined) {
    return Type === 'CNAME'
      ? `RRSet of type CNAME with DNS name ${Name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`
      : `RRSet of type ${Type} with DNS name ${Name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone.name}`;
  }
  const unquoted =
    Type === 'TXT' && ResourceRecords.find(({ Value }) => !/^("[^"]{0,255}"\s*)+$/.test(Value ?? ''));
  if (unquoted)
    return `Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with '${unquoted.Value}''`;
  return undefined;
}

function normal(record: ResourceRecordSet, inSyncAt: number): StoredRecordSet {
  const { AliasTarget: alias } = record;
  return {
    ...record,
    Name: canonicalName(record.Name!),
    Type: record.Type!,
    ...(alias && { AliasTarget: { ...alias, DNSName: canonicalName(alias.DNSName ?? '') } }),
    inSyncAt,
  };
}

function valuesOf({ TTL, ResourceRecords = [], AliasTarget }: StoredRecordSet): string {
  return JSON.stringify([TTL, ResourceRecords.map(({ Value }) => Value), AliasTarget && { ...AliasTarget }]);
}
