import { keep, open } from './head.ts';
import type { Twin } from './twin.ts';

/** chatPublish: numbers, stores and announces a message, unless it was stored before. */
export const publish: Twin = ({ call, keys, args }) => {
  const [head = '', stream = '', sent = ''] = keys;
  const [history = '', retention = '', channel = '', limit = '', dedupe = '', message = ''] = args;
  const [, epoch, , base] = open(call, head, stream, history, retention);
  const seen = call('GET', sent) as string | null;
  if (seen !== null) {
    call('PEXPIRE', sent, dedupe);
    return [epoch, Number(seen), 1];
  }
  const offset = Number(call('HINCRBY', head, 'offset', 1));
  call('XADD', stream, 'MAXLEN', '~', limit, `0-${offset}`, 'v', '1', 'm', message);
  call('SET', sent, offset, 'PX', dedupe);
  call('PUBLISH', channel, `M1 ${epoch} ${offset} ${message}`);
  if (offset === Number(base) + 1) keep(call, head, stream, retention, offset);
  return [epoch, offset, 0];
};
