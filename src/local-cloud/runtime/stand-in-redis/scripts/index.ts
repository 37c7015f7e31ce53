import { announce } from './announce.ts';
import { heads } from './heads.ts';
import { lease } from './lease.ts';
import { publish } from './publish.ts';
import { read } from './read.ts';
import type { Twin } from './twin.ts';

/**
 * The chat server's scripts by the SHA-1 of their text, as EVALSHA names them. A changed script has another one:
 * test/chat-server/stand-in.test.ts then fails, so that its twin is looked at before it gets the new one.
 */
export const twins: Record<string, Twin> = {
  ece445a1b3b6b5ec10b3f37d4ef641fc4b64e28e: publish,
  '9e7f1d4cd3fee44c71eb42560c1f4ca3ab3de6ed': read,
  '320130e956bb2ac3615249443668e2426e294af2': heads,
  '5d7014f6ffcdfc0923fda650586532f772889393': announce,
  f37ceabaec142094ad0566b2dd6bde468180c0dd: lease,
};
