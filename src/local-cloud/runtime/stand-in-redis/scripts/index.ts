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
  '6f9bbcfa6e556b80ca0b450e198b003b0c9a2e4d': publish,
  '2246f8b376de66a6002d7aae2e2c95d57bd73ab8': read,
  '4b3ee81667fc136757cf67f8e60c2f19ce17bfef': heads,
  '5d7014f6ffcdfc0923fda650586532f772889393': announce,
  f37ceabaec142094ad0566b2dd6bde468180c0dd: lease,
};
