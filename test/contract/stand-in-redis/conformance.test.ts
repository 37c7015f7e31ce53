import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scriptsRinging } from '../../../chat-server/src/redis/scripts.ts';
import { hasRedis } from '../../helpers/redis.ts';
import { encoded, startPair } from '../../helpers/redis-pair.ts';
import type { PairedConnection, RedisPair } from '../../helpers/redis-pair.ts';

/** The stand-in beside a real Redis: the same words, the same bytes back. */
describe.skipIf(!hasRedis)('the stand-in answers as Redis does', () => {
  let pair: RedisPair;
  let both: PairedConnection;
  beforeAll(async () => {
    pair = await startPair();
    both = await pair.open();
  });
  afterAll(() => pair.stop());

  async function expectSame(commands: string[]): Promise<void> {
    const words = commands.map(wordsOf);
    const { real, standIn } = await both.ask(words);
    const told = (replies: string[]) => replies.map((reply, at) => `${commands[at]} → ${reply}`);
    expect(told(standIn)).toEqual(told(real));
  }

  test.each<[string, string[]]>([
    [
      'texts',
      [
        'GET t',
        'SET t 1',
        'GET t',
        'PTTL t',
        'SET t two PX 0',
        'SET t two PX -5',
        'SET t two PX x',
        'SET t two PX',
        'SET t two FX 1',
        'SET t two EX 99999999999999999999',
        'GET t',
        'SET t 2 EX 100 PX 100',
        'set T "" ',
        'get T',
        'SET t',
        'GET',
        'GET t t',
        'HMGET t f',
        'DEL t T nothing t',
        'PTTL t',
      ],
    ],
    [
      'hashes',
      [
        'HSET h a 1 b 2',
        'HSET h a 3 c 4',
        'HGETALL h',
        'HMGET h a x c',
        'HMGET nothing a b',
        'HINCRBY h a 10',
        'HINCRBY h a -20',
        'HINCRBY h new 5',
        'HINCRBY h a 1.5',
        'HINCRBY h a 01',
        'HSET h text x',
        'HINCRBY h text 1',
        'HSET h most 9223372036854775807',
        'HINCRBY h most 1',
        'HINCRBY h most 0',
        'HSET h least -9223372036854775808',
        'HINCRBY h least -1',
        'HINCRBY h a 9223372036854775808',
        'HSET h a',
        'HSET h a 1 b',
        'HDEL h a nothing b',
        'HGETALL h',
        'HDEL h c new text most least',
        'HGETALL h',
        'PTTL h',
        'HDEL h a',
        'SET h text',
        'HSET h a 1',
        'HGETALL h',
        'HINCRBY h a 1',
        'HDEL h a',
        'DEL h',
      ],
    ],
    [
      'sorted sets',
      [
        'ZADD z 3 c 1 a 2 b 2 aa',
        'ZADD z 5 a -1.5 d',
        'ZRANGE z 0 -1',
        'ZRANGE z 0 -1 WITHSCORES',
        'ZRANGE z 1 2',
        'ZRANGE z -2 -1',
        'ZRANGE z 3 1',
        'ZRANGE z -100 100',
        'ZRANGE z 0 -100',
        'ZRANGE z x 1',
        'ZRANGE z 0 1 WITHOUT',
        'ZRANGE nothing 0 -1',
        'ZSCORE z d',
        'ZSCORE z nothing',
        'ZSCORE nothing d',
        'ZADD z x y',
        'ZADD z 1 a 2',
        'ZADD z inf high -inf low',
        'ZRANGE z 0 -1 WITHSCORES',
        'ZREMRANGEBYSCORE z (2 3',
        'ZREMRANGEBYSCORE z 4 (5',
        'ZREMRANGEBYSCORE z x 5',
        'ZREMRANGEBYSCORE z 0 (x',
        'ZREMRANGEBYSCORE z -inf 0',
        'ZRANGE z 0 -1',
        'ZREM z a nothing a',
        'ZREMRANGEBYSCORE z -inf +inf',
        'PTTL z',
        'ZREM z a',
        'ZADD z',
        'SET z text',
        'ZADD z 1 a',
        'ZSCORE z a',
        'ZREMRANGEBYSCORE z 0 1',
        'DEL z',
      ],
    ],
    [
      'streams',
      [
        'XADD s 0-1 v 1 m one',
        'XADD s 0-2 v 1 m two',
        'XADD s 0-2 v 1 m again',
        'XADD s 0-0 v 1',
        'XADD s 5 v 1 m five',
        'XADD s 5-0 v 1',
        'XADD s 5-3 a b c d',
        'XADD s x v 1',
        'XADD s 1-2-3 v 1',
        'XADD s 0-3 v',
        'XADD s 6-1 v 1 m',
        'XADD s 0-3',
        'XRANGE s - +',
        'XRANGE s 0-2 +',
        'XRANGE s (0-2 +',
        'XRANGE s 0 0',
        'XRANGE s 5 5',
        'XRANGE s - + COUNT 2',
        'XRANGE s - + COUNT 0',
        'XRANGE s - + COUNT -1',
        'XRANGE s - + COUNT x',
        'XRANGE s - + COUNT',
        'XRANGE s - + MOST 1',
        'XRANGE s + -',
        'XRANGE s x +',
        'XRANGE s (- +',
        'XRANGE s - (0-0',
        'XRANGE s (18446744073709551615-18446744073709551615 +',
        'XRANGE s 18446744073709551616 +',
        'XREVRANGE s + -',
        'XREVRANGE s + - COUNT 1',
        'XREVRANGE s 0-2 - COUNT 50',
        'XREVRANGE s (5-3 (0-1',
        'XREVRANGE s - +',
        'XRANGE nothing - +',
        'XREVRANGE nothing + - COUNT 1',
        'XADD s MAXLEN 2 7-1 v 1 m seven',
        'XRANGE s - +',
        'XADD s MAXLEN = 1 7-2 v 1 m more',
        'XRANGE s - +',
        'XADD s MAXLEN ~ 1000 7-3 v 1 m all',
        'XADD s MAXLEN -1 8-1 v 1',
        'XADD s MAXLEN x 8-1 v 1',
        'XADD s MAXLEN 0 8-1 v 1',
        'XRANGE s - +',
        'XREVRANGE s + - COUNT 1',
        'XADD s 8-1 v 1',
        'PTTL s',
        'HSET s a 1',
        'DEL s',
        'SET s text',
        'XADD s 1-1 a b',
        'XRANGE s - +',
        'DEL s',
      ],
    ],
    [
      'times to live',
      [
        'PEXPIRE nothing 100',
        'SET e 1',
        'PEXPIRE e 0',
        'GET e',
        'SET e 1',
        'PEXPIRE e -1',
        'PTTL e',
        'SET e 1',
        'PEXPIRE e x',
        'PEXPIRE e',
        'PEXPIRE e 9223372036854775807',
        'SET e 1 PX 100000',
        'SET e 2',
        'PTTL e',
        'HSET h a 1',
        'PEXPIRE h 100000',
        'HDEL h a',
        'HSET h a 1',
        'PTTL h',
        'DEL e h',
      ],
    ],
    [
      'words that are none of its own',
      [
        'NONSENSE',
        'nonsense a b',
        'GET',
        'PING a b',
        'PING',
        'PING hello',
        'CLIENT NONSENSE',
        'CLIENT SETNAME',
        'PUBLISH a',
      ],
    ],
    [
      'the connection',
      [
        'CLIENT GETNAME',
        'CLIENT SETNAME chat-a',
        'CLIENT GETNAME',
        'client setname "a b"',
        'CLIENT GETNAME x',
        'AUTH secret',
        'AUTH default secret',
        'AUTH nobody secret',
        'AUTH a b c',
        'HELLO 1',
        'HELLO x',
        'HELLO 2 NONSENSE',
        'HELLO 2 SETNAME',
        'WAIT 0 0',
        'WAIT x 0',
        'WAIT 0 -1',
        'PUBLISH nobody hears',
      ],
    ],
    [
      'scripts that it does not get to run',
      [
        'EVALSHA 0000000000000000000000000000000000000000 0',
        'EVALSHA short 0',
        'EVALSHA 0000000000000000000000000000000000000000 x',
        'EVALSHA 0000000000000000000000000000000000000000 2 a',
        'EVALSHA 0000000000000000000000000000000000000000 -1 a',
        'EVAL "return 1" x',
        'EVAL "return 1" 1',
        'EVAL "return 1"',
      ],
    ],
  ])('%s', (_, commands) => expectSame(commands));

  test('bytes of every value come back as they went', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
    const words = [
      ['SET', bytes, bytes + bytes],
      ['GET', bytes],
      ['HSET', 'bytes', bytes, bytes],
      ['HGETALL', 'bytes'],
      ['DEL', bytes, 'bytes'],
    ];
    const { real, standIn } = await both.ask(words);
    expect(standIn).toEqual(real);
    expect(standIn[1]).toBe(`$512\r\n${bytes}${bytes}\r\n`);
  });

  test('commands may come in pieces of any size, and many at once', async () => {
    const words = Array.from({ length: 40 }, (_, at) => [
      'HINCRBY',
      'pieces',
      `field ${at % 3}\r\n`,
      String(at),
    ]);
    for (const pieces of [1, 2, 3, 7, 61]) {
      const { real, standIn } = await both.ask(words, { pieces });
      expect(standIn).toEqual(real);
    }
  });

  test('a key is gone when its time is over, and not before', async () => {
    await expectSame([
      'SET brief 1 PX 60',
      'HSET lasting a 1',
      'PEXPIRE lasting 60',
      'HSET lasting b 2',
      'GET brief',
    ]);
    await delay(100);
    await expectSame([
      'GET brief',
      'PTTL brief',
      'HGETALL lasting',
      'DEL lasting',
      'HSET lasting a 1',
      'PTTL lasting',
    ]);
  });

  test('a key whose time is over leaves its memory, also where nobody asks for it', async () => {
    const info = async () => (await both.standIn.send(encoded(['INFO']), 1))[0];
    const before = /used_memory:\d+/.exec((await info())!)![0];
    await expectSame(Array.from({ length: 50 }, (_, n) => `SET forgotten:${n} text PX 20`));
    expect(await info()).not.toContain(before);
    await expect.poll(info).toContain(before);
  });

  test.each([
    ['*x\r\n', 'invalid multibulk length'],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*1\r\n$x\r\n', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
  ])('%j is no command: it says so and hangs up', async (bytes, why) => {
    const other = await pair.open();
    const { real, standIn } = await other.send(bytes, 1);
    expect(standIn).toEqual([`-ERR Protocol error: ${why}\r\n`]);
    expect(standIn).toEqual(real);
    await expect.poll(() => other.standIn.socket.closed).toBe(true);
  });

  test('what is no list of words is read as a line of them', async () => {
    const { real, standIn } = await both.send('\r\n*0\r\nPING\r\nPING  hello\n', 2);
    expect(standIn).toEqual(real);
  });

  test('subscriptions: confirmed one by one, heard in order, and ended', async () => {
    const listener = await pair.open();
    const same = async (words: string[][], replies: number) => {
      const { real, standIn } = await listener.ask(words, { replies });
      expect(standIn).toEqual(real);
    };
    await same([['UNSUBSCRIBE']], 1);
    await same([['SUBSCRIBE', 'one', 'two', 'one']], 3);
    await same([['PING'], ['PING', 'hello'], ['GET', 'a'], ['SUBSCRIBE']], 4);
    await expectSame(['PUBLISH one first', 'PUBLISH two second', 'PUBLISH three third', 'PUBLISH one ""']);
    const heard = await listener.next(3);
    expect(heard.standIn).toEqual(heard.real);
    expect(heard.standIn.join('')).toContain('first');
    await same([['UNSUBSCRIBE', 'one', 'nothing']], 2);
    await expectSame(['PUBLISH one again', 'PUBLISH two again']);
    await same([], 1);
    await same([['UNSUBSCRIBE'], ['PING']], 2);
    await same([['SUBSCRIBE', 'last']], 1);
    listener.close();
    await expect.poll(async () => (await both.ask([['PUBLISH', 'last', 'x']])).standIn).toEqual([':0\r\n']);
  });

  test('who announces something on the connection that listens gets both, in the same order', async () => {
    const third = await pair.open();
    await third.ask([
      ['HELLO', '3'],
      ['SUBSCRIBE', 'own'],
    ]);
    const { lua } = scriptsRinging('publish').chatAnnounce;
    const plain = ['PUBLISH', 'own', 'plain'];
    const byScript = ['EVAL', lua, '1', 'here', 'node', '{}', '10000', 'own', '1'];
    const { real, standIn } = await third.ask([plain, byScript, ['DEL', 'here']], { replies: 5 });
    expect(standIn).toEqual(real);
    third.close();
  });

  test('version 3 of the protocol: maps, numbers with a fraction, nothing, and pushes', async () => {
    const third = await pair.open();
    const { real, standIn } = await third.ask([
      ['HELLO', '3', 'SETNAME', 'third'],
      ['CLIENT', 'GETNAME'],
      ['HSET', 'map', 'a', '1', 'b', '2'],
      ['HGETALL', 'map'],
      ['HGETALL', 'nothing'],
      ['HMGET', 'map', 'x'],
      ['ZADD', 'scores', '1.5', 'a', '2', 'b', '-inf', 'c'],
      ['ZSCORE', 'scores', 'a'],
      ['ZRANGE', 'scores', '0', '-1', 'WITHSCORES'],
      ['GET', 'nothing'],
      ['XADD', 'third', '0-1', 'a', 'b'],
      ['XRANGE', 'third', '-', '+'],
      ['XRANGE', 'third', '-', '+', 'COUNT', '0'],
      ['DEL', 'map', 'scores', 'third'],
      ['SUBSCRIBE', 'third'],
      ['GET', 'nothing'],
      ['PING'],
      ['UNSUBSCRIBE'],
      ['HELLO'],
      ['HELLO', '2'],
    ]);
    // Version and connection's number are the server's own.
    const alike = (reply: string) =>
      reply.replace(/(\r\nid\r\n):\d+/, '$1:1').replace(/\$\d+\r\n\d+\.\d+\.\d+/, '');
    expect(standIn.map(alike)).toEqual(real.map(alike));
    expect(standIn[0]).toMatch(/^%7\r\n/);
  });

  test('over the limit of memory, nothing grows, and everything can be read and deleted', async () => {
    await expectSame(['HSET full a 1', 'XADD stream 0-1 a b', 'ZADD nodes 1 a', 'CONFIG SET maxmemory 1']);
    try {
      await expectSame([
        'SET more 1',
        'HSET full b 2',
        'HINCRBY full a 1',
        'XADD stream 0-2 a b',
        'ZADD nodes 2 b',
        'HGETALL full',
        'XRANGE stream - +',
        'ZREM nodes a',
        'HDEL full a',
        'PEXPIRE stream 100000',
        'PUBLISH nobody hears',
        'DEL full stream',
      ]);
    } finally {
      await expectSame(['CONFIG SET maxmemory 0']);
    }
    await expectSame([
      'SET more 1',
      'DEL more',
      'CONFIG SET maxmemory x',
      'CONFIG SET nonsense',
      'CONFIG NONSENSE',
    ]);
  });
});

describe.skipIf(!hasRedis)('what the stand-in has to itself', () => {
  let pair: RedisPair;
  let standIn: PairedConnection['standIn'];
  beforeAll(async () => {
    pair = await startPair();
    ({ standIn } = await pair.open());
  });
  afterAll(() => pair.stop());

  test('a script without a twin is named, with what to do', async () => {
    const [refused] = await standIn.send(encoded(['EVAL', 'return 1', '0']), 1);
    expect(refused).toBe(
      '-ERR the stand-in for Redis runs no Lua and has no twin of the script e0e1f9fabfc9d4800c877a703b823ac0578ff8db: install redis-server or valkey-server\r\n',
    );
  });

  test('one who subscribes and reads nothing is given up before memory runs out', async () => {
    const { standIn: sleeper } = await pair.open();
    await sleeper.send(encoded(['SUBSCRIBE', 'much']), 1);
    sleeper.socket.pause();
    const publish = encoded(['PUBLISH', 'much', 'x'.repeat(1024 * 1024)]);
    const heard = async () => (await standIn.send(publish, 1))[0];
    await expect.poll(heard, { interval: 1, timeout: 10_000 }).toBe(':0\r\n');
  });
});

describe.skipIf(!hasRedis)('with a password', () => {
  let pair: RedisPair;
  beforeAll(async () => {
    pair = await startPair('secret');
  });
  afterAll(() => pair.stop());

  test('nothing goes before it was shown', async () => {
    const both = await pair.open();
    const { real, standIn } = await both.ask([
      ['PING'],
      ['NONSENSE'],
      ['GET'],
      ['SUBSCRIBE', 'a'],
      ['EVALSHA', 'x', '0'],
      ['HELLO', '2'],
      ['AUTH', 'wrong'],
      ['AUTH', 'default', 'wrong'],
      ['AUTH', 'nobody', 'secret'],
      ['GET', 'a'],
      ['AUTH', 'secret'],
      ['GET', 'a'],
      ['AUTH', 'wrong'],
      ['PING'],
    ]);
    expect(standIn).toEqual(real);
    const other = await pair.open();
    const hello = await other.ask([['HELLO', '3', 'AUTH', 'default', 'secret'], ['PING']]);
    expect(hello.standIn[1]).toBe('+PONG\r\n');
    expect(hello.standIn[1]).toBe(hello.real[1]);
  });
});

/** The words of a line; `"…"` is one of them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}
