import type { ChatopsError } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import type { PlannedAction } from './events.ts';
import type { StepResult } from './outcome.ts';
import type { LogicalId, Step } from './resource.ts';
import { noteOf, noteTag } from './tag-note.ts';
import { newest } from './version.ts';

/** What one step tells. It is silent until it begins: a step that finds nothing to do leaves no trace. */
export class StepLog {
  readonly id: LogicalId;
  readonly type: string;
  readonly #context: EngineContext<unknown>;
  readonly #report: (result: StepResult) => void;
  #action: PlannedAction['action'];
  #startedAt: number | undefined;
  #lastNote = '';
  #ended = false;

  constructor(
    context: EngineContext<unknown>,
    { id, type, action }: Pick<StepResult, 'id' | 'type' | 'action'>,
    report: (result: StepResult) => void,
  ) {
    this.#context = context;
    this.id = id;
    this.type = type;
    this.#action = action;
    this.#report = report;
  }

  /** Says that the step has started, once; what it turns out to do counts, not what was planned. */
  begin(action: PlannedAction['action']): void {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = this.#context.clock.now();
    this.#action = action;
    this.#context.emit({ type: 'step.started', id: this.id, resource: this.type, action });
  }

  note(text: string): void {
    if (text === this.#lastNote) return;
    this.#lastNote = text;
    this.#context.emit({ type: 'step.note', id: this.id, text });
  }

  done(): void {
    if (this.#startedAt === undefined) return;
    const ms = this.#elapsed();
    this.#context.emit({ type: 'step.done', id: this.id, ms });
    this.#end({ status: 'done', ms });
  }

  failed(error: ChatopsError): void {
    this.begin(this.#action);
    const ms = this.#elapsed();
    this.#context.emit({ type: 'step.failed', id: this.id, ms, error: error.message, hint: error.hint });
    this.#end({ status: 'failed', ms, error });
  }

  /** Not told of steps that had nothing to do anyway. */
  skipped(because: string): void {
    if (this.#ended || this.#action === 'none') return;
    this.#context.emit({ type: 'step.skipped', id: this.id, because });
    this.#end({ status: 'skipped', ms: 0, because });
  }

  /** What a verb of the kind gets. `owner` is the id in the tags, `written` the version that wrote before. */
  forVerb(owner: LogicalId, written?: string): Step {
    const { scope, clock, signal, extraTags = {} } = this.#context;
    const note = noteOf(Object.keys(extraTags));
    const tags = {
      ...extraTags,
      Name: `${scope.stack}/${owner}`,
      'chatops:stack': scope.stack,
      'chatops:id': owner,
      'chatops:version': newest([written, scope.version])!,
      ...(note !== undefined && { [noteTag]: note }),
    };
    return { id: owner, scope, tags, clock, signal, note: (text) => this.note(text) };
  }

  #elapsed(): number {
    return this.#context.clock.now() - (this.#startedAt ?? this.#context.clock.now());
  }

  #end(end: Pick<StepResult, 'status' | 'ms' | 'error' | 'because'>): void {
    this.#ended = true;
    this.#report({ id: this.id, type: this.type, action: this.#action, ...end });
  }
}
