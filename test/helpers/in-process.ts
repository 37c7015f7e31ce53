import type { Cloud } from '../../src/aws/cloud.ts';
import { isWrite } from '../../src/aws/operations.ts';
import { dispatch } from '../../src/local-cloud/dispatch.ts';
import type { LocalCloud } from '../../src/local-cloud/cloud.ts';
import { services } from '../../src/local-cloud/services/index.ts';
import type { ServiceDefinition } from '../../src/local-cloud/services/index.ts';
import { restXml } from '../../src/local-cloud/wire/rest-xml.ts';
import type { WireRequest, WireResponse } from '../../src/local-cloud/wire/protocol.ts';
import { s3Xml } from '../../src/local-cloud/wire/s3-xml.ts';

/** One attempt of one call, on its way from the SDK to the local cloud. */
export interface Attempt {
  service: ServiceDefinition;
  /** `CreateVpc`. */
  operation: string;
  write: boolean;
}

/** Decides what becomes of an attempt: `perform` has it performed and gives the answer; throwing is a lost connection. */
export type Intercept = (attempt: Attempt, perform: () => Promise<WireResponse>) => Promise<WireResponse>;

interface HttpRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

interface Way {
  intercept: Intercept;
  /** Which state an attempt is performed on; default: the one that there is. */
  seen?: (attempt: Attempt) => LocalCloud;
}

/** Has the clients of a cloud reach a local cloud without sockets, through `intercept`: the same bytes, the same answers. */
export function reachInProcess(cloud: Cloud, to: LocalCloud, { intercept, seen = () => to }: Way): void {
  const log = (line: string) => console.error(line);
  const handle = async (request: HttpRequest) => {
    const [region = '', name] = /Credential=([^,]+)/
      .exec(request.headers['authorization'] ?? '')![1]!
      .split('/')
      .slice(2);
    const service = services.find(({ signingName }) => signingName === name)!;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]),
    );
    const sent = request.body ?? '';
    const body =
      typeof sent === 'string'
        ? Buffer.from(sent)
        : Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
    const query = new URLSearchParams(request.query).toString();
    const path = query === '' ? request.path : `${request.path}?${query}`;
    const wire = { method: request.method, path, headers, body };
    const operation = await operationOf(service, wire);
    const attempt = { service, operation, write: isWrite(operation) };
    const perform = () => dispatch(service, region, wire, seen(attempt), log);
    const { status, ...answer } = await intercept(attempt, perform);
    return { response: { statusCode: status, headers: answer.headers, body: answer.body } };
  };
  for (const client of Object.values(cloud) as unknown[]) {
    if (typeof client !== 'object' || client === null || !('config' in client)) continue;
    (client.config as { requestHandler: unknown }).requestHandler = {
      handle,
      destroy: () => undefined,
      metadata: { handlerProtocol: 'http/1.1' },
    };
  }
}

/** A connection that was reset, as Node reports it. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

async function operationOf(service: ServiceDefinition, wire: WireRequest): Promise<string> {
  const { headers, body } = wire;
  const named =
    headers['x-amz-target']?.split('.').at(-1) ?? /(?:^|&)Action=(\w+)/.exec(body.toString())?.[1];
  const rest = service.protocol === 'restXml' ? restXml : s3Xml;
  return named ?? rest.operationName(wire, await service.schemas()) ?? '';
}
