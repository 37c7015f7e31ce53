import type { OptionSpec } from './spec.ts';

/** Options of the commands that may replace or delete what holds data. */
export const permissionOptions: OptionSpec[] = [
  {
    flags: '--allow-replace <id...>',
    description: 'let these resources be replaced although they hold data',
  },
  {
    flags: '--allow-delete <id...>',
    description: 'let these resources be deleted although they hold data',
  },
];
