import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalCloud } from './cloud.ts';
import { dispatch, refused } from './dispatch.ts';
import { drawFault, faultError, faultsOf } from './faults.ts';
import { AwsError } from './operation.ts';
import type { Principal } from './principal.ts';
import { services as everyService } from './services/index.ts';
import type { ServiceDefinition } from './services/index.ts';
import { accessKeyOf, verify } from './signature.ts';
import type { Credentials } from './signature.ts';
import type { WireRequest, WireResponse } from './wire/protocol.ts';

export interface ServerOptions {
  cloud: LocalCloud;
  /** The key that may do everything; tasks and sessions have keys of their own, with the rights of their roles. */
  credentials: Credentials;
  /** Default: every service that the local cloud has. */
  services?: ServiceDefinition[];
  /** Where unexpected errors go, with their stacks. */
  log?: (line: string) => void;
  /** Answers signed requests to paths under `/_chatops/`, which are no AWS service. */
  control?: (method: string, path: string, body: Buffer) => Promise<object | undefined>;
}

export interface LocalServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Ends the open connections too. */
  close(): Promise<void>;
}

const bodyLimit = 16 * 1024 * 1024;

/** Starts the API of the local cloud on a free port of 127.0.0.1 and writes its address into `cloud.endpoint`. */
export async function createServer({
  cloud,
  credentials,
  services = everyService,
  log = () => undefined,
  control = async () => undefined,
}: ServerOptions): Promise<LocalServer> {
  const server = createHttpServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'The local cloud has failed; its log says how.' });
    });
  });
  // Closed by the client only: a connection that the server closes while a call is on its way looks like a lost answer.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  cloud.endpoint = `http://127.0.0.1:${port}`;
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  return {
    url: cloud.endpoint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    // A web page can send requests to this port (and rebind a name to it), but not without these two marks.
    if (request.headers.origin !== undefined || !hosts.has(request.headers.host ?? '')) {
      return send(response, refused(guess(request), foreign(request)));
    }
    if (/^\/v2(\/|$)/.test(path)) {
      const { handleRegistry } = await import('./services/ecr/registry.ts');
      return handleRegistry(request, response, cloud);
    }
    if (path.startsWith('/v4/')) {
      const { taskMetadata } = await import('./services/ecs/task-metadata.ts');
      const metadata = taskMetadata(cloud, path);
      return sendJson(response, metadata === undefined ? 404 : 200, metadata ?? {});
    }
    if (path.startsWith('/credentials/')) {
      const { taskCredentials } = await import('./services/ecs/task-credentials.ts');
      const answer = taskCredentials(cloud, path);
      return sendJson(response, answer === undefined ? 404 : 200, answer ?? {});
    }
    const body = await bodyOf(request);
    if (body === undefined) {
      return send(response, refused(guess(request), new AwsError('RequestEntityTooLarge', tooLarge, 413)));
    }
    const headers = plainHeaders(request);
    const principal = await principalOf(headers.authorization);
    const verdict = verify(
      { method: request.method ?? 'POST', path, headers, body },
      principal?.credentials ?? credentials,
      cloud.clock.now(),
    );
    const service = services.find(({ signingName }) => signingName === verdict.service) ?? guess(request);
    if (!verdict.ok) return send(response, refused(service, verdict.error(service)));
    if (verdict.service === 'chatops' && principal === undefined) {
      const answer = await control(request.method ?? 'GET', path, body);
      return sendJson(response, answer === undefined ? 404 : 200, answer ?? {});
    }
    if (service.signingName !== verdict.service) {
      const error = new AwsError(
        'UnknownOperationException',
        `The local cloud has no service ${verdict.service}.`,
        404,
      );
      return send(response, refused(service, error));
    }
    const faults = faultsOf(cloud);
    if (faults.latency > 0) await new Promise((resolve) => setTimeout(resolve, faults.latency));
    const fault = drawFault(faults, Math.random);
    if (fault === 'throttled' || fault === 'failed') {
      return send(response, refused(service, faultError(service, fault)));
    }
    if (fault === 'request-lost') return void request.socket.destroy();
    const wire: WireRequest = { method: request.method ?? 'POST', path, headers, body };
    const answer = await dispatch(service, verdict.region, wire, cloud, log, principal);
    if (fault === 'answer-lost') return void request.socket.destroy();
    send(response, answer);
  }

  async function principalOf(authorization: string | undefined): Promise<Principal | undefined> {
    const accessKeyId = accessKeyOf(authorization);
    if (accessKeyId === undefined || accessKeyId === credentials.accessKeyId) return undefined;
    const [{ taskPrincipal }, { sessionPrincipal }] = await Promise.all([
      import('./services/ecs/task-credentials.ts'),
      import('./services/sts/session.ts'),
    ]);
    return taskPrincipal(cloud, accessKeyId) ?? sessionPrincipal(cloud, accessKeyId);
  }
}

const tooLarge = 'The request is larger than 16 MiB.';

/** Which service's error format to use for a request that does not say which service it is for. */
function guess(request: IncomingMessage): ServiceDefinition {
  const name = request.headers['x-amz-target'] === undefined ? 'sts' : 'ecs';
  return everyService.find(({ signingName }) => signingName === name)!;
}

function foreign(request: IncomingMessage): AwsError {
  const what = request.headers.origin === undefined ? `host ${request.headers.host}` : 'a web page';
  return new AwsError('AccessDeniedException', `Requests from ${what} are not answered.`, 403);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}

function sendJson(response: ServerResponse, status: number, document: object): void {
  const headers = { 'content-type': 'application/json' };
  send(response, { status, headers, body: Buffer.from(JSON.stringify(document)) });
}

function send(response: ServerResponse, { status, headers, body }: WireResponse): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}
