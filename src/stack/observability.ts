import { resource } from '../engine/resource.ts';
import { logGroup } from '../resources/logs/log-group.ts';
import type { StackInput } from './input.ts';

/** Where the tasks' output goes. */
export function observabilityOf({ config, names }: StackInput) {
  const logs = resource({
    id: 'log-group',
    kind: logGroup,
    needs: {},
    props: () => ({ name: names.logGroup, retention: config.service.logs.retention }),
  });
  return { logs };
}

export type Observability = ReturnType<typeof observabilityOf>;
