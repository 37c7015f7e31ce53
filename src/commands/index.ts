import { cost } from './cost.ts';
import { deploy } from './deploy.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { exportStack } from './export.ts';
import { loadtest } from './loadtest.ts';
import { local } from './local.ts';
import { logs } from './logs.ts';
import { ls } from './ls.ts';
import { open } from './open.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import type { CommandSpec } from './spec.ts';
import { status } from './status.ts';
import { up } from './up.ts';

/** Every verb, in the order in which help lists them. */
export const commands: CommandSpec<never>[] = [
  up,
  deploy,
  plan,
  cost,
  status,
  loadtest,
  logs,
  open,
  ls,
  down,
  doctor,
  policy,
  exportStack,
  local,
];
