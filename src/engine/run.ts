import { ChatopsError, messageOf } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { PlannedAction } from './events.ts';
import { Interrupted } from './interrupt.ts';
import type { Outcome, StepResult } from './outcome.ts';
import { readerOf } from './reader.ts';
import type { Reader } from './reader.ts';
import type { LogicalId } from './resource.ts';
import { runTasks } from './schedule.ts';
import type { Task } from './schedule.ts';
import type { Wanted } from './select.ts';
import { StepLog } from './step-log.ts';

/** A task and the step that it reports as. */
export interface Job extends Task {
  log: StepLog;
  /** Another job goes on with the same step. */
  first?: boolean;
}

const defaultConcurrency = 10;

/** One run of apply or destroy. */
export class Run<Cloud> {
  readonly context: EngineContext<Cloud>;
  readonly reader: Reader<Cloud>;
  /** Whether anything is written at all: then notes of this tool for itself are brought up to date, too. */
  readonly writes: boolean;
  /** Of each resource that stands and is ready. */
  readonly attrs = new Map<LogicalId, unknown>();
  readonly #startedAt: number;
  readonly #results: StepResult[] = [];
  #interrupted = false;

  constructor(context: EngineContext<Cloud>, writes: boolean) {
    this.context = context;
    this.writes = writes;
    this.reader = readerOf(context);
    this.#startedAt = context.clock.now();
  }

  /** Properties, with the tags that everything gets. */
  wanted(props: unknown): Wanted {
    const { extraTags = {}, scope } = this.context;
    return { props, tags: extraTags, writer: this.writes ? scope.version : undefined };
  }

  /** Runs the jobs; each reports as its step. */
  async perform(jobs: readonly Job[]): Promise<void> {
    const byKey = new Map(jobs.map((job) => [job.key, job]));
    await runTasks(jobs, {
      signal: this.context.signal,
      limit: this.context.concurrency ?? defaultConcurrency,
      ended: (key, end) => {
        const { log, first } = byKey.get(key)!;
        if (end.status === 'done' && !first) log.done();
        if (end.status === 'failed') log.failed(this.#explain(end.error));
        if (end.status === 'skipped') log.skipped(`${byKey.get(end.because)!.log.id} failed`);
        if (end.status === 'interrupted') this.#interrupted = true;
      },
    });
  }

  /** The log of one step, whose end becomes part of the outcome. */
  step(id: LogicalId, type: string, action: PlannedAction['action']): StepLog {
    return new StepLog(this.context, { id, type, action }, (result) => this.#results.push(result));
  }

  get failed(): boolean {
    return this.#results.some((result) => result.status === 'failed');
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Reads between two performances; undefined when the user stopped it. */
  async look<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.#interrupted = true;
      return undefined;
    }
  }

  /** The outcome; emits `run.finished`. `leftover` is what a removal that failed nowhere could not prove to be gone. */
  finish(leftover?: ChatopsError): Outcome {
    const error = this.#failure() ?? (this.#interrupted ? this.#interruption() : leftover);
    const outcome = this.failed ? 'failed' : this.#interrupted ? 'interrupted' : error ? 'failed' : 'done';
    const ms = this.context.clock.now() - this.#startedAt;
    this.context.emit({ type: 'run.finished', outcome, ms });
    return { outcome, steps: this.#results, attrs: this.attrs, ms, ...(error ? { error } : {}) };
  }

  #explain(error: unknown): ChatopsError {
    return error instanceof ChatopsError ? error : this.context.explain(error);
  }

  #failure(): ChatopsError | undefined {
    const failures = this.#results.filter((result) => result.status === 'failed');
    const [first, ...others] = failures;
    if (!first?.error) return undefined;
    const { error } = first;
    return new ChatopsError(lineOf(first), {
      code: error.code,
      exit: error.exit,
      hint: error.hint,
      fields: { ...error.fields, failed: failures.map((result) => result.id) },
      details: [...error.details, ...others.map(lineOf)],
      cause: error,
    });
  }

  #interruption(): ChatopsError {
    const done = this.#results.filter((result) => result.status === 'done').length;
    return new Interrupted(`interrupted after ${done} ${done === 1 ? 'step' : 'steps'}`);
  }
}

function lineOf({ id, error }: StepResult): string {
  const message = messageOf(error);
  return message.startsWith(id) ? message : `${id}: ${message}`;
}
