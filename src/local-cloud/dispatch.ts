import { randomUUID } from 'node:crypto';
import { countCall } from './call-count.ts';
import { oncePerToken } from './client-token.ts';
import type { LocalCloud } from './cloud.ts';
import { constraintsOf } from './constraints/constraints.ts';
import { firstViolation } from './constraints/violation.ts';
import { AwsError } from './operation.ts';
import type { Call } from './operation.ts';
import { accessDenied } from './principal.ts';
import type { Principal } from './principal.ts';
import { invalidParameter, missingParameter } from './refusal.ts';
import type { ServiceDefinition } from './services/index.ts';
import { awsJson } from './wire/aws-json.ts';
import { awsQuery } from './wire/aws-query.ts';
import { ec2Query } from './wire/ec2-query.ts';
import type { Protocol, WireRequest, WireResponse } from './wire/protocol.ts';
import { restXml } from './wire/rest-xml.ts';
import { missingMember } from './wire/required.ts';
import { s3Xml } from './wire/s3-xml.ts';
import { errorShapes, operationShape } from './wire/schema.ts';
import type { ErrorShape } from './wire/schema.ts';

const protocols: Record<ServiceDefinition['protocol'], Protocol> = {
  ec2Query,
  awsQuery,
  'awsJson1.0': awsJson('1.0'),
  'awsJson1.1': awsJson('1.1'),
  restXml,
  s3Xml,
};

/** Answers one request to a service, of somebody who may do everything or of a `principal`; every error, expected or not, becomes the error document of its protocol. */
export async function dispatch(
  service: ServiceDefinition,
  region: string,
  request: WireRequest,
  cloud: LocalCloud,
  log: (line: string) => void,
  principal?: Principal,
): Promise<WireResponse> {
  const requestId = randomUUID();
  const protocol = protocolOf(service, request);
  try {
    const schemas = await service.schemas();
    const name = protocol.operationName(request, schemas);
    const shape = name === undefined ? undefined : operationShape(schemas, name);
    const operations = await service.operations();
    const operation = name !== undefined && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (name === undefined || shape === undefined || operation === undefined) {
      throw protocol.unknownOperation(name, service.version);
    }
    if (principal?.permits(`${service.signingName}:${name}`) === false) {
      throw accessDenied(service, principal, name);
    }
    countCall(cloud, name);
    const input = await protocol.readInput(request, shape.input, shape.http);
    const missing = missingMember(shape.input, input);
    if (missing !== undefined) throw missingParameter(service, missing);
    const violation = firstViolation(
      service.constraints ?? constraintsOf(service.signingName),
      shape.input,
      input,
    );
    if (violation !== undefined) throw invalidParameter(service, violation);
    const now = new Date(cloud.clock.now());
    const call: Call = { cloud, region, account: cloud.account, requestId, now };
    if (principal !== undefined) call.caller = principal.arn;
    const output = await oncePerToken(name, input, call, async () => (await operation(input, call)) ?? {});
    return protocol.writeOutput(service, name, shape.output, output, requestId, shape.http);
  } catch (error) {
    return failed(service, protocol, error, requestId, log);
  }
}

/** The refusal of a request before any operation was looked at, such as one with a wrong signature. */
export function refused(service: ServiceDefinition, error: AwsError): WireResponse {
  return protocols[service.protocol].writeError(service, error, undefined, randomUUID());
}

function protocolOf({ protocol, queryCompatible }: ServiceDefinition, { headers }: WireRequest): Protocol {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return queryCompatible === true && isForm ? awsQuery : protocols[protocol];
}

async function failed(
  service: ServiceDefinition,
  protocol: Protocol,
  error: unknown,
  requestId: string,
  log: (line: string) => void,
): Promise<WireResponse> {
  const answer = error instanceof AwsError ? error : internalFailure(service, error, requestId, log);
  const known = documented(await service.schemas(), answer.code);
  return protocol.writeError(service, answer, known, requestId);
}

function internalFailure(
  service: ServiceDefinition,
  error: unknown,
  requestId: string,
  log: (line: string) => void,
): AwsError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`${service.signingName} ${requestId} InternalFailure: ${stack}`);
  return new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  );
}

/** Handlers may name an error by the class that the SDK throws or by its code on the wire. */
function documented(schemas: Record<string, unknown>, code: string): ErrorShape | undefined {
  const shapes = errorShapes(schemas);
  return shapes.find(({ name }) => name === code) ?? shapes.find(({ queryCode }) => queryCode === code);
}
