import type { Twin } from './twin.ts';

/** chatAnnounce: stores and announces who is in a room on a node; with nobody there, the node is taken out. */
export const announce: Twin = ({ call, keys: [here = ''], args }) => {
  const [node = '', entry = '', retention = '', channel = '', count = ''] = args;
  if (count === '0') call('HDEL', here, node);
  else {
    call('HSET', here, node, entry);
    call('PEXPIRE', here, retention);
  }
  call('PUBLISH', channel, `P1 ${node} ${entry}`);
  return 1;
};
