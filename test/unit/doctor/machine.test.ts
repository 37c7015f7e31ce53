import { describe, expect, it } from 'vitest';
import { runChecks } from '../../../src/doctor/check.ts';
import type { Finding } from '../../../src/doctor/check.ts';
import { localChecks, machineChecks } from '../../../src/doctor/machine.ts';
import type { Machine } from '../../../src/doctor/machine.ts';
import { renderFindings } from '../../../src/doctor/text.ts';
import { ChatopsError, ExitCode } from '../../../src/lib/errors.ts';

const machine = (change: Partial<Machine> = {}): Machine => ({
  nodeVersion: '22.1.0',
  openFileLimit: async () => 65536,
  output: async () => undefined,
  listenProblem: async () => undefined,
  ...change,
});

const asLines = (findings: Finding[]) => findings.map(({ name, state, says }) => `${state} ${name}: ${says}`);

describe('this machine', () => {
  it.each([
    ['20.19.0', 'OK'],
    ['20.18.3', 'FAIL'],
    ['18.20.0', 'FAIL'],
    ['24.0.0', 'OK'],
  ])('Node.js %s is %s', async (nodeVersion, state) => {
    const [node] = await runChecks(machineChecks(machine({ nodeVersion })));
    expect(node).toMatchObject({ name: 'node', state });
  });

  it.each([
    [65536, 'OK', 'up to 65536'],
    [Infinity, 'OK', 'no limit'],
    [1024, 'WARN', 'up to 1024: a load test of more than about 256 clients will run out'],
    [undefined, 'SKIP', 'this system does not say how many files may be open'],
  ])('a limit of %s open files is %s', async (limit, state, says) => {
    const [, files] = await runChecks(machineChecks(machine({ openFileLimit: async () => limit })));
    expect(files).toMatchObject({ state, says });
  });
});

describe('what the local cloud needs', () => {
  const never = async () => false;

  it('a cache server: valkey first, else redis, else the stand-in where it is enough', async () => {
    const having = (...programs: string[]) =>
      machine({
        output: async (program) => (programs.includes(program) ? `${program} v=8.0.1 sha=00` : undefined),
      });
    const found = async (programs: string[], beyond: string[] = []) =>
      asLines(await runChecks(localChecks(having(...programs), { port: 'auto', beyond }, never)))[0];
    expect(await found(['redis-server', 'valkey-server'], ['redis.replicas 1'])).toBe(
      'OK cache server: valkey-server 8.0.1',
    );
    expect(await found(['redis-server'])).toBe('OK cache server: redis-server 8.0.1');
    expect(await found([])).toBe(
      'WARN cache server: no valkey-server or redis-server on PATH: a stand-in runs, in memory, for trying',
    );
    expect(await found([], ['redis.replicas 1', 'redis.cluster'])).toBe(
      'FAIL cache server: no valkey-server or redis-server on PATH, and the stand-in for it has no redis.replicas 1, no redis.cluster',
    );
  });

  it.each([
    ['auto' as const, undefined, false, 'OK', 'the first free one'],
    [8080, undefined, false, 'OK', '8080 is free'],
    [8080, 'EADDRINUSE', false, 'FAIL', 'loadBalancer.port: 8080 is in use on this machine'],
    [80, 'EACCES', false, 'FAIL', 'loadBalancer.port: 80 may not be opened by this user'],
    [8080, 'EADDRINUSE', true, 'OK', '8080 is this stack’s own'],
  ])('port %s with %s (ours: %s) is %s', async (port, problem, ours, state, says) => {
    const checks = localChecks(
      machine({ listenProblem: async () => problem }),
      { port, beyond: [] },
      async () => ours,
    );
    const finding = (await runChecks(checks)).find(({ name }) => name === 'port');
    expect(finding).toMatchObject({ state, says: expect.stringContaining(says) as string });
  });
});

it('a check that throws has failed, with the hint of its error', async () => {
  const error = new ChatopsError('it broke', { code: 'x', exit: ExitCode.failed, hint: 'mend it' });
  expect(await runChecks([{ name: 'thing', run: () => Promise.reject(error) }])).toEqual([
    { name: 'thing', state: 'FAIL', says: 'it broke', todo: 'mend it' },
  ]);
});

it('is printed in columns, with what to do below and a count at the end', () => {
  const text = renderFindings([
    { name: 'node', state: 'OK', says: '22.1.0' },
    { name: 'open files', state: 'WARN', says: 'few', todo: 'raise it' },
  ]);
  expect(text).toBe(
    'OK    node        22.1.0\nWARN  open files  few\n                  → raise it\n\n1 OK, 1 WARN\n',
  );
});
