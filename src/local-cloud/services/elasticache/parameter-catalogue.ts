/** A parameter that a cache parameter group can set, with ElastiCache's default. */
export interface ParameterDefinition {
  name: string;
  value: string;
  type: 'string' | 'integer';
  /** Words (`yes,no`) or a range (`0-20000`), as ElastiCache spells them. */
  allowed: string;
  /** Only some are directives of the server; the others steer what AWS does around it. */
  directive: boolean;
  modifiable: boolean;
}

const policies =
  'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction';
const largest = 4294967295;

/** The parameters of every family here (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html). */
export const parameterCatalogue: ParameterDefinition[] = [
  word('activedefrag', 'no', 'yes,no'),
  number('active-expire-effort', 1, 1, 10),
  word('appendonly', 'no', 'yes,no', { modifiable: false }),
  word('close-on-replica-write', 'yes', 'yes,no', { directive: false }),
  word('cluster-enabled', 'no', 'yes,no', { directive: false }),
  number('databases', 16, 1, 10000),
  word('lazyfree-lazy-eviction', 'no', 'yes,no'),
  word('lazyfree-lazy-expire', 'no', 'yes,no'),
  word('lazyfree-lazy-server-del', 'no', 'yes,no'),
  word('lazyfree-lazy-user-del', 'no', 'yes,no'),
  number('lfu-decay-time', 1, 0, largest),
  number('lfu-log-factor', 10, 1, largest),
  word('maxmemory-policy', 'volatile-lru', policies),
  number('maxmemory-samples', 3, 1, largest),
  number('min-replicas-max-lag', 10, 0, largest),
  number('min-replicas-to-write', 0, 0, largest),
  word('notify-keyspace-events', '', ''),
  number('reserved-memory-percent', 25, 0, 100, { directive: false }),
  number('set-max-intset-entries', 512, 0, largest),
  number('slowlog-log-slower-than', 10000, -1, largest),
  number('slowlog-max-len', 128, 0, largest),
  number('stream-node-max-bytes', 4096, 0, largest),
  number('stream-node-max-entries', 100, 0, largest),
  number('tcp-keepalive', 300, 0, 300000),
  number('timeout', 0, 0, largest),
  number('tracking-table-max-keys', 1000000, 1, 100000000),
];

/** Whether a value is one that the parameter may have. */
export function allows({ type, allowed }: ParameterDefinition, value: string): boolean {
  if (allowed === '') return /^[\w$]*$/.test(value);
  if (type === 'string') return allowed.split(',').includes(value);
  const [, from, to] = /^(-?\d+)-(\d+)$/.exec(allowed) ?? [];
  return /^-?\d+$/.test(value) && Number(value) >= Number(from) && Number(value) <= Number(to);
}

type Nature = Partial<Pick<ParameterDefinition, 'directive' | 'modifiable'>>;

function word(name: string, value: string, allowed: string, nature: Nature = {}): ParameterDefinition {
  return { name, value, type: 'string', allowed, directive: true, modifiable: true, ...nature };
}

function number(
  name: string,
  value: number,
  from: number,
  to: number,
  nature: Nature = {},
): ParameterDefinition {
  return {
    name,
    value: String(value),
    type: 'integer',
    allowed: `${from}-${to}`,
    directive: true,
    modifiable: true,
    ...nature,
  };
}
