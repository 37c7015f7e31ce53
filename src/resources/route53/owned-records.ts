import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ListResourceRecordSetsResponse,
  type ResourceRecordSet,
  type RRType,
} from '@aws-sdk/client-route-53';
import type { Cloud } from '../../aws/cloud.ts';
import { isNamed, unless } from '../../aws/unless.ts';
import type { Scope, Step } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';

/** A record set that belongs to the stack: the TXT record beside it says so, for DNS has no tags. */
export interface OwnedRecord {
  zoneId: string;
  /** Without the final dot. */
  name: string;
  type: RRType;
  /** What the TXT record says: `chatops:stack`, `chatops:id`, `chatops:version`. */
  tags: Record<string, string>;
  /** As Route 53 has it; undefined where somebody took it away. */
  set: ResourceRecordSet | undefined;
  owner: ResourceRecordSet;
}

/** All record sets of a name and below it in a zone, and those of them that are the stack's (`aws route53 list-resource-record-sets`). */
export async function recordsBelow(
  cloud: Cloud,
  scope: Scope,
  { zoneId, name }: { zoneId: string; name: string },
): Promise<{ sets: ResourceRecordSet[]; own: OwnedRecord[] }> {
  const sets = await listBelow(cloud, zoneId, name);
  const own = sets.flatMap((owner): OwnedRecord[] => {
    const [, type = '', ofName = ''] = /^_chatops-([a-z]+)\.(.+)$/.exec(plain(owner.Name)) ?? [];
    const tags = owner.Type === 'TXT' ? tagsIn(owner) : {};
    if (tags['chatops:stack'] !== scope.stack) return [];
    const set = sets.find((each) => each.Type === type.toUpperCase() && plain(each.Name) === ofName);
    return [{ zoneId, name: ofName, type: type.toUpperCase() as RRType, tags, set, owner }];
  });
  return { sets, own };
}

/**
 * Puts a record set into a zone, with the TXT record that says whose it is, and waits until every name server has
 * both. Throws `resource.foreign` where a record set is there that is not the stack's.
 */
export async function writeRecord(
  cloud: Cloud,
  step: Step,
  { zoneId, set }: { zoneId: string; set: ResourceRecordSet },
): Promise<void> {
  const name = plain(set.Name);
  const owner = ownerOf(name, set.Type!, step);
  const { sets, own } = await recordsBelow(cloud, step.scope, { zoneId, name });
  const isOwn = own.some((each) => each.name === name && each.type === set.Type);
  const taken = sets.find(
    (each) =>
      (each.Type === set.Type && plain(each.Name) === name) ||
      (each.Type === 'TXT' && plain(each.Name) === plain(owner.Name)),
  );
  if (!isOwn && taken !== undefined) throw foreign(set, step);
  try {
    const changes: Change[] = [
      // Should somebody have been faster, then it is refused.
      { Action: isOwn ? 'UPSERT' : 'CREATE', ResourceRecordSet: set },
      { Action: 'UPSERT', ResourceRecordSet: owner },
    ];
    const { ChangeInfo } = await change(cloud, zoneId, changes);
    await inSync(cloud, ChangeInfo!.Id!, step);
  } catch (error) {
    if (!isRefused(error, /already exists/)) throw error;
    if (!(await turnsOutOwn(cloud, step, { zoneId, name, type: set.Type! }))) throw foreign(set, step);
  }
}

/** Whether a record set is the stack's after all: what was made a moment ago, by a call whose answer was lost, may not be listed yet. */
async function turnsOutOwn(
  cloud: Cloud,
  { scope, clock, signal }: Step,
  { zoneId, name, type }: { zoneId: string; name: string; type: RRType },
): Promise<boolean> {
  for (const seconds of [0, 1, 2, 4]) {
    await clock.sleep(seconds * 1000, signal);
    const { own } = await recordsBelow(cloud, scope, { zoneId, name });
    if (own.some((each) => each.name === name && each.type === type)) return true;
  }
  return false;
}

/** Takes a record set of the stack and its TXT record out of the zone, whatever they say by now. */
export async function deleteRecord(cloud: Cloud, { zoneId, set, owner }: OwnedRecord): Promise<void> {
  const standing = [set, owner].filter((each) => each !== undefined);
  const changes = standing.map((each): Change => ({ Action: 'DELETE', ResourceRecordSet: each }));
  try {
    await change(cloud, zoneId, changes);
  } catch (error) {
    if (!isRefused(error, /not found/) && !isNamed(error, 'NoSuchHostedZone')) throw error;
  }
}

/** A name without the final dot, in lower case. */
export function plain(name: string | undefined): string {
  return (name ?? '').toLowerCase().replace(/\.$/, '');
}

async function listBelow(cloud: Cloud, zoneId: string, name: string): Promise<ResourceRecordSet[]> {
  const sets: ResourceRecordSet[] = [];
  const isBelow = (set: ResourceRecordSet) =>
    plain(set.Name) === plain(name) || plain(set.Name).endsWith(`.${plain(name)}`);
  // Names are listed from the last label on: what is below a name follows it.
  let next: Pick<ListResourceRecordSetsResponse, 'NextRecordName' | 'NextRecordType'> | undefined = {
    NextRecordName: name,
  };
  while (next !== undefined) {
    const page: ListResourceRecordSetsResponse | undefined = await unless(
      cloud.route53.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId: zoneId,
          StartRecordName: next.NextRecordName,
          StartRecordType: next.NextRecordType,
        }),
      ),
      'NoSuchHostedZone',
    );
    const below: ResourceRecordSet[] = (page?.ResourceRecordSets ?? []).filter(isBelow);
    sets.push(...below);
    const isLast: boolean = below.length < (page?.ResourceRecordSets ?? []).length;
    next = page?.IsTruncated === true && !isLast ? page : undefined;
  }
  return sets;
}

function change(cloud: Cloud, HostedZoneId: string, Changes: Change[]) {
  return cloud.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
}

/** Whoever asks for a name too early remembers for minutes that it is not there. */
async function inSync(cloud: Cloud, Id: string, { clock, signal, note }: Step): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const { ChangeInfo } = await cloud.route53.send(new GetChangeCommand({ Id }));
    if (ChangeInfo?.Status === 'INSYNC') return;
    note('waiting until every name server has it');
    await clock.sleep(2000, signal);
  }
}

/** The TXT record beside a record set: no CNAME may have one of its own name. */
function ownerOf(name: string, type: string, { tags }: Step): ResourceRecordSet {
  const kept = ['chatops:stack', 'chatops:id', 'chatops:version'];
  const text = kept.map((key) => `${key}=${tags[key]}`).join(' ');
  return {
    Name: `_chatops-${type.toLowerCase()}.${name}`,
    Type: 'TXT',
    TTL: 300,
    ResourceRecords: [{ Value: `"${text}"` }],
  };
}

function tagsIn({ ResourceRecords: [record] = [] }: ResourceRecordSet): Record<string, string> {
  const text = (record?.Value ?? '').replace(/^"|"$/g, '');
  return Object.fromEntries(text.split(' ').map((part) => part.split('=', 2) as [string, string]));
}

function isRefused(error: unknown, because: RegExp): boolean {
  return isNamed(error, 'InvalidChangeBatch') && because.test((error as Error).message);
}

function foreign({ Name, Type }: ResourceRecordSet, { scope, id }: Step): ChatopsError {
  const name = plain(Name);
  return new ChatopsError(
    `the ${Type} record of ${name} exists already and does not belong to ${scope.stack}`,
    {
      code: 'resource.foreign',
      exit: ExitCode.failed,
      hint: `delete it in the hosted zone if nothing needs it, or choose another "loadBalancer.https.domain"`,
      fields: { id, record: name, type: Type },
    },
  );
}
