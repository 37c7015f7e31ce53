import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import {
  CreateHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';

const domain = 'chat.localhost';

/** A stack with a domain of its own, from up to down. */
describe('a chat under its own domain', { timeout: 120_000 }, () => {
  let project: Project;
  let first: Result;
  let url: URL;
  let authority: string;
  const secure = {
    app: 'chat',
    region: 'local',
    loadBalancer: { https: { domain, hostedZone: 'localhost' } },
  };

  beforeAll(async () => {
    project = await createProject();
    await project.configure(secure);
    first = await project.run('up');
    expect(first, first.stderr).toMatchObject({ code: 0 });
    url = new URL(first.stdout.trim());
    authority = await readFile(path.join(project.folder, '.chatops/local/authority.pem'), 'utf8');
  }, 120_000);
  afterAll(() => project.close());

  const awsClient = async () => {
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    return { region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } };
  };
  /** To this machine, under the domain's name: nothing here asks DNS. */
  const way = () => ({ host: '127.0.0.1', port: Number(url.port), servername: domain, ca: authority });

  it('says https and the domain, and that the endpoint answers', () => {
    expect(url.protocol).toBe('https:');
    expect(url.hostname).toBe(domain);
    expect(Number(url.port)).toBeGreaterThanOrEqual(8443);
    expect(first.stderr).toContain('the endpoint answers');
  });

  it('answers with the page, and with a certificate for the domain alone', async () => {
    const page = await get(requestHttps, { ...way(), path: '/' });
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<html') });
    await expect(get(requestHttps, { ...way(), servername: 'other.localhost' })).rejects.toThrow(/altnames/);
    await expect(get(requestHttps, { ...way(), ca: undefined })).rejects.toThrow(/certificate/);
  });

  it('sends HTTP on to HTTPS, path and query with it', async () => {
    const { loadBalancer } = JSON.parse((await project.run('status', '--json')).stdout) as {
      loadBalancer: { value: { url: string } };
    };
    expect(loadBalancer.value.url).toBe(url.origin);
    const port = await httpPort();
    const answer = await get(requestHttp, {
      host: '127.0.0.1',
      port,
      path: '/a?b=c',
      headers: { Host: domain },
    });
    expect(answer).toMatchObject({ status: 301, location: `https://${domain}:${url.port}/a?b=c` });
  });

  it('chats over wss', async () => {
    const socket = new WebSocket(`wss://${domain}:${url.port}/ws`, 'chatops.v1', {
      ...way(),
      lookup: (_name, options, found) =>
        options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4),
    });
    const frames: Record<string, unknown>[] = [];
    socket.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as never));
    const frame = async (type: string) => {
      await expect.poll(() => frames.some((each) => each['type'] === type), { timeout: 10_000 }).toBe(true);
      return frames.find((each) => each['type'] === type)!;
    };
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const client = '7f0c4d2e-9a54-4b7e-8c1d-0f6a3b5c2d1e';
    socket.send(JSON.stringify({ type: 'hello', client }));
    await frame('welcome');
    socket.send(JSON.stringify({ type: 'join', room: 'lobby' }));
    await frame('joined');
    socket.send(JSON.stringify({ type: 'send', room: 'lobby', cid: 'one', text: 'hello over TLS' }));
    expect(await frame('message')).toMatchObject({ text: 'hello over TLS', client });
    socket.terminate();
  });

  it('stands a load test over wss', async () => {
    const args = ['--clients', '20', '--duration', '2s', '--ramp-up', '1s', '--workers', '1'];
    const { code, stdout, stderr } = await project.run('loadtest', '--json', ...args);
    expect(code, stdout + stderr).toBe(0);
  });

  it('changes nothing the second time', async () => {
    const again = await project.run('up');
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: first.stdout });
    expect(again.stderr).toContain('no changes');
  });

  it('goes without a certificate or a record left', async () => {
    const settings = await awsClient();
    // A hosted zone of somebody else's keeps the local cloud up, so that it can be asked.
    const route53 = new Route53Client(settings);
    await route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'kept' }));
    const down = await project.run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('are gone, and no listing finds any');
    const { CertificateSummaryList } = await new ACMClient(settings).send(
      new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
    );
    expect(CertificateSummaryList).toEqual([]);
    const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'localhost' }));
    const records = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones![0]!.Id }),
    );
    expect(records.ResourceRecordSets!.map(({ Type }) => Type)).toEqual(['NS', 'SOA']);
  });

  async function httpPort(): Promise<number> {
    const elbv2 = new ElasticLoadBalancingV2Client(await awsClient());
    const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({}));
    const { LoadBalancerArn } = LoadBalancers![0]!;
    const { Listeners } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
    return Listeners!.find(({ Protocol }) => Protocol === 'HTTP')!.Port!;
  }
});

function get(
  request: typeof requestHttp,
  options: object,
): Promise<{ status: number | undefined; location: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, location: response.headers.location, body }),
      );
    });
    asked.on('error', reject).end();
  });
}
