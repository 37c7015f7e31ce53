import type { BalancerTargetGroup, TargetHealth } from '../data-plane.ts';
import {
  afterCheck,
  describeHealth,
  drainingHealth,
  initialHealth,
  unusedHealth,
  type CheckResult,
} from './health.ts';
import { startHealthCheck } from './health-check.ts';
import type { TargetReport } from './messages.ts';
import { Target } from './target.ts';

interface Member {
  target: Target;
  stopChecks?: () => void;
  drainTimer?: NodeJS.Timeout;
}

/** A target group at work: checks its targets, chooses one for each request, drains those that leave. */
export class TargetGroup {
  config: BalancerTargetGroup;
  readonly #members = new Map<string, Member>();
  readonly #changed: () => void;
  #used = false;
  #eligible: Target[] | undefined;
  #turn = 0;

  /** `changed` is called whenever {@link reports} would say something new. */
  constructor(config: BalancerTargetGroup, changed: () => void) {
    this.config = { ...config, targets: [] };
    this.#changed = () => {
      this.#eligible = undefined;
      changed();
    };
  }

  /** Exchanges with its targets that are under way; an open WebSocket is one. */
  get outstanding(): number {
    return [...this.#members.values()].reduce((sum, { target }) => sum + target.outstanding, 0);
  }

  /** Takes over a new configuration; what it leaves alone goes on undisturbed. `healthy` names new targets known to be healthy. */
  configure(config: BalancerTargetGroup, { used, healthy }: { used: boolean; healthy: Set<string> }): void {
    const checksDiffer = JSON.stringify(config.healthCheck) !== JSON.stringify(this.config.healthCheck);
    this.config = config;
    this.#used = used;
    this.#removeAllBut(config.targets);
    for (const wanted of config.targets) {
      const member = this.#members.get(wanted.id) ?? this.#add(wanted, healthy.has(wanted.id));
      if (wanted.draining) this.#drain(member);
      else this.#register(member);
      if (checksDiffer || !used || wanted.draining) this.#stopChecks(member);
      if (used && !wanted.draining) this.#startChecks(member);
    }
    this.#changed();
  }

  /**
   * The target for one more request: the one it is bound to where that may still get requests, else by the group's
   * algorithm among the healthy ones, or among the unhealthy ones when no other is left (an ALB fails open).
   */
  choose(boundTo: string | undefined): Target | undefined {
    this.#eligible ??= this.#findEligible();
    const eligible = this.#eligible;
    const bound = boundTo === undefined ? undefined : eligible.find(({ id }) => id === boundTo);
    if (bound !== undefined || eligible.length === 0) return bound;
    // Least outstanding requests starts at the next in turn as well, so that ties do not all fall on the first target.
    this.#turn = (this.#turn + 1) % eligible.length;
    const inTurn = [...eligible.slice(this.#turn), ...eligible.slice(0, this.#turn)];
    return this.config.algorithm === 'round_robin'
      ? inTurn[0]
      : inTurn.reduce((least, next) => (next.outstanding < least.outstanding ? next : least));
  }

  /** Every target but the drained ones. */
  reports(): TargetReport[] {
    return [...this.#members.values()]
      .filter(({ target }) => target.phase !== 'drained')
      .map(({ target }) => ({
        targetGroupArn: this.config.arn,
        targetId: target.id,
        health: this.#healthOf(target),
      }));
  }

  /** Cuts every connection and ends the checks. */
  close(): void {
    this.#removeAllBut([]);
  }

  #add(wanted: { id: string; host: string; port: number }, healthy: boolean): Member {
    const target = new Target(wanted, () => {
      if (target.phase === 'draining') this.#finishDraining(member);
    });
    if (healthy) target.health = { state: 'healthy', streak: 1, last: { ok: true } };
    const member: Member = { target };
    this.#members.set(wanted.id, member);
    return member;
  }

  /** A target that moved to another address is another target. */
  #removeAllBut(wanted: BalancerTargetGroup['targets']): void {
    for (const [id, member] of this.#members) {
      const { host, port } = member.target;
      if (wanted.some((each) => each.id === id && each.host === host && each.port === port)) continue;
      this.#members.delete(id);
      this.#stopChecks(member);
      clearTimeout(member.drainTimer);
      // Whatever ends now must not be taken for the end of a drain.
      member.target.phase = 'drained';
      member.target.cut();
    }
  }

  #register(member: Member): void {
    if (member.target.phase === 'registered') return;
    clearTimeout(member.drainTimer);
    member.target.phase = 'registered';
    member.target.health = initialHealth;
  }

  #drain(member: Member): void {
    if (member.target.phase !== 'registered') return;
    member.target.phase = 'draining';
    if (member.target.outstanding === 0) this.#finishDraining(member);
    else {
      const finish = () => this.#finishDraining(member);
      member.drainTimer = setTimeout(finish, this.config.deregistrationDelaySeconds * 1000);
    }
  }

  #finishDraining({ target, drainTimer }: Member): void {
    clearTimeout(drainTimer);
    target.phase = 'drained';
    target.cut();
    this.#changed();
  }

  #startChecks(member: Member): void {
    const { target } = member;
    member.stopChecks ??= startHealthCheck(
      () => ({ target, check: this.config.healthCheck, initial: target.health.state === 'initial' }),
      (result) => this.#checked(target, result),
    );
  }

  #stopChecks(member: Member): void {
    member.stopChecks?.();
    delete member.stopChecks;
  }

  #checked(target: Target, result: CheckResult): void {
    const before = JSON.stringify(describeHealth(target.health));
    target.health = afterCheck(target.health, result, this.config.healthCheck);
    if (JSON.stringify(describeHealth(target.health)) !== before) this.#changed();
  }

  #findEligible(): Target[] {
    const registered = [...this.#members.values()]
      .map(({ target }) => target)
      .filter(({ phase }) => phase === 'registered');
    const healthy = registered.filter(({ health }) => health.state === 'healthy');
    return healthy.length > 0 ? healthy : registered.filter(({ health }) => health.state === 'unhealthy');
  }

  #healthOf(target: Target): TargetHealth {
    if (target.phase !== 'registered') return drainingHealth;
    return this.#used ? describeHealth(target.health) : unusedHealth;
  }
}
