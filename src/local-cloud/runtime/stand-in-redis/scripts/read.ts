import type { Reply } from '../resp/reply.ts';
import { keep, open } from './head.ts';
import type { Twin } from './twin.ts';

/** chatRead: a room's head and the messages after an offset, from one moment. */
export const read: Twin = ({ call, keys, args }) => {
  const [headKey = '', stream = ''] = keys;
  const [known = '', retention = '', after = '', count = ''] = args;
  const [history, epoch, offset, , lineage] = open(call, headKey, stream, known, retention);
  keep(call, headKey, stream, retention, Number(offset));
  const entries: Reply =
    Number(count) > 0 ? call('XRANGE', stream, `0-${Number(after) + 1}`, '+', 'COUNT', count) : [];
  return [history, epoch, Number(offset), lineage, entries];
};
