import {
  DeleteParameterCommand,
  ParameterAlreadyExists,
  paginateGetParametersByPath,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';

import type { LockStore } from '../engine/lock.ts';
import type { Scope } from '../engine/resource.ts';
import type { Cloud } from './cloud.ts';
import { unlessMissing } from './unless.ts';

/** The entries of a stack's lock: SSM parameters `/chatops/<stack>/lock/<n>`, each created without overwriting. */
export function ssmLockStore(cloud: Pick<Cloud, 'ssm'>, scope: Scope): LockStore {
  const path = `/chatops/${scope.stack}/lock`;
  const name = (n: number) => `${path}/${n}`;
  return {
    async list() {
      const entries: { n: number; value: string }[] = [];
      for await (const page of paginateGetParametersByPath({ client: cloud.ssm }, { Path: path })) {
        for (const { Name, Value } of page.Parameters ?? [])
          entries.push({ n: Number(Name!.slice(path.length + 1)), value: Value! });
      }
      return entries;
    },

    async create(n, value) {
      try {
        await cloud.ssm.send(new PutParameterCommand({ Name: name(n), Value: value, Type: 'String' }));
        return true;
      } catch (error) {
        if (error instanceof ParameterAlreadyExists) return false;
        throw error;
      }
    },

    async remove(n) {
      await unlessMissing(cloud.ssm.send(new DeleteParameterCommand({ Name: name(n) })));
    },
  };
}
