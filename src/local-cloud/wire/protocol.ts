import type { AwsError } from '../operation.ts';
import type { ErrorShape, OperationShape, Shape } from './schema.ts';

/** What a request says in the terms of its protocol. */
export interface WireRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer, ready to be sent. */
export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What the codecs need to know of the service whose answer they write. */
export interface WireService {
  /** XML namespace of the answers of the query protocols. */
  xmlNamespace: string;
}

/** One of AWS's protocols in the server's direction. */
export interface Protocol {
  /** The operation that a request names, or undefined when it names none. */
  operationName(request: WireRequest, schemas: Record<string, unknown>): string | undefined;
  /** Throws an {@link AwsError} when the body is malformed. */
  readInput(
    request: WireRequest,
    shape: Shape,
    http: OperationShape['http'],
  ): Promise<Record<string, unknown>>;
  writeOutput(
    service: WireService,
    operation: string,
    shape: Shape,
    output: object,
    requestId: string,
    http: OperationShape['http'],
  ): WireResponse;
  /** `known` is the documented shape of the error, where there is one. */
  writeError(
    service: WireService,
    error: AwsError,
    known: ErrorShape | undefined,
    requestId: string,
  ): WireResponse;
  /** The error for a request whose operation the service does not have (or not here). */
  unknownOperation(name: string | undefined, version: string): AwsError;
}
