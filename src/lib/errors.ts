/** The exit codes of the command line; scripts and pipelines may rely on them. */
export const ExitCode = {
  ok: 0,
  bug: 1,
  usage: 2,
  config: 3,
  access: 4,
  failed: 5,
  changes: 6,
  threshold: 7,
  timeout: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface ChatopsErrorOptions {
  /** A stable, machine-readable name, such as `config.invalid`. */
  code: string;
  /** One of {@link ExitCode}. */
  exit: ExitCode;
  /** An imperative: what to do about it. */
  hint?: string;
  /** Facts for `--json`: plain data, never a secret. */
  fields?: Record<string, unknown>;
  /** Further lines under the first one, such as each problem of a config file. */
  details?: string[];
  cause?: unknown;
}

/**
 * The one error class of the tool: whoever knows the code, exit code, hint and fields attaches them,
 * and the command line prints them in one place. The message is one lower-case sentence that names the thing.
 */
export class ChatopsError extends Error {
  override readonly name = 'ChatopsError';
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly fields: Record<string, unknown>;
  readonly details: string[];

  constructor(message: string, options: ChatopsErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.exit = options.exit;
    this.hint = options.hint;
    this.fields = options.fields ?? {};
    this.details = options.details ?? [];
  }
}

/** What `error.message` says, for a thrown value of any type. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
