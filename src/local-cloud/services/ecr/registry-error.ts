import type { ServerResponse } from 'node:http';
import { AwsError } from '../../operation.ts';

/** An error of the OCI distribution API: its code, such as `BLOB_UNKNOWN`, and HTTP status. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Answers a registry request with an error as the OCI specification words it; ECR's own errors keep their message. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { code, message, status } = asRegistryError(error);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

const ociCodes: Record<string, [code: string, status: number]> = {
  RepositoryNotFoundException: ['NAME_UNKNOWN', 404],
  LayersNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  ReferencedImagesNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  ImageTagAlreadyExistsException: ['TAG_INVALID', 400],
  InvalidParameterException: ['MANIFEST_INVALID', 400],
};

function asRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (error instanceof AwsError) {
    const [code, status] = ociCodes[error.code] ?? ['DENIED', error.status];
    return new RegistryError(code, error.message, status);
  }
  return new RegistryError('UNKNOWN', error instanceof Error ? error.message : String(error), 500);
}
