import { LoadClient } from './client.ts';
import type { FromWorker, Head, ToWorker, Usage, WorkerPlan } from './messages.ts';
import { RoomView } from './room-view.ts';
import { messageCount, openingMs, roomOf, senderOf, sendingMs, workerOf } from './scenario.ts';
import { Tally } from './tally.ts';

/** What a worker needs of its process. */
export interface WorkerHost {
  post(message: FromWorker): void;
  usage(): Usage;
  /** Milliseconds of the shared clock. */
  now(): number;
}

type Stage = 'opening' | 'sending' | 'settling' | 'quiet' | 'reaching' | 'done';

const sweepMs = 50;
const progressMs = 250;
/** How long it still listens when everything has arrived: a repeated last message would come now. */
const lingerMs = 300;
/** Whoever is in its room and hears nothing for so long will not hear what is missing: servers look for gaps every 2 s. */
const silenceMs = 5000;
/** First source address: 127.0.0.1 is left to everybody else. */
const firstSource = 2;

/** Runs its share of the clients on one schedule: opens, sends, and at the end waits until nothing moves any more. */
export class LoadWorker {
  readonly #plan: WorkerPlan;
  readonly #host: WorkerHost;
  readonly #tally = new Tally();
  readonly #rooms = new Map<string, RoomView>();
  /** By index in the whole run. */
  readonly #clients = new Map<number, LoadClient>();
  readonly #closed: () => void;
  #stage: Stage = 'opening';
  #nextClient: number;
  #nextMessage = 0;
  #sendAt = Infinity;
  #settleMs: number;
  #deadline = Infinity;
  #quietSince: number | undefined;
  #heads: Record<string, Head> = {};
  #heard = { delivered: 0, at: 0 };
  #sweepAt = 0;
  #progressAt = 0;

  /** `closed` is called when the run is over and every connection has been closed. */
  constructor(plan: WorkerPlan, host: WorkerHost, closed: () => void) {
    this.#plan = plan;
    this.#host = host;
    this.#closed = closed;
    this.#settleMs = plan.settleMs;
    this.#nextClient = plan.worker;
    for (let index = plan.worker; index < plan.scenario.clients; index += plan.scenario.workers) {
      this.#clients.set(index, this.#newClient(index));
    }
    this.#turn();
  }

  receive(message: Exclude<ToWorker, { type: 'start' }>): void {
    switch (message.type) {
      case 'send':
        this.#sendAt = message.at;
        if (this.#stage === 'opening') this.#stage = 'sending';
        return;
      case 'stop':
        this.#settleMs = message.settleMs;
        this.#nextClient = Infinity;
        if (this.#stage === 'opening' || this.#stage === 'sending') this.#settle(this.#host.now());
        return;
      case 'heads':
        this.#heads = message.heads;
        this.#stage = 'reaching';
        this.#heard = { delivered: this.#tally.counters.delivered, at: this.#host.now() };
        this.#deadline = this.#host.now() + this.#settleMs;
    }
  }

  #newClient(index: number): LoadClient {
    const { scenario, target, token, sources } = this.#plan;
    const name = roomOf(index, scenario);
    const room = this.#rooms.get(name) ?? new RoomView(name);
    this.#rooms.set(name, room);
    return new LoadClient(index, room, {
      target,
      token,
      tally: this.#tally,
      now: this.#host.now,
      sourceOf: (client) => (sources > 1 ? `127.0.0.${firstSource + (client % sources)}` : undefined),
    });
  }

  /** One turn of the schedule; sets the timer for the next. */
  readonly #turn = (): void => {
    const now = this.#host.now();
    this.#openDue(now);
    if (this.#stage === 'sending') this.#sendDue(now);
    if (now >= this.#sweepAt) {
      this.#sweepAt = now + sweepMs;
      for (const client of this.#clients.values()) client.tick(now);
      this.#advance(now);
    }
    if (now >= this.#progressAt) {
      this.#progressAt = now + progressMs;
      this.#report();
    }
    if (this.#stage === 'done') return;
    setTimeout(this.#turn, Math.max(1, Math.min(this.#nextDue(), this.#sweepAt) - this.#host.now()));
  };

  #openDue(now: number): void {
    const { scenario, startAt } = this.#plan;
    while (this.#nextClient < scenario.clients) {
      const at = startAt + openingMs(this.#nextClient, scenario);
      if (at > now) return;
      this.#clients.get(this.#nextClient)!.open(at);
      this.#nextClient += scenario.workers;
    }
  }

  #sendDue(now: number): void {
    const { scenario, worker } = this.#plan;
    const total = messageCount(scenario);
    for (; this.#nextMessage < total; this.#nextMessage += 1) {
      const at = this.#sendAt + sendingMs(this.#nextMessage, scenario);
      if (at > now) return;
      const sender = senderOf(this.#nextMessage, scenario);
      if (workerOf(sender, scenario) === worker)
        this.#clients.get(sender)!.say(`${scenario.run}-${this.#nextMessage.toString(36)}`, at);
    }
  }

  /** When the schedule next wants something. */
  #nextDue(): number {
    const { scenario, startAt } = this.#plan;
    const opening =
      this.#nextClient < scenario.clients ? startAt + openingMs(this.#nextClient, scenario) : Infinity;
    const more = this.#stage === 'sending' && this.#nextMessage < messageCount(scenario);
    return more ? Math.min(opening, this.#sendAt + sendingMs(this.#nextMessage, scenario)) : opening;
  }

  #advance(now: number): void {
    switch (this.#stage) {
      case 'sending':
        if (now >= this.#sendAt + this.#plan.scenario.durationMs) this.#settle(now);
        return;
      case 'settling':
        if (now < this.#deadline && !this.#every((client) => client.isSettled)) return;
        this.#stage = 'quiet';
        this.#host.post({ type: 'quiet', rooms: [...this.#rooms.values()].map((room) => room.toPlain()) });
        return;
      case 'reaching':
        if (this.#hasArrived(now)) this.#quietSince ??= now;
        if (now >= Math.min(this.#deadline, (this.#quietSince ?? Infinity) + lingerMs)) this.#finish();
    }
  }

  /** Whether everything is there, or nothing more will come. */
  #hasArrived(now: number): boolean {
    const { delivered } = this.#tally.counters;
    if (delivered !== this.#heard.delivered) this.#heard = { delivered, at: now };
    if (!this.#every((client) => client.isSettled)) return false;
    return now - this.#heard.at >= silenceMs || this.#every((client) => this.#behind(client) === 0);
  }

  #settle(now: number): void {
    this.#stage = 'settling';
    this.#deadline = now + this.#settleMs;
  }

  /** Offsets up to its room's head that a client has not seen; whoever is in another history has only its own gaps. */
  #behind({ member: { sequence }, room }: LoadClient): number {
    const head = this.#heads[room];
    if (sequence === undefined || head === undefined) return 0;
    const ahead = head.epoch === sequence.epoch ? Math.max(0, head.offset - sequence.position) : 0;
    return sequence.missing + ahead;
  }

  #isStale({ member: { sequence }, room }: LoadClient): boolean {
    const head = this.#heads[room];
    return sequence !== undefined && head !== undefined && head.epoch !== sequence.epoch;
  }

  #every(test: (client: LoadClient) => boolean): boolean {
    for (const client of this.#clients.values()) if (client.isWanted && !test(client)) return false;
    return true;
  }

  #sum(value: (client: LoadClient) => number): number {
    let sum = 0;
    for (const client of this.#clients.values()) sum += value(client);
    return sum;
  }

  #report(): void {
    const missing = this.#sum(({ member }) => member.sequence?.missing ?? 0);
    const counters = { ...this.#tally.counters };
    this.#host.post({ type: 'progress', progress: { counters, missing, ...this.#host.usage() } });
  }

  #finish(): void {
    this.#stage = 'done';
    this.#report();
    const result = {
      tally: this.#tally.toPlain(),
      undelivered: this.#sum((client) => this.#behind(client)),
      unacknowledged: this.#sum((client) => client.unacknowledged),
      absent: this.#sum((client) => (client.isWanted && !client.isOpen ? 1 : 0)),
      stale: this.#sum((client) => (client.isOpen && this.#isStale(client) ? 1 : 0)),
      ...this.#host.usage(),
    };
    this.#host.post({ type: 'result', result });
    for (const client of this.#clients.values()) client.end();
    this.#closed();
  }
}
