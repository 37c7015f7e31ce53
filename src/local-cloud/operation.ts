import type { LocalCloud } from './cloud.ts';

/** What an operation knows of the call besides its input. */
export interface Call {
  cloud: LocalCloud;
  /** From the credential scope of the signature: `local`, or any AWS region. */
  region: string;
  account: string;
  requestId: string;
  /** The time of the call, from the cloud's clock. */
  now: Date;
  /** ARN of whoever has signed it with less than all rights. */
  caller?: string;
}

/**
 * One AWS operation: input as the SDK's `…CommandInput`, output as its `…CommandOutput` without `$metadata`.
 * Throws {@link AwsError} with AWS's own code and words.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the table below mixes operations; each is typed where it is written
export type Operation<I = any, O = any> = (
  input: I,
  call: Call,
) => Omit<O, '$metadata'> | Promise<Omit<O, '$metadata'>>;

/** A service's operations by AWS's own names: `CreateVpc`, `DescribeVpcs`. */
export type Operations = Record<string, Operation>;

/** An error answer as AWS gives it: its code, its words, its HTTP status, and any further members of the error's shape. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
