import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemProject } from '../helpers/system-project.ts';

/** One life of the system `hello`: build once, test, promote the same image by a tag. */
describe('hello, from commit to promotion', { timeout: 120_000 }, () => {
  let project: Awaited<ReturnType<typeof systemProject>>;
  let endpoint: string;
  beforeAll(async () => {
    project = await systemProject('hello');
    const up = await project.local('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    endpoint = up.stdout.trim();
  }, 120_000);
  afterAll(() => project.close());

  const answer = async () => (await fetch(endpoint)).text();

  /** The tags of each image, without those that chatops makes of the content: `c0ffee1 stable`. */
  async function tags(): Promise<string[]> {
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    const ecr = new ECRClient({ region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } });
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({}));
    const { repositoryName } = repositories![0]!;
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
    return imageDetails!
      .map(({ imageTags = [] }) =>
        imageTags
          .filter((tag) => !tag.startsWith('build-'))
          .toSorted()
          .join(' '),
      )
      .filter((tagged) => tagged !== '')
      .toSorted();
  }

  it('a commit is built once, under a tag of its own', async () => {
    const deployed = await project.local('deploy', '--build', '--image', 'c0ffee1');
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(await answer()).toBe('hello from c0ffee1\n');
  });

  it('the image that was tested is promoted as it is', async () => {
    expect(await project.local('deploy', '--image', 'c0ffee1', '--tag', 'stable')).toMatchObject({
      code: 0,
      stdout: 'no change: the service runs c0ffee1 already; it is tagged stable\n',
    });
    expect(await tags()).toEqual(['c0ffee1 stable']);
    expect((await project.local('deploy', '--image', 'stable')).stdout).toBe(
      'no change: the service runs stable already\n',
    );
  });

  it('the tag moves to the next image once that one serves', async () => {
    await writeFile(path.join(project.folder, 'hello/NEWS'), 'hello again\n');
    const next = await project.local('deploy', '--build', '--image', 'c0ffee2', '--tag', 'stable');
    expect(next, next.stderr).toMatchObject({ code: 0 });
    expect(next.stdout).toMatch(/^deployed c0ffee2 and tagged stable: serving after /);
    expect(await tags()).toEqual(['c0ffee1', 'c0ffee2 stable']);
    expect(await answer()).toBe('hello from c0ffee2\n');
  });

  it('what is no tag is refused before anything is changed', async () => {
    const refused = await project.local('deploy', '--image', 'c0ffee1', '--tag', 'a/b');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('error: --tag a/b is no tag');
    expect(await answer()).toBe('hello from c0ffee2\n');
  });

  it('goes with all its images', async () => {
    const down = await project.local('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('are gone');
  });
});
