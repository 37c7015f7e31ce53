import type { Clock } from './clock.ts';

/** A logical id within a stack, such as `subnet-public-a`; the value of the tag `chatops:id`. */
export type LogicalId = string;

/** Which stack is meant, and the tags that prove ownership of each of its resources. */
export interface Scope {
  /** `<app>/<environment>/<region>`; the value of the tag `chatops:stack`. */
  stack: string;
  /** A short hash of `stack`, for names that are shared by all stacks of an account. */
  hash: string;
  /** The version of this tool; the value of the tag `chatops:version`. */
  version: string;
}

/** One difference between what is wanted and what was found. */
export interface Change {
  /** Dotted path of the property, such as `attributes.idle_timeout`. */
  path: string;
  from: unknown;
  to: unknown;
  /** Whether the resource can take the new value in place, or has to be made anew. */
  action: 'update' | 'replace';
  /** The values must never be shown. */
  secret?: boolean;
  /** A note of this tool for itself, in a tag: written along with other changes, and never a reason to write. */
  own?: boolean;
}

/** A resource of the stack as the cloud reports it. */
export interface Found<Attrs> {
  id: LogicalId;
  attrs: Attrs;
  /** What the cloud calls it (an id, a name or an ARN), for messages. */
  ref?: string;
  /** The tag `chatops:version`: the newest version of this tool that wrote it. */
  version?: string | undefined;
  /** The tags that are neither the owner tags nor the cloud's own; undefined where the cloud does not tell them now. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** The tag `chatops:tags`: which of `tags` this tool set. See tag-note.ts. */
  note?: string | undefined;
}

/** What has to happen to the tags of the user's own on a resource. */
export interface TagChange {
  /** Added, or given another value. */
  set: Record<string, string>;
  /** Keys that go. */
  remove: string[];
}

/** What a verb of a resource kind gets to work with besides the cloud. */
export interface Step {
  id: LogicalId;
  scope: Scope;
  /** The owner tags of this resource (`chatops:stack`, `chatops:id`, `chatops:version`, `Name`) and the user's: set them in the creating call. */
  tags: Record<string, string>;
  clock: Clock;
  /** Aborted when the user interrupts. Ends waiting (`clock.sleep`); never handed to a call, since calls in flight finish. */
  signal: AbortSignal;
  /** Tells the user what this step is doing or waiting for; printed only when it changes. */
  note(text: string): void;
}

/**
 * One kind of resource: the only place that knows both the engine and the cloud's API.
 * `Props` is what is wanted; `Attrs` is what the cloud says is there. Both are plain data.
 *
 * The verbs are written to be called again: the engine finds, compares, and calls `create`, `update` or
 * `delete` until the cloud says what is wanted, so a verb never has to remember how far it came.
 */
export interface ResourceKind<Cloud, Props, Attrs> {
  /** The CloudFormation type name, such as `AWS::EC2::Subnet`. */
  type: string;
  /** Whether it exists already and belongs to somebody else: it is looked up, and never created, changed or deleted. */
  given?: boolean;
  /** Whether losing it loses data: then it is never replaced or pruned without an explicit permission. */
  stateful?: boolean;
  /**
   * Replacement creates the new one before the old one is deleted (its name carries a hash of what is immutable).
   * While both stand, `find` lists both under the same id, the oldest first.
   */
  createFirst?: boolean;
  /** The cloud itself refuses or ignores a second creation (by name or client token), so one that was refused may be sent again at once. */
  idempotent?: boolean;
  /** Properties (paths, or beginnings of paths) whose values must never be shown. */
  secrets?: readonly string[];
  /** Whether an update makes a new version with attributes of its own, as a task definition's does: what needs it changes too. */
  versioned?: boolean;
  /** All resources of this kind that carry the stack's owner tags: at most three calls deep, however many there are. */
  find(cloud: Cloud, scope: Scope): Promise<Found<Attrs>[]>;
  /** What would have to change. Pure. The cloud's own normalisation must not show up as a change. */
  diff(desired: Props, current: Attrs): Change[];
  /**
   * `true` when it can be used, else what it is waiting for (`creating`). Throws when it can never become ready.
   * `desired` is given only after a write, for what tells by it whether the cloud took the write back. Default:
   * always ready.
   */
  ready?(current: Attrs, desired?: Props): true | string;
  create(cloud: Cloud, props: Props, step: Step): Promise<void>;
  update(cloud: Cloud, props: Props, current: Attrs, changes: Change[], step: Step): Promise<void>;
  /** Brings the tags of the user's own up to date in place. Without it they stay as they were set by `create`. */
  tag?(cloud: Cloud, current: Attrs, change: TagChange, step: Step): Promise<void>;
  /** Begins the deletion; the engine calls `find` until it is gone. Deleting what is not there is success. */
  delete(cloud: Cloud, current: Attrs, step: Step): Promise<void>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a list of kinds mixes properties and attributes
export type AnyKind<Cloud> = ResourceKind<Cloud, any, any>;

// oxlint-disable-next-line typescript/no-explicit-any -- a graph mixes kinds; each node was checked where it was made
export type AnyNode<Cloud> = Node<Cloud, any, any, any>;

type Needs<Cloud> = Record<string, AnyNode<Cloud>>;

/** The attributes of each needed resource, under the name of its edge. */
export type AttrsOf<N> = {
  [K in keyof N]: N[K] extends Node<infer _C, infer _P, infer A, infer _N> ? A : never;
};

/** One resource that the stack wants: a kind, its typed edges, and its properties as a function of the needed resources. */
export interface Node<Cloud, Props, Attrs, N extends Needs<Cloud> = Needs<Cloud>> {
  id: LogicalId;
  kind: ResourceKind<Cloud, Props, Attrs>;
  /** Edges: each must stand and be ready before this one is created, and is deleted only after it. */
  needs: N;
  /**
   * Called with the attributes of the needed resources. While planning, where one does not exist yet, each of its
   * attributes reads as the string of src/engine/unknown.ts: pass attributes through or embed them in strings,
   * never compute with them or look inside.
   */
  props(needs: AttrsOf<N>): Props;
  /** Relative weight of the time that it takes; the slowest chain starts first. */
  seconds?: number;
}

/** Makes a node; exists so that TypeScript infers the edges. */
export function resource<Cloud, Props, Attrs, const N extends Needs<Cloud>>(
  node: Node<Cloud, Props, Attrs, N>,
): Node<Cloud, Props, Attrs, N> {
  return node;
}
