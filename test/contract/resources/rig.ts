import { expect } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import type { Change, ResourceKind, Scope, Step } from '../../../src/engine/resource.ts';
import { startLocalCloud, type LocalCloudOptions } from '../../helpers/local-cloud.ts';

export const identity = identify('chat', 'default', 'local');
export const names = namesOf(identity);
export const scope: Scope = { stack: identity.stack, hash: identity.hash, version: '1.2.3' };

/** A local cloud as the resource kinds see it. */
export async function startCloud(options: LocalCloudOptions = {}) {
  const local = await startLocalCloud(options);
  const cloud: Cloud = { region: 'local', account: local.cloud.account, partition: 'aws', ...local.clients };
  return { cloud, local, close: () => local.close() };
}

/** A step as the engine hands it to a verb; waiting takes no time. */
export function stepOf(id: string, inScope: Scope = scope): Step & { notes: string[] } {
  const notes: string[] = [];
  return {
    id,
    scope: inScope,
    tags: {
      'chatops:stack': inScope.stack,
      'chatops:id': id,
      'chatops:version': inScope.version,
      Name: `${inScope.stack} ${id}`,
    },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    notes,
  };
}

/** One resource from its creation to its end, as a story that tests tell step by step. */
export function lifeOf<Props, Attrs>(cloud: Cloud, kind: ResourceKind<Cloud, Props, Attrs>, id: string) {
  const all = async () => (await kind.find(cloud, scope)).filter((one) => one.id === id);
  const one = async (): Promise<Attrs> => {
    const found = await all();
    expect(found.map(({ id, version }) => ({ id, version }))).toEqual([{ id, version: '1.2.3' }]);
    return found[0]!.attrs;
  };
  const settled = async (props: Props): Promise<Attrs> => {
    const attrs = await until(one, (each) => (kind.ready?.(each) ?? true) === true);
    expect(kind.diff(props, attrs)).toEqual([]);
    return attrs;
  };
  return {
    /** Creates it; what is found then differs in nothing. */
    async create(props: Props): Promise<Attrs> {
      await kind.create(cloud, props, stepOf(id));
      return settled(props);
    },
    /** The paths that differ from what is wanted, and what to do about it. */
    async changes(props: Props): Promise<string[]> {
      return kind.diff(props, await one()).map(({ path, action }) => `${action} ${path}`);
    },
    /** Brings it to new properties; then nothing differs any more. */
    async update(props: Props): Promise<Attrs> {
      const current = await one();
      const changes: Change[] = kind.diff(props, current);
      expect(changes).not.toEqual([]);
      await kind.update(cloud, props, current, changes, stepOf(id));
      return settled(props);
    },
    /** Deletes it, twice; then it is gone. */
    async delete(): Promise<void> {
      const attrs = await one();
      await kind.delete(cloud, attrs, stepOf(id));
      await until(all, (found) => found.length === 0);
      await kind.delete(cloud, attrs, stepOf(id));
    },
    one,
  };
}

/** Reads again until a condition holds; throws after ten seconds. */
export async function until<Value>(
  read: () => Promise<Value>,
  holds: (value: Value) => boolean,
): Promise<Value> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)} after ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a refused creation of something that belongs to somebody else looks like. */
export const foreign = expect.objectContaining({
  name: 'ChatopsError',
  code: 'resource.foreign',
  exit: 5,
  hint: expect.stringContaining('app'),
});
