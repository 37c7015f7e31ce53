import type { BalancerListener, BalancerTargetGroup, TargetHealth } from '../data-plane.ts';

/** What the daemon tells the load balancer process: the whole wanted state, each time. */
export interface Configure {
  type: 'configure';
  /** Comes back in the answer. */
  id: number;
  listeners: BalancerListener[];
  targetGroups: BalancerTargetGroup[];
  /** 32 bytes in base64 that seal the stickiness cookies; the same for every process of a daemon, so that cookies outlive a crash. */
  cookieKey: string;
  /** Targets that a process before this one found healthy, so that they get traffic without waiting for a first check. */
  healthy: { targetGroupArn: string; targetId: string }[];
}

/** One target as it stands; a target that is drained or unknown has no report. */
export interface TargetReport {
  targetGroupArn: string;
  targetId: string;
  health: TargetHealth;
}

/** What goes through one listener. */
export interface ListenerTraffic {
  listenerArn: string;
  /** Open connections from clients, and to targets for an exchange under way. */
  connections: number;
  /** Since the process started. */
  requests: number;
}

/** What the load balancer process tells the daemon. Each report holds all targets and precedes the answer to a `configure`. */
export type FromBalancer =
  | { type: 'health'; targets: TargetReport[] }
  | { type: 'traffic'; listeners: ListenerTraffic[] }
  | { type: 'configured'; id: number; error?: { code: string; message: string; port: number } };
