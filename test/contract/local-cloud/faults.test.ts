import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../../src/aws/errors.ts';
import { drawFault, setFaults } from '../../../src/local-cloud/faults.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';

describe('what becomes of a call', () => {
  it.each([
    [[0], 'throttled'],
    [[0.29], 'throttled'],
    [[0.3], 'failed'],
    [[0.35, 0.2], 'request-lost'],
    [[0.39, 0.7], 'answer-lost'],
    [[0.4], undefined],
  ])('is drawn by its share: %j is %s', (numbers, fault) => {
    const left = [...numbers];
    const faults = { throttle: 0.3, errors: 0.05, resets: 0.05, latency: 0 };
    expect(drawFault(faults, () => left.shift()!)).toBe(fault);
  });
});

describe('a call that goes wrong', () => {
  let local: TestCloud;
  beforeEach(async () => {
    local = await startLocalCloud();
  });
  afterEach(() => local.close());

  const calls = () => [
    local.ec2.send(new DescribeVpcsCommand({})),
    local.ecs.send(new ListClustersCommand({})),
    local.iam.send(new ListRolesCommand({})),
  ];
  const namesOf = async () =>
    Promise.all(
      calls().map((call) =>
        call.then(
          () => 'ok',
          (error: Error) => `${error.name} ${classify(error)}`,
        ),
      ),
    );

  it('is refused in the words of its service, which the tool takes for throttling', async () => {
    setFaults(local.cloud, { throttle: 1 });
    expect(await namesOf()).toEqual([
      'RequestLimitExceeded throttled',
      'ThrottlingException throttled',
      'Throttling throttled',
    ]);
    setFaults(local.cloud);
    expect(await namesOf()).toEqual(['ok', 'ok', 'ok']);
  });

  it('fails, or is cut off, which the tool takes for something that passes', async () => {
    setFaults(local.cloud, { errors: 1 });
    expect(await namesOf()).toEqual([
      'InternalError transient',
      'InternalFailure transient',
      'InternalFailure transient',
    ]);
    setFaults(local.cloud, { errors: 0, resets: 1 });
    for (const name of await namesOf()) expect(name).toMatch(/ transient$/);
  });
});
