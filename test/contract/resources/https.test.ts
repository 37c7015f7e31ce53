import {
  DeleteCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { connectionReset } from '../../helpers/in-process.ts';
import { startSafety, type SafetyRig } from '../safety/safety-rig.ts';

const policy = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09';

let rig: SafetyRig;
let zoneId: string;
beforeEach(async () => {
  rig = await startSafety();
  const { HostedZone } = await rig.cloud.route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'the first' }),
  );
  zoneId = HostedZone!.Id!;
});
afterEach(() => rig.close());

const settings = (domain = 'chat.example.com', hostedZone = 'example.com') => ({
  loadBalancer: { port: 8080, https: { domain, hostedZone, port: 8443 } },
  redis: { mode: 'off' },
});

/** All but the zone's own. */
async function recordsOf({ route53 }: Cloud): Promise<ResourceRecordSet[]> {
  const answer = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
  return answer.ResourceRecordSets!.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
}

async function certificatesOf({ acm }: Cloud) {
  return (await acm.send(new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } })))
    .CertificateSummaryList!;
}

async function listenersOf({ elbv2 }: Cloud) {
  const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({}));
  const { LoadBalancerArn } = LoadBalancers![0]!;
  const { Listeners } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Listeners!;
}

it('a domain gets its certificate, its records, an HTTPS listener and a redirect, and down leaves nothing', async () => {
  const { cloud } = rig;
  await rig.up(settings());
  const [certificate, ...others] = await certificatesOf(cloud);
  expect(others).toEqual([]);
  expect(certificate).toMatchObject({ DomainName: 'chat.example.com', Status: 'ISSUED', InUse: true });

  const listeners = await listenersOf(cloud);
  expect(listeners.find(({ Port }) => Port === 8443)).toMatchObject({
    Protocol: 'HTTPS',
    SslPolicy: policy,
    Certificates: [{ CertificateArn: certificate!.CertificateArn }],
    DefaultActions: [{ Type: 'forward' }],
  });
  expect(listeners.find(({ Port }) => Port === 8080)).toMatchObject({
    Protocol: 'HTTP',
    DefaultActions: [
      {
        Type: 'redirect',
        RedirectConfig: {
          Protocol: 'HTTPS',
          Port: '8443',
          Host: '#{host}',
          Path: '/#{path}',
          Query: '#{query}',
          StatusCode: 'HTTP_301',
        },
      },
    ],
  });

  const records = await recordsOf(cloud);
  const named = records.map(({ Name, Type }) => `${Type} ${Name!.replace(/_[0-9a-f]{32}/, '_hash')}`);
  expect(named.toSorted()).toEqual([
    'A chat.example.com.',
    'AAAA chat.example.com.',
    'CNAME _hash.chat.example.com.',
    'TXT _chatops-a.chat.example.com.',
    'TXT _chatops-aaaa.chat.example.com.',
    'TXT _chatops-cname._hash.chat.example.com.',
  ]);
  expect(records.find(({ Type }) => Type === 'A')!.AliasTarget).toMatchObject({ DNSName: 'localhost.' });
  expect(records.find(({ Name }) => Name === '_chatops-a.chat.example.com.')!.ResourceRecords).toEqual([
    {
      Value: expect.stringMatching(
        /^"chatops:stack=chat\/default\/local chatops:id=record-a chatops:version=.+"$/,
      ),
    },
  ]);

  expect((await rig.plan(settings())).changes).toBe(false);
  await rig.down(settings());
  expect(await recordsOf(cloud)).toEqual([]);
  expect(await certificatesOf(cloud)).toEqual([]);
});

it('another domain gets a new certificate first; the old one and its records go last', async () => {
  const { cloud } = rig;
  await rig.up(settings());
  const [old] = await certificatesOf(cloud);
  const order: string[] = [];
  rig.intercept(async ({ operation, write }, perform) => {
    if (write) order.push(operation);
    return perform();
  });
  await rig.up(settings('talk.example.com'));
  const [now, ...others] = await certificatesOf(cloud);
  expect(others).toEqual([]);
  expect(now!.CertificateArn).not.toBe(old!.CertificateArn);
  expect(now).toMatchObject({ DomainName: 'talk.example.com', Status: 'ISSUED', InUse: true });
  const first = ['RequestCertificate', 'ModifyListener', 'DeleteCertificate'].map((name) =>
    order.indexOf(name),
  );
  expect(first).not.toContain(-1);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  const names = (await recordsOf(cloud)).map(({ Name }) => Name!);
  expect(names.length).toBe(6);
  expect(names.every((name) => name.endsWith('talk.example.com.'))).toBe(true);
  expect((await rig.plan(settings('talk.example.com'))).changes).toBe(false);
});

it('without https again, certificate and records are gone, and HTTP leads to the tasks', async () => {
  const { cloud } = rig;
  await rig.up(settings());
  const without = { loadBalancer: { port: 8080 }, redis: { mode: 'off' } };
  await rig.up(without);
  expect(await recordsOf(cloud)).toEqual([]);
  expect(await certificatesOf(cloud)).toEqual([]);
  const [listener, ...others] = await listenersOf(cloud);
  expect(others).toEqual([]);
  expect(listener).toMatchObject({ Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] });
});

it('a record of that name that is not ours is an error with a hint, and stays as it is', async () => {
  const { cloud } = rig;
  const foreign: ResourceRecordSet = {
    Name: 'chat.example.com.',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  };
  const HostedZoneId = zoneId;
  const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet: foreign }] };
  await cloud.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  await expect(rig.up(settings())).rejects.toMatchObject({
    message:
      'record-a: the A record of chat.example.com exists already and does not belong to chat/default/local',
    code: 'resource.foreign',
    hint: expect.stringContaining('loadBalancer.https.domain'),
  });
  const standing = async () => (await recordsOf(cloud)).find(({ Type }) => Type === 'A');
  expect(await standing()).toEqual(foreign);
  await rig.down(settings());
  expect(await recordsOf(cloud)).toEqual([foreign]);
});

it.each(['before', 'after'])(
  'RequestCertificate lost %s it was performed makes one certificate',
  async (when) => {
    let lost = false;
    rig.intercept(async ({ operation }, perform) => {
      if (operation !== 'RequestCertificate' || lost) return perform();
      lost = true;
      if (when === 'after') await perform();
      throw connectionReset();
    });
    await rig.up(settings());
    expect(lost).toBe(true);
    expect((await certificatesOf(rig.cloud)).length).toBe(1);
  },
);

it('a validation record that is there for another certificate of the account is used and left alone', async () => {
  const { cloud } = rig;
  await rig.up(settings());
  const records = await recordsOf(cloud);
  const validation = records.find(({ Type }) => Type === 'CNAME')!;
  const owner = records.find(({ Name }) => Name!.startsWith('_chatops-cname'))!;
  const HostedZoneId = zoneId;
  const ChangeBatch = { Changes: [{ Action: 'DELETE' as const, ResourceRecordSet: owner }] };
  await cloud.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  expect((await rig.plan(settings())).changes).toBe(false);
  await rig.down(settings());
  expect(await recordsOf(cloud)).toEqual([validation]);
});

it('only certificates that may be ours are asked for their tags, and those of others once in a run', async () => {
  const { acm } = rig.cloud;
  const request = (DomainName: string, more: object = {}) =>
    acm.send(new RequestCertificateCommand({ DomainName, ValidationMethod: 'DNS', ...more }));
  await request('rsa.example.com');
  await request('many.example.com', {
    KeyAlgorithm: 'EC_prime256v1',
    SubjectAlternativeNames: ['other.example.com'],
  });
  const { CertificateArn: alike } = await request('alike.example.com', { KeyAlgorithm: 'EC_prime256v1' });
  const asked: unknown[] = [];
  rig.intercept(async ({ operation }, perform) => {
    if (operation === 'ListTagsForCertificate') asked.push(operation);
    return perform();
  });
  await rig.plan({ redis: { mode: 'off' } });
  expect(asked.length).toBe(1);
  await rig.plan({ redis: { mode: 'off' } });
  expect(asked.length).toBeLessThanOrEqual(2);
  await acm.send(new DeleteCertificateCommand({ CertificateArn: alike }));
});

describe('a certificate that is there', () => {
  const withArn = (certificateArn: string) => ({
    loadBalancer: { port: 8080, https: { certificateArn, port: 8443 } },
    redis: { mode: 'off' },
  });
  const importOne = async (name: string) => {
    const { certificate, key } = createAuthority().issue([name]);
    const { CertificateArn } = await rig.cloud.acm.send(
      new ImportCertificateCommand({ Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(key) }),
    );
    return CertificateArn!;
  };
  const shown = async () => {
    const listeners = await listenersOf(rig.cloud);
    return listeners.find(({ Port }) => Port === 8443)?.Certificates?.map((one) => one.CertificateArn);
  };

  it('is on the listener, another one takes its place there, and both stay when the stack goes', async () => {
    const [one, two] = [await importOne('one.example.com'), await importOne('two.example.com')];
    await rig.up(withArn(one));
    expect(await shown()).toEqual([one]);
    expect(await recordsOf(rig.cloud)).toEqual([]);
    expect((await rig.plan(withArn(one))).changes).toBe(false);
    await rig.up(withArn(two));
    expect(await shown()).toEqual([two]);
    await rig.down(withArn(two));
    const left = (await certificatesOf(rig.cloud)).map(({ CertificateArn }) => CertificateArn);
    expect(new Set(left)).toEqual(new Set([one, two]));
  });

  it('follows one of our own, which goes with its records', async () => {
    await rig.up(settings());
    const arn = await importOne('one.example.com');
    await rig.up(withArn(arn));
    expect(await shown()).toEqual([arn]);
    expect(await recordsOf(rig.cloud)).toEqual([]);
    expect((await certificatesOf(rig.cloud)).map(({ CertificateArn }) => CertificateArn)).toEqual([arn]);
  });

  it('that is not there is an error that names it', async () => {
    const none = 'arn:aws:acm:local:000000000000:certificate/00000000-0000-4000-8000-000000000000';
    await expect(rig.up(withArn(none))).rejects.toThrow(none);
  });
});

it('a certificate in use is not deleted', async () => {
  await rig.up(settings());
  const [{ CertificateArn } = {}] = await certificatesOf(rig.cloud);
  await expect(rig.cloud.acm.send(new DeleteCertificateCommand({ CertificateArn }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
  });
});
