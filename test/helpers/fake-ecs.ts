import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EcsPlace } from '../../chat-server/src/ecs/place.ts';
import { verify } from '../../src/local-cloud/signature.ts';

/** What a task on ECS sees: its metadata, its role's credentials, and the load balancer's view of it. */
export interface FakeEcs {
  place: EcsPlace;
  /** What the load balancer answers: `State Reason`, or an error code to refuse with. */
  health: string;
  /** What it answers for single target groups, in place of that. */
  elsewhere?: Record<string, string>;
  /** Forms of the calls that came, signed with the key that was given out. */
  calls: URLSearchParams[];
  /** How often the credentials were asked for. */
  asked: number;
  close(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'ASIATASK', secretAccessKey: 'secret', sessionToken: 'to/ken=' };
const ARN = 'arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/chat/0123456789abcdef';

/** Starts it on a loopback port; calls that are not signed as AWS wants them are refused. */
export async function fakeEcs(health: string): Promise<FakeEcs> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status = 200, text } = answer(request, Buffer.concat(chunks));
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ecs: FakeEcs = {
    place: {
      targetGroupArns: [ARN],
      metadataUri: `${endpoint}/v4/task`,
      credentialsUri: `${endpoint}/role`,
      authorization: undefined,
      endpoint,
      region: 'eu-west-3',
    },
    health,
    calls: [],
    asked: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return ecs;

  function answer(request: IncomingMessage, body: Buffer): { status?: number; text: string } {
    if (request.url === '/v4/task/task') {
      const Networks = [{ NetworkMode: 'awsvpc', IPv4Addresses: ['10.0.1.7'] }];
      return { text: JSON.stringify({ TaskARN: 'arn:task', Containers: [{ Networks }] }) };
    }
    if (request.url === '/role') {
      ecs.asked++;
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = CREDENTIALS;
      return { text: JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration }) };
    }
    const headers = request.headers as Record<string, string>;
    const verdict = verify({ method: 'POST', path: '/', headers, body }, CREDENTIALS, Date.now());
    const group = new URLSearchParams(body.toString()).get('TargetGroupArn') ?? '';
    const [state, reason] = (ecs.elsewhere?.[group] ?? ecs.health).split(' ');
    if (!verdict.ok || !reason) {
      const code = verdict.ok ? state : 'SignatureDoesNotMatch';
      return { status: 403, text: `<Error><Code>${code}</Code><Message>no</Message></Error>` };
    }
    ecs.calls.push(new URLSearchParams(body.toString()));
    return { text: `<TargetHealth><State>${state}</State><Reason>${reason}</Reason></TargetHealth>` };
  }
}
