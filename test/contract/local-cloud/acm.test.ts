import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import type { ListCertificatesResponse, RequestCertificateCommandInput } from '@aws-sdk/client-acm';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
beforeEach(async () => {
  local = await startLocalCloud();
});
afterEach(() => local.close());

const domain = 'chat.localhost';
const request = (more: Partial<RequestCertificateCommandInput> = {}) =>
  local.acm.send(new RequestCertificateCommand({ DomainName: domain, ValidationMethod: 'DNS', ...more }));
const describe = async (CertificateArn?: string) =>
  (await local.acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate!;
const tagsOf = async (CertificateArn?: string) =>
  (await local.acm.send(new ListTagsForCertificateCommand({ CertificateArn }))).Tags;

it('a certificate waits for its record, and is issued once that is in the zone', async () => {
  const { CertificateArn } = await request();
  const pending = await describe(CertificateArn);
  expect(pending).toMatchObject({
    Status: 'PENDING_VALIDATION',
    Type: 'AMAZON_ISSUED',
    KeyAlgorithm: 'RSA_2048',
    InUseBy: [],
  });
  const record = pending.DomainValidationOptions![0]!.ResourceRecord!;
  expect(record).toMatchObject({
    Name: expect.stringMatching(/^_[0-9a-f]{32}\.chat\.localhost\.$/),
    Type: 'CNAME',
    Value: expect.stringMatching(/\.acm-validations\.aws\.$/),
  });
  const set = { Name: record.Name, Type: record.Type, TTL: 300, ResourceRecords: [{ Value: record.Value }] };
  await local.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'ZLOCALHOST',
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: set }] },
    }),
  );
  const issued = await describe(CertificateArn);
  expect(issued).toMatchObject({ Status: 'ISSUED', IssuedAt: expect.any(Date), NotAfter: expect.any(Date) });
  // Another one of the same domain is proved by the same record.
  const { CertificateArn: second } = await request({ KeyAlgorithm: 'EC_prime256v1' });
  expect((await describe(second)).Status).toBe('ISSUED');
});

it('the same token makes one certificate', async () => {
  const one = await request({ IdempotencyToken: 'abc' });
  expect((await request({ IdempotencyToken: 'abc' })).CertificateArn).toBe(one.CertificateArn);
  expect((await request({ IdempotencyToken: 'abd' })).CertificateArn).not.toBe(one.CertificateArn);
});

it('a listing shows RSA certificates unless others are asked for, in pages', async () => {
  const { CertificateArn: rsa } = await request();
  await request({ DomainName: 'b.localhost' });
  const { CertificateArn: ec } = await request({ KeyAlgorithm: 'EC_prime256v1' });
  const list = (input: object) => local.acm.send(new ListCertificatesCommand(input));
  const arns = ({ CertificateSummaryList = [] }: ListCertificatesResponse) =>
    CertificateSummaryList.map(({ CertificateArn }) => CertificateArn);
  const usual = arns(await list({}));
  expect(usual).toHaveLength(2);
  expect(usual).toContain(rsa);
  expect(arns(await list({ Includes: { keyTypes: ['EC_prime256v1'] } }))).toEqual([ec]);
  expect(arns(await list({ CertificateStatuses: ['ISSUED'] }))).toEqual([]);
  const first = await list({ MaxItems: 1 });
  expect([...arns(first), ...arns(await list({ NextToken: first.NextToken }))]).toEqual(usual);
});

it('tags are added, overwritten and taken away', async () => {
  const { CertificateArn } = await request({ Tags: [{ Key: 'a', Value: '1' }] });
  const Tags = [
    { Key: 'a', Value: '2' },
    { Key: 'b', Value: '3' },
  ];
  await local.acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags }));
  expect(await tagsOf(CertificateArn)).toEqual(Tags);
  // Another value: it stays.
  const remove = (tag: object) =>
    local.acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags: [tag as never] }));
  await remove({ Key: 'a', Value: '1' });
  await remove({ Key: 'b' });
  expect(await tagsOf(CertificateArn)).toEqual([{ Key: 'a', Value: '2' }]);
});

it('an imported one is issued from the start, and has to go with its key', async () => {
  const { certificate, key } = createAuthority().issue(['a.example.com', '*.example.com']);
  const send = (PrivateKey: string) =>
    local.acm.send(
      new ImportCertificateCommand({
        Certificate: Buffer.from(certificate),
        PrivateKey: Buffer.from(PrivateKey),
      }),
    );
  const { CertificateArn } = await send(key);
  expect(await describe(CertificateArn)).toMatchObject({
    Status: 'ISSUED',
    Type: 'IMPORTED',
    KeyAlgorithm: 'EC_prime256v1',
    SubjectAlternativeNames: ['a.example.com', '*.example.com'],
  });
  await expect(send(createAuthority().issue(['b']).key)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('does not match'),
  });
  await expect(send('no key')).rejects.toMatchObject({ name: 'ValidationException' });
});

it('refuses in the words of Certificate Manager', async () => {
  const none = 'arn:aws:acm:local:000000000000:certificate/00000000-0000-4000-8000-000000000000';
  const missing = {
    name: 'ResourceNotFoundException',
    message: `Could not find certificate ${none} in account 000000000000.`,
  };
  await expect(describe(none)).rejects.toMatchObject(missing);
  await expect(tagsOf(none)).rejects.toMatchObject(missing);
  await expect(local.acm.send(new DeleteCertificateCommand({ CertificateArn: none }))).rejects.toMatchObject(
    missing,
  );
  await expect(describe('arn:aws:acm:nothing')).rejects.toMatchObject({ name: 'InvalidArnException' });
  await expect(request({ DomainName: 'no name' })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(request({ IdempotencyToken: 'a-b' })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(request({ Tags: [{ Key: 'aws:a' }] })).rejects.toMatchObject({ name: 'InvalidTagException' });
  const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` }));
  await expect(request({ Tags: many })).rejects.toMatchObject({ name: 'TooManyTagsException' });
  await expect(local.acm.send(new ListCertificatesCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});
