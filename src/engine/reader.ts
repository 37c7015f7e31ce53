import { coalesce } from './coalesce.ts';
import type { EngineContext } from './context.ts';
import type { AnyKind, Found } from './resource.ts';
import { persist } from './retry.ts';

/** Reads what stands. One `find` of a kind serves all steps that ask while it is waiting to start. */
export interface Reader<Cloud> {
  find(kind: AnyKind<Cloud>): Promise<Found<unknown>[]>;
}

/** A reader whose every answer is from a `find` that began after it was asked. */
export function readerOf<Cloud>(context: EngineContext<Cloud>): Reader<Cloud> {
  const finds = new Map<string, () => Promise<Found<unknown>[]>>();
  return {
    find(kind) {
      let find = finds.get(kind.type);
      if (!find) {
        find = coalesce(() => persist(context, () => kind.find(context.cloud, context.scope)));
        finds.set(kind.type, find);
      }
      return find();
    },
  };
}
