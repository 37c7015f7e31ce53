import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let zoneId: string;
beforeEach(async () => {
  local = await startLocalCloud();
  zoneId = (await create('Example.COM', 'first')).HostedZone!.Id!;
});
afterEach(() => local.close());

const create = (Name: string, CallerReference: string) =>
  local.route53.send(new CreateHostedZoneCommand({ Name, CallerReference }));
const change = (...Changes: Change[]) =>
  local.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
const list = (input: object = {}) =>
  local.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...input }));
const a = (Name: string, Value = '192.0.2.1'): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value }],
});
const refusal = (message: string) => ({ name: 'InvalidChangeBatch', message: `[${message}]` });

it('a zone begins with its name servers, and its name is kept in lower case with a dot', async () => {
  const { HostedZone, DelegationSet } = await local.route53.send(new GetHostedZoneCommand({ Id: zoneId }));
  expect(HostedZone).toMatchObject({
    Name: 'example.com.',
    ResourceRecordSetCount: 2,
    Config: { PrivateZone: false },
  });
  expect(DelegationSet!.NameServers!.length).toBeGreaterThan(0);
  expect((await list()).ResourceRecordSets!.map(({ Type }) => Type)).toEqual(['NS', 'SOA']);
  const { HostedZones } = await local.route53.send(
    new ListHostedZonesByNameCommand({ DNSName: 'example.com' }),
  );
  expect(HostedZones![0]).toMatchObject({ Id: zoneId });
});

it('a change is INSYNC in the end, and its records are listed from the last label on', async () => {
  const { ChangeInfo } = await change(
    { Action: 'CREATE', ResourceRecordSet: a('b.example.com') },
    { Action: 'UPSERT', ResourceRecordSet: a('*.b.example.com') },
    { Action: 'CREATE', ResourceRecordSet: a('a.example.com') },
  );
  expect(ChangeInfo!.Id).toMatch(/^\/change\/C/);
  const { ChangeInfo: later } = await local.route53.send(new GetChangeCommand({ Id: ChangeInfo!.Id }));
  expect(later!.Status).toBe('INSYNC');
  const names = (await list({ StartRecordName: 'a.example.com' })).ResourceRecordSets!.map(
    ({ Name }) => Name,
  );
  expect(names).toEqual(['a.example.com.', 'b.example.com.', '\\052.b.example.com.']);
  const page = await list({ StartRecordName: 'a.example.com', MaxItems: 1 });
  expect(page).toMatchObject({ IsTruncated: true, NextRecordName: 'b.example.com.', NextRecordType: 'A' });
});

it('a batch with one wrong change changes nothing, and says every problem', async () => {
  await change({ Action: 'CREATE', ResourceRecordSet: a('a.example.com') });
  const before = (await list()).ResourceRecordSets;
  const there = "[name='a.example.com.', type='A']";
  const gone = "[name='none.example.com.', type='A']";
  await expect(
    change(
      { Action: 'CREATE', ResourceRecordSet: a('new.example.com') },
      { Action: 'CREATE', ResourceRecordSet: a('a.example.com') },
      { Action: 'DELETE', ResourceRecordSet: a('none.example.com') },
    ),
  ).rejects.toMatchObject(
    refusal(
      `Tried to create resource record set ${there} but it already exists, Tried to delete resource record set ${gone} but it was not found`,
    ),
  );
  await expect(
    change({ Action: 'DELETE', ResourceRecordSet: a('a.example.com', '192.0.2.2') }),
  ).rejects.toMatchObject(
    refusal(
      `Tried to delete resource record set ${there} but the values provided do not match the current values`,
    ),
  );
  expect((await list()).ResourceRecordSets).toEqual(before);
});

it.each<[string, ResourceRecordSet, RegExp]>([
  ['of another zone', a('chat.example.org'), /is not permitted in zone example\.com\./],
  [
    'a CNAME of the zone itself',
    { ...a('example.com'), Type: 'CNAME', ResourceRecords: [{ Value: 'x.example.org' }] },
    /not permitted at apex/,
  ],
  ['without a value', { Name: 'a.example.com', Type: 'A' }, /Expected exactly one of/],
  [
    'a TXT without quotes',
    { ...a('a.example.com'), Type: 'TXT', ResourceRecords: [{ Value: 'plain' }] },
    /enclosed in quotation marks/,
  ],
])('a record %s is refused', async (_what, ResourceRecordSet, message) => {
  await expect(change({ Action: 'CREATE', ResourceRecordSet })).rejects.toMatchObject({
    name: 'InvalidChangeBatch',
    message: expect.stringMatching(message),
  });
});

it('a CNAME stands alone under its name', async () => {
  const cname: ResourceRecordSet = { ...a('a.example.com', 'x.example.org'), Type: 'CNAME' };
  await change({ Action: 'CREATE', ResourceRecordSet: cname });
  await expect(change({ Action: 'CREATE', ResourceRecordSet: a('a.example.com') })).rejects.toMatchObject({
    message: expect.stringContaining('conflicting RRSet of type CNAME'),
  });
});

it('refuses in the words of Route 53', async () => {
  await expect(create('example.org', 'first')).rejects.toMatchObject({ name: 'HostedZoneAlreadyExists' });
  await expect(create('not a name', 'second')).rejects.toMatchObject({ name: 'InvalidDomainName' });
  await expect(local.route53.send(new GetHostedZoneCommand({ Id: 'ZNONE' }))).rejects.toMatchObject({
    name: 'NoSuchHostedZone',
    message: 'No hosted zone found with ID: ZNONE',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(local.route53.send(new GetChangeCommand({ Id: 'CNONE' }))).rejects.toMatchObject({
    name: 'NoSuchChange',
  });
  await expect(list({ StartRecordType: 'A' })).rejects.toMatchObject({ name: 'InvalidInput' });
  await change({ Action: 'CREATE', ResourceRecordSet: a('a.example.com') });
  const remove = () => local.route53.send(new DeleteHostedZoneCommand({ Id: zoneId }));
  await expect(remove()).rejects.toMatchObject({ name: 'HostedZoneNotEmpty' });
  await change({ Action: 'DELETE', ResourceRecordSet: a('a.example.com') });
  await remove();
  await expect(list()).rejects.toMatchObject({ name: 'NoSuchHostedZone' });
});
