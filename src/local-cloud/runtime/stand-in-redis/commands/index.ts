import type { Commands } from '../command.ts';
import { connectionCommands } from './connection.ts';
import { hashCommands } from './hashes.ts';
import { keyCommands } from './keys.ts';
import { pubSubCommands } from './pub-sub.ts';
import { scriptingCommands } from './scripting.ts';
import { serverCommands } from './server.ts';
import { sortedSetCommands } from './sorted-sets.ts';
import { streamCommands } from './streams.ts';
import { stringCommands } from './strings.ts';

/** Everything that this server can do, by names in small letters. */
export const commands: Commands = {
  ...connectionCommands,
  ...serverCommands,
  ...keyCommands,
  ...stringCommands,
  ...hashCommands,
  ...sortedSetCommands,
  ...streamCommands,
  ...pubSubCommands,
  ...scriptingCommands,
};
