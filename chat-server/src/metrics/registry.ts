import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Meter } from './meter.ts';

/** The present state of a node, asked for by each scrape. */
export interface NodeState {
  version: string;
  connections(): number;
  rooms(): number;
  members(): number;
  nodes(): number;
  queuedBytes(): number;
  isLeaving(): boolean;
  redis(): boolean;
  /** Resolves when Redis has answered, and rejects where it does not. */
  ping(): Promise<void>;
}

/** What Prometheus is given (https://prometheus.io/docs/practices/naming/): the node's state and counts, and the process as prom-client sees it, with the lag of its event loop. */
export function metricsRegistry(meter: Meter, state: NodeState): Registry {
  const registry = new Registry();
  const registers = [registry];

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  // Counted elsewhere: each scrape adds what is new.
  const counter = (name: string, help: string, read: () => number) => {
    let told = 0;
    return new Counter({
      name,
      help,
      registers,
      collect() {
        const now = read();
        this.inc(now - told);
        told = now;
      },
    });
  };
  const counters = (name: string, help: string, label: string, counts: Record<string, number>) => {
    const told: Record<string, number> = {};
    return new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, now] of Object.entries(counts)) {
          this.inc({ [label]: value }, now - (told[value] ?? 0));
          told[value] = now;
        }
      },
    });
  };

  const info = new Gauge({ name: 'chat_info', help: 'Always 1.', labelNames: ['version'], registers });
  info.set({ version: state.version }, 1);
  gauge('chat_connections', 'Open WebSockets.', state.connections);
  counter('chat_connections_opened_total', 'WebSockets opened.', () => meter.connections);
  counters('chat_connections_closed_total', 'WebSockets closed, by reason.', 'reason', meter.closed);
  counters('chat_upgrades_refused_total', 'Upgrades refused, by reason.', 'reason', meter.refused);
  counters('chat_errors_total', 'Error frames sent, by code.', 'code', meter.errors);
  gauge('chat_rooms', 'Rooms with members on this node.', state.rooms);
  gauge('chat_members', 'Members of rooms on this node.', state.members);
  gauge('chat_nodes', 'Nodes that share the rooms, this one included.', state.nodes);
  counter('chat_messages_accepted_total', 'Messages that Redis has taken.', () => meter.accepted);
  counter('chat_messages_duplicate_total', 'Sends repeated by clients.', () => meter.duplicates);
  counter(
    'chat_deliveries_total',
    'Messages written to members as they came, without pages of joined.',
    () => meter.deliveries,
  );
  counter('chat_resumes_total', 'Joins that went on where the client was.', () => meter.resumed);
  counter('chat_resumes_failed_total', 'Joins that could not.', () => meter.notResumed);
  gauge('chat_queued_bytes', 'Bytes that wait for slow readers.', state.queuedBytes);
  gauge('chat_draining', '1 while clients are sent elsewhere.', () => Number(state.isLeaving()));
  registry.registerMetric(meter.send);
  registry.registerMetric(meter.write);

  gauge('chat_redis_up', '1 while Redis is connected.', () => Number(state.redis()));
  registry.registerMetric(redisPing(state));
  collectDefaultMetrics({ register: registry });
  return registry;
}

function redisPing({ ping }: NodeState): Gauge {
  return new Gauge({
    name: 'chat_redis_ping_seconds',
    help: 'How long Redis took to answer a PING of this scrape; NaN where it did not.',
    registers: [],
    async collect() {
      const started = performance.now();
      const answered = await ping().then(
        () => true,
        () => false,
      );
      this.set(answered ? (performance.now() - started) / 1000 : Number.NaN);
    },
  });
}
