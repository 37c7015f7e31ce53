import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { AwsError } from '../operation.ts';
import { xmlResponse } from './aws-query.ts';
import type { Protocol, WireRequest } from './protocol.ts';
import { readScalar } from './scalar.ts';
import { operationNames, operationShape, requiredMembers } from './schema.ts';
import type { Shape } from './schema.ts';
import { escapeXml, membersAsXml, serdeContext, xmlSettings } from './xml.ts';

/** Where the members of a structure go besides the body. */
interface Bindings {
  httpLabel?: 1;
  httpQuery?: string;
  httpHeader?: string;
  httpPayload?: 1;
  xmlName?: string;
}

/** What tells an operation from the others: `GET /{Bucket}?policy`. */
interface Route {
  name: string;
  method: string;
  inBucket: boolean;
  onKey: boolean;
  /** Parameters of the query that have to be there, whatever else is. */
  query: string[];
  /** Likewise of the headers: CopyObject is PutObject with a source. */
  headers: string[];
}

const routes = new WeakMap<object, Route[]>();

/** REST XML as S3 speaks it: the bucket is the first segment of the path, the rest of it the key (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#path-style-access). */
export const s3Xml: Protocol = {
  operationName(request, schemas) {
    const { bucket, key, query } = partsOf(request);
    return routesOf(schemas).find(
      (route) =>
        route.method === request.method &&
        route.inBucket === (bucket !== undefined) &&
        route.onKey === (key !== undefined) &&
        route.query.every((name) => query.has(name)) &&
        route.headers.every((name) => name in request.headers),
    )?.name;
  },

  async readInput(request, shape) {
    const { bucket, key, query } = partsOf(request);
    const input: Record<string, unknown> = {};
    for (const [name, member] of shape.structIterator()) {
      const { httpQuery, httpHeader, httpPayload } = bindingsOf(member);
      const text =
        httpQuery !== undefined
          ? (query.get(httpQuery) ?? undefined)
          : httpHeader === undefined
            ? undefined
            : request.headers[httpHeader.toLowerCase()];
      if (text !== undefined) input[name] = readScalar(member, text, name);
      if (httpPayload !== undefined && request.body.length > 0)
        input[name] = readPayload(member, request.body);
    }
    return { ...input, Bucket: bucket, Key: key };
  },

  writeOutput({ xmlNamespace }, operation, shape, output, requestId, http) {
    const inBody: Record<string, unknown> = { ...output };
    const headers: Record<string, string> = {};
    let payload: [Shape, unknown] | undefined;
    for (const [name, member] of shape.structIterator()) {
      const { httpHeader, httpPayload } = bindingsOf(member);
      const value = inBody[name];
      if (httpHeader !== undefined) {
        delete inBody[name];
        if (value !== undefined) headers[httpHeader.toLowerCase()] = headerText(value);
      }
      if (httpPayload !== undefined) payload = [member, value];
    }
    const status = http?.status ?? 200;
    const [member, content] = payload ?? [];
    if (member !== undefined && !member.isStructSchema()) {
      const body = Buffer.from((content ?? '') as Uint8Array | string);
      return { status, headers: { 'x-amz-request-id': requestId, ...headers }, body };
    }
    const root = bindingsOf(member ?? shape).xmlName ?? (member ?? shape).getName();
    const members = membersAsXml(member ?? shape, (member === undefined ? inBody : content) as object);
    const hasBody =
      status !== 204 && (member !== undefined || members !== '' || /^(Get|List)/.test(operation));
    const answer = xmlResponse(status, requestId, `<${root} xmlns="${xmlNamespace}">${members}</${root}>`);
    return {
      status,
      headers: { ...answer.headers, ...headers },
      body: hasBody ? answer.body : Buffer.alloc(0),
    };
  },

  writeError(_service, error, _known, requestId) {
    const fields = Object.entries(error.fields).map(([name, value]) => element(name, String(value)));
    return xmlResponse(
      error.status,
      requestId,
      `<Error>${element('Code', error.code)}${element('Message', error.message)}${fields.join('')}${element('RequestId', requestId)}</Error>`,
    );
  },

  unknownOperation: (name) =>
    new AwsError(
      'NotImplemented',
      `A header or query you provided implies functionality that is not implemented (${name ?? 'unknown'}).`,
      501,
    ),
};

function partsOf({ path }: WireRequest) {
  const [pathname = '', query = ''] = path.split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(pathname) ?? [];
  return {
    bucket: bucket === '' ? undefined : decodeURIComponent(bucket),
    key: key === '' ? undefined : decodeURIComponent(key),
    query: new URLSearchParams(query),
  };
}

/** Those that ask for more come first. */
function routesOf(schemas: Record<string, unknown>): Route[] {
  let known = routes.get(schemas);
  if (known === undefined) {
    known = operationNames(schemas)
      .flatMap((name) => {
        const { http, input } = operationShape(schemas, name) ?? {};
        if (http === undefined || input === undefined) return [];
        const [pathname = '', query = ''] = http.path.split('?', 2);
        // The SDK's own mark, which other clients do not send.
        const names = [...new URLSearchParams(query).keys()].filter((each) => each !== 'x-id');
        const inBucket =
          input.isStructSchema() && [...input.structIterator()].some(([each]) => each === 'Bucket');
        return [
          {
            name,
            method: http.method,
            inBucket,
            onKey: pathname.includes('{Key+}'),
            query: names,
            headers: requiredHeaders(input),
          },
        ];
      })
      .sort((a, b) => b.query.length + b.headers.length - a.query.length - a.headers.length);
    routes.set(schemas, known);
  }
  return known;
}

function requiredHeaders(input: Shape): string[] {
  if (!input.isStructSchema()) return [];
  const required = requiredMembers(input);
  return [...input.structIterator()].flatMap(([name, member]) => {
    const { httpHeader } = bindingsOf(member);
    return httpHeader !== undefined && required.includes(name) ? [httpHeader.toLowerCase()] : [];
  });
}

function readPayload(member: Shape, body: Buffer): unknown {
  if (member.isStringSchema()) return body.toString();
  if (!member.isStructSchema()) return body;
  const deserializer = new XmlShapeDeserializer(xmlSettings);
  deserializer.setSerdeContext(serdeContext);
  try {
    return deserializer.read(member, body) as unknown;
  } catch {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
}

function headerText(value: unknown): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function bindingsOf(member: Shape): Bindings {
  return member.getMergedTraits();
}
