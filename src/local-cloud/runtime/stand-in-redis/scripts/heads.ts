import { historyOfServer } from './head.ts';
import type { Twin } from './twin.ts';

/** chatHeads: the heads of many rooms, whose they are, and how many replicas follow. */
export const heads: Twin = ({ call, keys }) => {
  const history = historyOfServer(call);
  const info = call('INFO', 'replication') as string;
  const replicas = info.split('state=online').length - 1;
  const role = /role:([a-z]+)/.exec(info)?.[1] ?? '';
  const marks = keys.flatMap((key) => {
    const [of, epoch, offset] = call('HMGET', key, 'history', 'epoch', 'offset') as (string | null)[];
    return [of === history ? (epoch ?? '') : '', Number(offset ?? '0')];
  });
  return [history, role, replicas, ...marks];
};
