import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { throwIfInterrupted } from './interrupt.ts';
import { Patience } from './patience.ts';
import { refuseReplace } from './permission.ts';
import { remove, withId } from './remove.ts';
import type { AnyNode, Change, Found, Step } from './resource.ts';
import type { Run } from './run.ts';
import { needsReplacing, replacingPaths, select } from './select.ts';
import type { Selection } from './select.ts';
import type { StepLog } from './step-log.ts';
import { splitTags } from './tag-change.ts';
import { polling } from './wait.ts';
import type { Pace } from './wait.ts';
import { write } from './write.ts';

/** How long something that may have been created can take to show up in a listing, in milliseconds, before it is created a second time. */
const visibility = 10_000;

/** The same for something that was certainly created: after that it counts as lost. */
const appearance = 60_000;

/** How long a listing may show the values from before an update. */
const settling = 5_000;

/** How often the same change is written, and how many updates there are in all, before it counts as impossible. */
const rounds = { same: 3, all: 12 };

/**
 * Brings one resource to what is wanted and returns its attributes once it is ready: find → absent? create ·
 * differs? update or replace · not ready? wait · same and ready? done. Whatever a write answers, the next thing
 * is to look again, so that nothing is created twice and nothing is believed that the cloud does not show.
 */
export async function converge<Cloud>(
  run: Run<Cloud>,
  node: AnyNode<Cloud>,
  props: unknown,
  log: StepLog,
): Promise<unknown> {
  const convergence = new Convergence(run, node, props, log);
  for (;;) {
    const askedAt = run.context.clock.now();
    const found = await run.reader.find(node.kind);
    if (await convergence.removedTwin(found)) continue;
    const selection = select(node.kind, node.id, run.wanted(props), found);
    if (await convergence.advance(selection, askedAt)) return selection.current!.attrs;
    throwIfInterrupted(run.context.signal);
  }
}

class Convergence<Cloud> {
  readonly #run: Run<Cloud>;
  readonly #node: AnyNode<Cloud>;
  readonly #props: unknown;
  readonly #log: StepLog;
  readonly #step: Step;
  readonly #patience: Patience;
  readonly #poll: Pace;
  /** When the listing that counts was asked for: what it says can be as old as that. */
  #askedAt = 0;
  /** Whether the first look found nothing: then all that carries the id was made by this step. */
  #foundNothing: boolean | undefined;
  /** Creating calls that were performed, or may have been. */
  #creations = 0;
  #created = false;
  #namesake = false;
  /** Until then something that was created, or may have been, can still show up. */
  #lookUntil = 0;
  /** Until then a second one can still show up, where there may be one. */
  #twinsUntil = 0;
  /** Until then a listing can still show what was before the last write. */
  #staleUntil = 0;
  #lastUpdate = '';
  #sameUpdates = 0;
  #updates = 0;

  constructor(run: Run<Cloud>, node: AnyNode<Cloud>, props: unknown, log: StepLog) {
    this.#run = run;
    this.#node = node;
    this.#props = props;
    this.#log = log;
    this.#step = log.forVerb(node.id);
    this.#patience = new Patience(run.context, log, node.seconds ?? 1);
    this.#poll = polling(run.context);
  }

  /**
   * Deletes the second of what this very step made twice: a creating call whose answer was lost, and whose resource
   * no listing showed for so long that it was made again. Nothing can refer to it yet.
   */
  async removedTwin(found: readonly Found<unknown>[]): Promise<boolean> {
    const { kind, id } = this.#node;
    const own = found.filter((one) => one.id === id);
    this.#foundNothing ??= own.length === 0;
    const [, twin] = own;
    if (!twin || kind.createFirst || !this.#foundNothing || this.#creations < 2) return false;
    this.#log.note('made twice: deleting the second');
    const refusal = await write(this.#run.context, () =>
      kind.delete(this.#run.context.cloud, twin.attrs, this.#step),
    );
    if (refusal) await this.#patience.afterRefusal(refusal);
    else await this.#poll.wait();
    return true;
  }

  /** One turn of the loop; true when nothing is left to do. */
  async advance({ current, changes, superseded }: Selection, askedAt: number): Promise<boolean> {
    this.#askedAt = askedAt;
    if (!current) await this.#create(changes, superseded);
    else if (this.#creations > 1 && askedAt < this.#twinsUntil)
      await this.#lookAgain('checking that it was made only once');
    else if (needsReplacing(changes)) await this.#replace(changes);
    else if (changes.length > 0) await this.#update(current, changes);
    else return this.#isReady(current);
    return false;
  }

  async #create(changes: Change[], superseded: Found<unknown>[]): Promise<void> {
    if (this.#askedAt < this.#lookUntil) return this.#lookAgain('waiting until it is visible');
    if (this.#created) throw this.#lost(changes);
    if (superseded.length > 0) this.#assertReplaceable(changes);
    const { kind, id } = this.#node;
    this.#log.begin(superseded.length > 0 ? 'replace' : 'create');
    const refusal = await write(this.#run.context, () =>
      kind.create(this.#run.context.cloud, this.#props, this.#step),
    );
    if (!refusal || refusal.as === 'transient') {
      this.#creations += 1;
      this.#twinsUntil = this.#now() + visibility;
    }
    if (!refusal) {
      this.#created = true;
      this.#lookUntil = this.#now() + appearance;
      this.#staleUntil = this.#now() + settling;
      return this.#wrote();
    }
    if (refusal.as === 'exists' && this.#namesake)
      throw namesake(id, this.#run.context.explain(refusal.error));
    this.#namesake ||= refusal.as === 'exists';
    // It may have been created all the same: an answer can be lost, and a verb can make several calls.
    const mayStand = refusal.as === 'transient' || this.#namesake || !kind.idempotent;
    if (mayStand) this.#lookUntil = this.#now() + visibility;
    await this.#patience.afterRefusal(refusal);
  }

  async #replace(changes: Change[]): Promise<void> {
    if (this.#created) {
      if (this.#askedAt < this.#staleUntil) return this.#lookAgain('waiting until it shows as created');
      throw this.#unsettled(changes);
    }
    this.#assertReplaceable(changes);
    const { kind, id, seconds = 1 } = this.#node;
    await remove(this.#run, { kind, pick: withId(id), action: 'replace', seconds }, this.#log);
  }

  async #update(current: Found<unknown>, changes: Change[]): Promise<void> {
    const update = JSON.stringify(changes.map(({ path, to }) => [path, to]));
    if (update === this.#lastUpdate) {
      if (this.#askedAt < this.#staleUntil) return this.#lookAgain('waiting until the change is visible');
      const state = this.#node.kind.ready?.(current.attrs, this.#props) ?? true;
      if (state !== true) return this.#lookAgain(state);
      if (this.#sameUpdates >= rounds.same) throw this.#unsettled(changes);
    } else {
      this.#sameUpdates = 0;
    }
    if (this.#updates >= rounds.all) throw this.#unsettled(changes);
    const { kind } = this.#node;
    this.#log.begin('update');
    const { others, tags } = splitTags(changes);
    const { cloud } = this.#run.context;
    const refusal = await write(this.#run.context, async () => {
      const step = this.#log.forVerb(this.#node.id, current.version);
      if (others.length > 0) await kind.update(cloud, this.#props, current.attrs, others, step);
      // A new version is born with all tags.
      const born = kind.versioned === true && others.length > 0;
      if (tags !== undefined && !born) await kind.tag!(cloud, current.attrs, tags, this.#step);
    });
    if (refusal) {
      // It may have been made all the same, and a second version would be one too many.
      if (kind.versioned && refusal.as === 'transient') {
        this.#lastUpdate = update;
        this.#staleUntil = this.#now() + visibility;
      }
      return this.#patience.afterRefusal(refusal);
    }
    this.#lastUpdate = update;
    this.#sameUpdates += 1;
    this.#updates += 1;
    this.#staleUntil = this.#now() + settling;
    this.#wrote();
  }

  async #isReady(current: Found<unknown>): Promise<boolean> {
    const state = this.#node.kind.ready?.(current.attrs) ?? true;
    if (state === true) return true;
    this.#log.begin('none');
    await this.#lookAgain(state);
    return false;
  }

  async #lookAgain(state: string): Promise<void> {
    this.#patience.check(state);
    this.#log.note(state);
    await this.#poll.wait();
  }

  #wrote(): void {
    this.#patience.afterSuccess();
    this.#poll.reset();
  }

  #assertReplaceable(changes: Change[]): void {
    const { kind, id } = this.#node;
    const refused = refuseReplace(this.#run.context, kind, id, replacingPaths(changes));
    if (refused) throw refused;
  }

  #now(): number {
    return this.#run.context.clock.now();
  }

  #lost(changes: Change[]): ChatopsError {
    if (changes.length > 0) return this.#unsettled(changes);
    const { id, kind } = this.#node;
    return new ChatopsError(`${id} was created, but no listing shows it after ${appearance / 1000} s`, {
      code: 'engine.lost',
      exit: ExitCode.failed,
      hint: 'run the same command again; if it happens again, look for it in the console',
      fields: { id, type: kind.type },
    });
  }

  #unsettled(changes: Change[]): ChatopsError {
    const { id, kind } = this.#node;
    const fields = changes.map(({ path, from, to, secret }) =>
      secret ? path : `${path} (is ${JSON.stringify(from)}, wanted ${JSON.stringify(to)})`,
    );
    return new ChatopsError(`${id} does not take the value of ${fields.join(', ')}`, {
      code: 'engine.unsettled',
      exit: ExitCode.failed,
      hint: 'run the same command again; if it happens again, report this line',
      fields: { id, type: kind.type, paths: changes.map((change) => change.path) },
    });
  }
}

function namesake(id: string, { message, exit, fields }: ChatopsError): ChatopsError {
  return new ChatopsError(`${id}: a namesake exists that is not of this stack (${message})`, {
    code: 'engine.namesake',
    exit,
    hint: 'rename the app in the config, or remove the namesake',
    fields: { ...fields, id },
  });
}
