import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

/** What a scrape holds: `name{labels}` → value, and name → type. */
interface Scrape {
  value(sample: string): number;
  types: Map<string, string>;
}

describe.skipIf(!hasRedis)('/metrics', () => {
  let redis: TestRedis;
  let node: ChatNode;

  beforeAll(async () => {
    redis = await startRedis();
    const admin = { host: '127.0.0.1', port: 0 };
    node = await startNode(redis.url, 'a', { admin, rateLimit: 1, rateBurst: 6, origins: [] });
  });
  afterAll(async () => {
    await node.server.close();
    await redis.stop();
  });

  async function scrape(): Promise<Scrape> {
    const { fields } = node.log.find(({ message }) => message === 'admin listening')!;
    const response = await fetch(`http://127.0.0.1:${String(fields!['port'])}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return parse(await response.text());
  }

  test('follows the naming rules of Prometheus', async () => {
    const { types } = await scrape();
    for (const [name, type] of types) {
      if (!name.startsWith('chat_')) continue;
      expect(name, name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name, name).not.toMatch(/_(ms|millis|kb|mb)(_|$)/);
    }
    expect(types.get('chat_send_duration_seconds')).toBe('histogram');
    expect(types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge');
    expect(types.get('process_resident_memory_bytes')).toBe('gauge');
  });

  test('counts what happens, and what was refused by reason', async () => {
    const before = await scrape();
    const grown = (after: Scrape, sample: string) => after.value(sample) - before.value(sample);
    const ann = await ChatClient.open(node.port, 'ann');
    const bob = await ChatClient.open(node.port, 'bob');
    const [joined] = await ann.join('room');
    await bob.join('room');
    await ann.say('room', 'one', 'c1');
    await ann.say('room', 'one', 'c1');
    await Promise.all([ann.next('message'), bob.next('message')]);

    const during = await scrape();
    expect(during.value('chat_connections')).toBe(2);
    expect(during.value('chat_rooms')).toBe(1);
    expect(during.value('chat_members')).toBe(2);
    expect(during.value('chat_nodes')).toBe(1);
    expect(during.value('chat_draining')).toBe(0);
    expect(during.value('chat_queued_bytes')).toBe(0);
    expect(during.value('chat_redis_up')).toBe(1);
    expect(during.value('chat_redis_ping_seconds')).toBeGreaterThan(0);
    expect(grown(during, 'chat_messages_accepted_total')).toBe(1);
    expect(grown(during, 'chat_messages_duplicate_total')).toBe(1);
    expect(grown(during, 'chat_deliveries_total')).toBe(2);
    expect(grown(during, 'chat_send_duration_seconds_count')).toBe(2);
    expect(grown(during, 'chat_send_duration_seconds_sum')).toBeGreaterThan(0);
    expect(during.value('chat_send_duration_seconds_bucket{le="+Inf"}')).toBe(
      during.value('chat_send_duration_seconds_count'),
    );
    expect(grown(during, 'chat_write_duration_seconds_count')).toBeGreaterThan(2);

    const again = await ChatClient.open(node.port, 'cas');
    await again.join('room', { epoch: String(joined!['epoch']), offset: 0 });
    again.socket.send('{');
    again.socket.send('x'.repeat(20_000));
    expect(await again.closed).toBe(1009);
    for (let n = 0; n < 20; n++) bob.send({ type: 'typing', room: 'room' });
    expect(await bob.closed).toBe(1008);
    ann.socket.close();
    await ann.closed;
    const foreign = new ChatClient(node.port, undefined, { origin: 'https://evil.example' });
    await expect(foreign.opened()).rejects.toThrow('403');
    await until(async () => (await scrape()).value('chat_connections') === 0);

    const after = await scrape();
    expect(grown(after, 'chat_connections_opened_total')).toBe(3);
    expect(grown(after, 'chat_resumes_total')).toBe(1);
    expect(grown(after, 'chat_connections_closed_total{reason="too-large"}')).toBe(1);
    expect(grown(after, 'chat_connections_closed_total{reason="rate-limited"}')).toBe(1);
    expect(grown(after, 'chat_connections_closed_total{reason="client"}')).toBe(1);
    expect(grown(after, 'chat_upgrades_refused_total{reason="foreign-origin"}')).toBe(1);
    expect(grown(after, 'chat_errors_total{code="bad-message"}')).toBe(1);
    expect(grown(after, 'chat_errors_total{code="rate-limited"}')).toBeGreaterThan(0);
    expect(after.value('chat_members')).toBe(0);
  });

  test('says that Redis is away, at once', async () => {
    await redis.kill();
    await until(async () => (await scrape()).value('chat_redis_up') === 0);
    expect((await scrape()).value('chat_redis_ping_seconds')).toBeNaN();
    await redis.start();
    await until(async () => (await scrape()).value('chat_redis_up') === 1);
    expect((await scrape()).value('chat_redis_ping_seconds')).toBeGreaterThan(0);
  });

  test('is not on the port of the chat', async () => {
    expect((await fetch(`http://127.0.0.1:${node.port}/metrics`)).status).toBe(404);
  });
});

/** Reads the text format (https://prometheus.io/docs/instrumenting/exposition_formats/); throws on a line that is none of it. */
function parse(text: string): Scrape {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    const sample = /^([a-zA-Z_:][\w:]*(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    if (type) types.set(type[1]!, type[2]!);
    else if (sample) samples.set(sample[1]!, Number(sample[2] === '+Inf' ? Infinity : sample[2]));
    else if (line !== '' && !line.startsWith('# HELP ')) throw new Error(`not a line of the format: ${line}`);
  }
  return {
    types,
    value(sample) {
      if (!samples.has(sample)) throw new Error(`no sample ${sample}`);
      return samples.get(sample)!;
    },
  };
}
