import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStatus } from '../../src/aws/local-daemon.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';
import { processesIn } from '../helpers/processes-in.ts';

/** One life of a stack on a machine that has nothing but Node, told in order. */
describe('without Redis, Valkey and Docker', { timeout: 120_000 }, () => {
  let project: Project;
  let up: Result;
  let port: number;
  beforeAll(async () => {
    project = await createProject({ PATH: '/nonexistent' });
    up = await project.run('up');
    port = Number(new URL(up.stdout.trim() || 'http://localhost').port);
  }, 120_000);
  afterAll(() => project.close());

  it('up needs nothing else, and says what runs in its place', async () => {
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(up.stderr).toContain(
      'note: no redis-server or valkey-server on PATH: redis is a stand-in, in memory, for trying',
    );
    expect(up.stderr).toContain('the endpoint answers');
  });

  it('every status says so', async () => {
    const { stdout } = await project.run('status');
    expect(stdout).toMatch(/^redis +valkey \(here: stand-in, in memory, for trying\) at .*\(available\)$/m);
    const snapshot = JSON.parse((await project.run('status', '--json')).stdout) as {
      redis: { value: { server: string } };
    };
    expect(snapshot.redis.value.server).toBe('stand-in, in memory, for trying');
    expect((await project.run('local', 'status')).stdout).toMatch(
      /^redis +stand-in, in memory, for trying$/m,
    );
    const local = JSON.parse((await project.run('local', 'status', '--json')).stdout) as LocalStatus;
    expect(local.engines).toEqual(['stand-in, in memory, for trying']);
    expect((await project.run('doctor')).stdout).toMatch(
      /^WARN +cache server +no valkey-server or redis-server on PATH: a stand-in runs, in memory, for trying$/m,
    );
  });

  it('two people on two tasks chat, and one who comes back has missed nothing', async () => {
    const ann = await ChatClient.open(port, 'ann');
    const onOtherTask = async () => {
      for (;;) {
        const chat = await ChatClient.open(port, 'bob');
        if (nodeOf(chat) !== nodeOf(ann)) return chat;
        await chat.cut();
      }
    };
    const bob = await onOtherTask();
    await ann.join('general');
    const [joined] = await bob.join('general');
    for (let n = 1; n <= 20; n++) await (n % 2 ? ann : bob).say('general', `hello ${n}`);
    await Promise.all([ann.reaches('general', 20), bob.reaches('general', 20)]);
    expect(texts(bob)).toEqual(texts(ann));
    expect(texts(ann)).toEqual(Array.from({ length: 20 }, (_, n) => `hello ${n + 1}`));

    await bob.cut();
    for (let n = 21; n <= 30; n++) await ann.say('general', `hello ${n}`);
    const again = await ChatClient.open(port, 'bob', bob.client);
    const [resumed] = await again.join('general', { epoch: String(joined!['epoch']), offset: 20 });
    expect(resumed).toMatchObject({ recovered: true });
    await again.reaches('general', 30);
    expect(texts(again)).toEqual(Array.from({ length: 10 }, (_, n) => `hello ${n + 21}`));
    await Promise.all([ann.cut(), again.cut()]);
  });

  it('what it has not is refused before anything changes', async () => {
    await project.configure({ redis: { replicas: 1 } });
    const { code, stderr } = await project.run('up');
    expect(code).toBe(5);
    expect(stderr).toContain(
      'error: no redis-server or valkey-server on PATH, and the stand-in for it has no redis.replicas 1\nhint: install one: ',
    );
    await project.configure({});
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
  });

  it('killed by hand, it comes back, empty, and the chat goes on', async () => {
    const killed = await project.run('local', 'chaos', 'kill-redis');
    expect(killed, killed.stderr).toMatchObject({ code: 0 });
    const ann = await ChatClient.open(port, 'ann');
    const enters = () => {
      ann.send({ type: 'join', room: 'after' });
      return ann.frames.some(({ type }) => type === 'joined');
    };
    await expect.poll(enters, { timeout: 30_000, interval: 200 }).toBe(true);
    expect(await ann.say('after', 'hello')).toMatchObject({ offset: 1 });
    await ann.cut();
  });

  it('down leaves nothing', async () => {
    const down = await project.run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('no listing finds any');
    expect(await processesIn(project.folder)).toEqual([]);
  });
});

function nodeOf(chat: ChatClient): unknown {
  return chat.frames.find(({ type }) => type === 'welcome')!['node'];
}

function texts(chat: ChatClient): string[] {
  return chat.messages('general').map(({ text }) => text);
}
