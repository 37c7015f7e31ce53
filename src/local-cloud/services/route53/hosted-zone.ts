import type {
  CreateHostedZoneRequest,
  CreateHostedZoneResponse,
  DeleteHostedZoneRequest,
  DeleteHostedZoneResponse,
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  HostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
} from '@aws-sdk/client-route-53';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { newChange } from './change.ts';
import { canonicalName, mustBeDomainName, sortKey } from './names.ts';
import { nameServers, newZone, route53State, type StoredHostedZone } from './state.ts';

/** The most that a page holds, and what it holds where nobody says. */
const pageSize = 100;

export const hostedZoneOperations: Operations = {
  CreateHostedZone,
  GetHostedZone,
  ListHostedZones,
  ListHostedZonesByName,
  DeleteHostedZone,
};

/** Several zones may have one name; a caller reference makes one. */
function CreateHostedZone(input: CreateHostedZoneRequest, call: Call): CreateHostedZoneResponse {
  const { Name = '', CallerReference = '', HostedZoneConfig: config = {} } = input;
  mustBeDomainName(Name);
  if (input.VPC !== undefined || config.PrivateZone === true) {
    throw new AwsError('InvalidInput', 'The local cloud does not support private hosted zones');
  }
  const { zones } = route53State(call);
  if ([...zones.values()].some(({ callerReference }) => callerReference === CallerReference)) {
    const message = `A hosted zone has already been created with the specified caller reference: ${CallerReference}`;
    throw new AwsError('HostedZoneAlreadyExists', message, 409);
  }
  const name = canonicalName(Name);
  const zone = newZone({ name, callerReference: CallerReference, comment: config.Comment });
  zones.set(zone.id, zone);
  return {
    HostedZone: described(zone),
    ChangeInfo: newChange(call),
    DelegationSet: delegationSet,
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  };
}

function GetHostedZone({ Id }: GetHostedZoneRequest, call: Call): GetHostedZoneResponse {
  return { HostedZone: described(mustFindZone(call, Id)), DelegationSet: delegationSet };
}

function ListHostedZones({ Marker, MaxItems }: ListHostedZonesRequest, call: Call): ListHostedZonesResponse {
  const size = MaxItems ?? pageSize;
  const all = [...route53State(call).zones.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const from = Marker === undefined ? 0 : all.findIndex(({ id }) => id >= Marker);
  const rest = from === -1 ? [] : all.slice(from);
  return {
    HostedZones: rest.slice(0, size).map(described),
    Marker: Marker ?? '',
    IsTruncated: rest.length > size,
    ...(rest.length > size ? { NextMarker: rest[size]!.id } : {}),
    MaxItems: size,
  };
}

function ListHostedZonesByName(
  { DNSName, HostedZoneId, MaxItems }: ListHostedZonesByNameRequest,
  call: Call,
): ListHostedZonesByNameResponse {
  const size = MaxItems ?? pageSize;
  const keyOf = (name: string, id: string) => `${sortKey(name)}\0${id}`;
  const start = DNSName === undefined ? '' : keyOf(canonicalName(DNSName), HostedZoneId ?? '');
  const rest = [...route53State(call).zones.values()]
    .map((zone) => ({ zone, key: keyOf(zone.name, zone.id) }))
    .filter(({ key }) => key >= start)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ zone }) => zone);
  const next = rest[size];
  return {
    HostedZones: rest.slice(0, size).map(described),
    DNSName,
    IsTruncated: next !== undefined,
    ...(next && { NextDNSName: next.name, NextHostedZoneId: next.id }),
    MaxItems: size,
  };
}

function DeleteHostedZone({ Id }: DeleteHostedZoneRequest, call: Call): DeleteHostedZoneResponse {
  const zone = mustFindZone(call, Id);
  const others = [...zone.records.values()].filter(
    ({ Name, Type }) => Name !== zone.name || (Type !== 'NS' && Type !== 'SOA'),
  );
  if (others.length > 0) {
    const message =
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.';
    throw new AwsError('HostedZoneNotEmpty', message);
  }
  route53State(call).zones.delete(zone.id);
  return { ChangeInfo: newChange(call) };
}

/** Throws NoSuchHostedZone. */
export function mustFindZone(call: Call, id: string | undefined): StoredHostedZone {
  const zone = route53State(call).zones.get((id ?? '').replace('/hostedzone/', ''));
  if (zone !== undefined) return zone;
  throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id ?? ''}`, 404);
}

const delegationSet = { NameServers: nameServers.map((name) => name.replace(/\.$/, '')) };

function described({
  id,
  name,
  callerReference,
  comment,
  privateZone,
  records,
}: StoredHostedZone): HostedZone {
  return {
    Id: `/hostedzone/${id}`,
    Name: name,
    CallerReference: callerReference,
    Config: { PrivateZone: privateZone, ...(comment === undefined ? {} : { Comment: comment }) },
    ResourceRecordSetCount: records.size,
  };
}
