import { DescribeTaskDefinitionCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemProject } from '../helpers/system-project.ts';

/** The system `sdt-chat`, with the chat server that comes with chatops. */
describe('sdt-chat on this machine', { timeout: 120_000 }, () => {
  let project: Awaited<ReturnType<typeof systemProject>>;
  let endpoint: string;
  beforeAll(async () => {
    project = await systemProject('sdt-chat');
    const up = await project.local('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    endpoint = up.stdout.trim();
  }, 120_000);
  afterAll(() => project.close());

  it('keeps a browser on its task for a day', async () => {
    const answer = await fetch(endpoint);
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers.getSetCookie().filter((one) => one.startsWith('AWSALB='));
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookie!)![1]!);
    expect(Math.abs(expires - Date.now() - 86_400_000)).toBeLessThan(60_000);
  });

  it('tells its tasks where Redis is', async () => {
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    const settings = { region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } };
    const { ReplicationGroups } = await new ElastiCacheClient(settings).send(
      new DescribeReplicationGroupsCommand({}),
    );
    const { Address } = ReplicationGroups![0]!.NodeGroups![0]!.PrimaryEndpoint!;
    const ecs = new ECSClient(settings);
    const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({}));
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArns![0] }),
    );
    expect(taskDefinition!.containerDefinitions![0]!.environment).toContainEqual({
      name: 'ELASTICACHE_ENDPOINT',
      value: Address,
    });
  });

  it('carries a chat over both tasks, and loses nothing', async () => {
    const args = ['--clients', '20', '--duration', '2s', '--ramp-up', '1s', '--workers', '1'];
    const { code, stdout, stderr } = await project.local('loadtest', ...args);
    expect(code, stdout + stderr).toBe(0);
  });

  it('goes whole', async () => {
    const down = await project.local('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('are gone');
  });
});
