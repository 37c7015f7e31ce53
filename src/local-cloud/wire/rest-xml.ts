import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { AwsError } from '../operation.ts';
import { awsQuery, xmlResponse } from './aws-query.ts';
import type { Protocol } from './protocol.ts';
import { readScalar } from './scalar.ts';
import { operationNames, operationShape } from './schema.ts';
import type { HttpBinding, Shape } from './schema.ts';
import { membersAsXml, serdeContext, xmlSettings } from './xml.ts';

/** Where the members of a structure go besides the body. */
interface Bindings {
  httpLabel?: 1;
  httpQuery?: string;
  httpHeader?: string;
}

type Route = { name: string; method: string; pattern: RegExp };

const routes = new WeakMap<object, Route[]>();

/** REST XML (https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html): method, path and query say what, bodies are XML; errors as Route 53 words them, which are those of AWS Query. */
export const restXml: Protocol = {
  operationName({ method, path }, schemas) {
    const { pathname } = split(path);
    return routesOf(schemas).find((route) => route.method === method && route.pattern.test(pathname))?.name;
  },

  async readInput({ path, headers, body }, shape, http) {
    if (!shape.isStructSchema()) return {};
    const { pathname, query } = split(path);
    const labels = patternOf(http!.path).exec(pathname)?.groups ?? {};
    const input = body.length === 0 ? {} : readXml(shape, body);
    for (const [name, member] of shape.structIterator()) {
      const { httpLabel, httpQuery, httpHeader } = bindingsOf(member);
      const text =
        httpLabel !== undefined
          ? decodeURIComponent(labels[name] ?? '')
          : httpQuery !== undefined
            ? (query.get(httpQuery) ?? undefined)
            : httpHeader === undefined
              ? undefined
              : headers[httpHeader.toLowerCase()];
      if (text !== undefined) input[name] = readScalar(member, text, name);
    }
    return input;
  },

  writeOutput({ xmlNamespace }, _operation, shape, output, requestId, http) {
    const inBody: Record<string, unknown> = { ...output };
    const headers: Record<string, string> = {};
    for (const [name, member] of shape.structIterator()) {
      const { httpHeader } = bindingsOf(member);
      if (httpHeader === undefined) continue;
      const value = inBody[name];
      if (typeof value === 'string') headers[httpHeader.toLowerCase()] = value;
      delete inBody[name];
    }
    const root = shape.getName();
    const xml = `<${root} xmlns="${xmlNamespace}">${membersAsXml(shape, inBody)}</${root}>`;
    const answer = xmlResponse(http?.status ?? 200, requestId, xml);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  },

  writeError: awsQuery.writeError,

  unknownOperation: () =>
    new AwsError('UnknownOperationException', 'The local cloud has no such operation.', 404),
};

function readXml(shape: Shape, body: Buffer): Record<string, unknown> {
  const deserializer = new XmlShapeDeserializer(xmlSettings);
  deserializer.setSerdeContext(serdeContext);
  try {
    return (deserializer.read(shape, body) ?? {}) as Record<string, unknown>;
  } catch {
    throw new AwsError('InvalidInput', 'Invalid XML ; the body cannot be read.');
  }
}

function routesOf(schemas: Record<string, unknown>): Route[] {
  let known = routes.get(schemas);
  if (known === undefined) {
    known = operationNames(schemas).flatMap((name) => {
      const http = operationShape(schemas, name)?.http;
      return http === undefined ? [] : [{ name, method: http.method, pattern: patternOf(http.path) }];
    });
    routes.set(schemas, known);
  }
  return known;
}

/** A label stands for one segment of the path, one that ends in `+` for the rest of it. */
function patternOf(template: HttpBinding['path']): RegExp {
  const source = split(template)
    .pathname.replace(/[.*$^()|[\]\\]/g, '\\$&')
    .replace(
      /\{(\w+)(\+?)\}/g,
      (_, name: string, greedy: string) => `(?<${name}>${greedy ? '.+' : '[^/]+'})`,
    );
  return new RegExp(`^${source}$`);
}

function split(path: string): { pathname: string; query: URLSearchParams } {
  const [pathname = '', query = ''] = path.split('?', 2);
  // The AWS command line ends some of them in a slash.
  return { pathname: pathname.replace(/\/+$/, ''), query: new URLSearchParams(query) };
}

function bindingsOf(member: Shape): Bindings {
  return member.getMergedTraits();
}
