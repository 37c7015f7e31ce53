import { Agent } from 'node:http';
import { initialHealth, type Health } from './health.ts';

/** A request or a WebSocket between a client and a target, from the choice of the target to its last byte. */
export interface Exchange {
  /** Closes both ends at once. */
  cut(): void;
}

/** How long an unused connection to a target is kept, in milliseconds. */
const spareConnection = 60_000;

/** One registered target: its health, its exchanges under way (an open WebSocket is one), its spare connections. */
export class Target {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  health: Health = initialHealth;
  phase: 'registered' | 'draining' | 'drained' = 'registered';
  readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: spareConnection });
  readonly #exchanges = new Set<Exchange>();
  readonly #idle: () => void;

  /** `idle` is called each time the last exchange has ended. */
  constructor({ id, host, port }: { id: string; host: string; port: number }, idle: () => void) {
    this.id = id;
    this.host = host;
    this.port = port;
    this.#idle = idle;
  }

  get outstanding(): number {
    return this.#exchanges.size;
  }

  begin(exchange: Exchange): void {
    this.#exchanges.add(exchange);
  }

  /** Calling it again for the same exchange does nothing. */
  end(exchange: Exchange): void {
    if (this.#exchanges.delete(exchange) && this.#exchanges.size === 0) this.#idle();
  }

  /** Ends all exchanges and spare connections. */
  cut(): void {
    for (const exchange of this.#exchanges) exchange.cut();
    this.agent.destroy();
  }
}
