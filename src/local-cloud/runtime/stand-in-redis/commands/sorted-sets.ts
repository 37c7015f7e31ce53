import type { Commands } from '../command.ts';
import { integerOf, syntaxError } from '../command.ts';
import type { Reply } from '../resp/reply.ts';
import { Double, Refusal } from '../resp/reply.ts';

const bytesPerMember = 64;

/** Commands for sorted sets, which are sorted when they are read: the only one has a member per node (https://redis.io/docs/latest/commands/?group=sorted-set). */
export const sortedSetCommands: Commands = {
  zadd: {
    arity: -4,
    grows: true,
    run({ keyspace }, _, [key = '', ...pairs]) {
      if (pairs.length % 2 === 1) throw syntaxError();
      const scores = pairs
        .filter((_word, at) => at % 2 === 0)
        .map((word) => scoreOf(word, 'value is not a valid float'));
      const zset = keyspace.open(key, 'zset');
      let added = 0;
      for (const [at, score] of scores.entries()) {
        const member = pairs[at * 2 + 1]!;
        if (!zset.has(member)) {
          keyspace.grew(key, bytesPerMember + member.length);
          added++;
        }
        zset.set(member, score);
      }
      return added;
    },
  },

  zrem: {
    arity: -3,
    run: ({ keyspace }, _, [key = '', ...members]) => remove(keyspace, key, () => members),
  },

  zscore: {
    arity: 3,
    run({ keyspace }, _, [key = '', member = '']) {
      const score = keyspace.read(key, 'zset')?.get(member);
      return score === undefined ? null : new Double(score);
    },
  },

  /** By rank, from the lowest score up. */
  zrange: {
    arity: -4,
    run({ keyspace }, { protocol }, [key = '', from = '', to = '', ...options]) {
      const [option, ...others] = options;
      if (others.length > 0 || (option !== undefined && !/^withscores$/i.test(option))) throw syntaxError();
      const [first, last] = [Number(integerOf(from)), Number(integerOf(to))];
      const sorted = [...(keyspace.read(key, 'zset') ?? [])].sort(byScore);
      const rank = (index: number) => (index < 0 ? Math.max(0, sorted.length + index) : index);
      const lastRank = last < 0 ? sorted.length + last : last;
      const members = sorted.slice(rank(first), lastRank + 1);
      if (option === undefined) return members.map(([member]) => member);
      const pairs = members.map(([member, score]): Reply[] => [member, new Double(score)]);
      return protocol === 3 ? pairs : pairs.flat();
    },
  },

  zremrangebyscore: {
    arity: 4,
    run({ keyspace }, _, [key = '', from = '', to = '']) {
      const [least, most] = [boundOf(from), boundOf(to)];
      const isInside = (score: number) =>
        (least.open ? score > least.score : score >= least.score) &&
        (most.open ? score < most.score : score <= most.score);
      return remove(keyspace, key, (zset) =>
        [...zset].filter(([, score]) => isInside(score)).map(([member]) => member),
      );
    },
  },
};

function remove(
  keyspace: Parameters<Commands[string]['run']>[0]['keyspace'],
  key: string,
  choose: (zset: Map<string, number>) => string[],
): number {
  const zset = keyspace.read(key, 'zset');
  if (zset === undefined) return 0;
  const removed = choose(zset).filter((member) => zset.delete(member));
  for (const member of removed) keyspace.grew(key, -(bytesPerMember + member.length));
  if (zset.size === 0) keyspace.delete(key);
  return removed.length;
}

/** Members with one score are in the order of their bytes. */
function byScore([one, score]: [string, number], [other, otherScore]: [string, number]): number {
  if (score !== otherScore) return score - otherScore;
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function boundOf(text: string): { score: number; open: boolean } {
  const open = text.startsWith('(');
  return { score: scoreOf(open ? text.slice(1) : text, 'min or max is not a float'), open };
}

function scoreOf(text: string, otherwise: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new Refusal(`ERR ${otherwise}`);
}
