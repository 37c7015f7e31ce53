import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
const start = Date.now() - 60_000;

beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

async function groupWith(logGroupName: string, ...streams: string[]) {
  await local.logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of streams) {
    await local.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  }
}

/** One event per message, a millisecond apart. */
const write = (logGroupName: string, logStreamName: string, messages: string[], from = start) =>
  local.logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: messages.map((message, index) => ({ timestamp: from + index, message })),
    }),
  );

async function filtered(logGroupName: string, more: Partial<FilterLogEventsCommandInput> = {}) {
  const { events } = await local.logs.send(new FilterLogEventsCommand({ logGroupName, ...more }));
  return events!.map(({ message }) => message);
}

const groupsBelow = async (logGroupNamePrefix: string) =>
  (await local.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups!;

test('a log group is created with its tags, read, changed and deleted', async () => {
  const logGroupName = '/chatops/chat/default/local';
  await local.logs.send(new CreateLogGroupCommand({ logGroupName, tags: { 'chatops:id': 'logs' } }));
  const [group] = await groupsBelow(logGroupName);
  const arn = `arn:aws:logs:local:000000000000:log-group:${logGroupName}`;
  expect(group).toMatchObject({ logGroupName, arn: `${arn}:*`, logGroupArn: arn });
  expect(group!.retentionInDays).toBeUndefined();

  await local.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 }));
  expect((await groupsBelow(logGroupName))[0]!.retentionInDays).toBe(30);
  await local.logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  expect((await groupsBelow(logGroupName))[0]!.retentionInDays).toBeUndefined();

  await local.logs.send(new TagResourceCommand({ resourceArn: arn, tags: { team: 'chat' } }));
  await local.logs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['chatops:id'] }));
  const { tags } = await local.logs.send(new ListTagsForResourceCommand({ resourceArn: arn }));
  expect(tags).toEqual({ team: 'chat' });
  expect((await local.logs.send(new ListTagsLogGroupCommand({ logGroupName }))).tags).toEqual(tags);
  // As on AWS: the form with the star is not taken here, although listings give it.
  await expect(
    local.logs.send(new ListTagsForResourceCommand({ resourceArn: `${arn}:*` })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: 'Invalid resourceArn' });

  await local.logs.send(new DeleteLogGroupCommand({ logGroupName }));
  expect(await groupsBelow(logGroupName)).toEqual([]);
  await expect(local.logs.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
});

test('groups are listed by prefix and in pages', async () => {
  for (const name of ['/pages/c', '/pages/a', '/pages/b', '/elsewhere']) await groupWith(name);
  const list = async (nextToken?: string) =>
    local.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/pages/', limit: 2, nextToken }));
  const first = await list();
  const second = await list(first.nextToken);
  expect([first, second].map(({ logGroups }) => logGroups!.map((group) => group.logGroupName))).toEqual([
    ['/pages/a', '/pages/b'],
    ['/pages/c'],
  ]);
  expect(second.nextToken).toBeUndefined();
});

test('what CloudWatch does not take is refused in its words', async () => {
  await groupWith('/strict', 's');
  const logGroupName = '/strict';
  await expect(local.logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  });
  const invalid = { name: 'InvalidParameterException' };
  await expect(
    local.logs.send(new CreateLogGroupCommand({ logGroupName: 'with space' })),
  ).rejects.toMatchObject(invalid);
  await expect(
    local.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
  ).rejects.toMatchObject({
    ...invalid,
    message: expect.stringContaining('Member must satisfy enum value set: [1, 3, 5,') as string,
  });
  await expect(
    local.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' })),
  ).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  await expect(write('/strict', 'none', ['x'])).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
  const backwards = [start + 1, start].map((timestamp) => ({ timestamp, message: 'x' }));
  await expect(
    local.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents: backwards })),
  ).rejects.toMatchObject({ ...invalid, message: expect.stringContaining('chronological order') as string });
  await expect(filtered('/strict', { filterPattern: '{ $.level = "error" }' })).rejects.toMatchObject(
    invalid,
  );
});

test('a stream is read from its head or tail and followed with tokens', async () => {
  const source = { logGroupName: '/read', logStreamName: 's' };
  await groupWith('/read', 's');
  await write('/read', 's', ['1', '2', '3', '4', '5']);
  const get = async (more = {}) => {
    const answer = await local.logs.send(new GetLogEventsCommand({ ...source, ...more }));
    return { ...answer, texts: answer.events!.map(({ message }) => message) };
  };
  expect((await get({ limit: 2 })).texts).toEqual(['4', '5']);
  expect((await get({ startTime: start + 1, endTime: start + 3 })).texts).toEqual(['2', '3']);
  const head = await get({ limit: 3, startFromHead: true });
  const rest = await get({ limit: 3, nextToken: head.nextForwardToken });
  expect([head.texts, rest.texts]).toEqual([
    ['1', '2', '3'],
    ['4', '5'],
  ]);
  const end = await get({ nextToken: rest.nextForwardToken });
  expect([end.texts, end.nextForwardToken]).toEqual([[], rest.nextForwardToken]);
  await write('/read', 's', ['6'], start + 10);
  expect((await get({ nextToken: end.nextForwardToken })).texts).toEqual(['6']);
  expect((await get({ nextToken: rest.nextBackwardToken, limit: 2 })).texts).toEqual(['2', '3']);
});

test('events of all streams are filtered by time, stream and terms', async () => {
  await groupWith('/filter', 'app/1', 'app/2', 'other');
  await write('/filter', 'app/1', ['error one', 'info one']);
  await write('/filter', 'app/2', ['error two: "odd"', 'debug error'], start + 2);
  await write('/filter', 'other', ['error other'], start + 4);
  expect(await filtered('/filter')).toEqual([
    'error one',
    'info one',
    'error two: "odd"',
    'debug error',
    'error other',
  ]);
  expect(await filtered('/filter', { startTime: start + 1, endTime: start + 2 })).toEqual([
    'info one',
    'error two: "odd"',
  ]);
  expect(await filtered('/filter', { logStreamNamePrefix: 'app/', filterPattern: 'error -debug' })).toEqual([
    'error one',
    'error two: "odd"',
  ]);
  expect(await filtered('/filter', { filterPattern: '?info ?debug' })).toEqual(['info one', 'debug error']);
  expect(await filtered('/filter', { filterPattern: '"two: \\"odd"' })).toEqual(['error two: "odd"']);
  expect(await filtered('/filter', { logStreamNames: ['other'], filterPattern: 'ERROR' })).toEqual([]);
});

test('filtered events come in pages that lose and repeat nothing, each with an id of its own', async () => {
  await groupWith('/pages-of-events', 'a', 'b');
  // The same milliseconds in both streams.
  await write('/pages-of-events', 'a', ['a1', 'a2', 'a3']);
  await write('/pages-of-events', 'b', ['b1', 'b2', 'b3']);
  const pages: string[][] = [];
  const ids = new Set<string>();
  let nextToken: string | undefined;
  do {
    const answer = await local.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/pages-of-events', limit: 4, nextToken }),
    );
    pages.push(answer.events!.map(({ message }) => message!));
    for (const { eventId } of answer.events!) ids.add(eventId!);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  expect(pages).toEqual([
    ['a1', 'b1', 'a2', 'b2'],
    ['a3', 'b3'],
  ]);
  expect(ids.size).toBe(6);
});

test('streams are listed by name, or the most recent first', async () => {
  await groupWith('/streams', 'x', 'y', 'z');
  await write('/streams', 'x', ['new'], start + 5);
  await write('/streams', 'y', ['old'], start);
  const list = async (more = {}) => {
    const answer = await local.logs.send(
      new DescribeLogStreamsCommand({ logGroupName: '/streams', ...more }),
    );
    return answer.logStreams!.map(({ logStreamName }) => logStreamName);
  };
  expect(await list()).toEqual(['x', 'y', 'z']);
  expect(await list({ orderBy: 'LastEventTime', descending: true, limit: 2 })).toEqual(['x', 'y']);
  expect(await list({ logStreamNamePrefix: 'z' })).toEqual(['z']);
  await local.logs.send(new DeleteLogStreamCommand({ logGroupName: '/streams', logStreamName: 'z' }));
  expect(await list()).toEqual(['x', 'y']);
});

test('events that are too old or too new are left out and said so', async () => {
  await groupWith('/ages', 's');
  const day = 86_400_000;
  const answer = await local.logs.send(
    new PutLogEventsCommand({
      logGroupName: '/ages',
      logStreamName: 's',
      logEvents: [
        { timestamp: start - 20 * day, message: 'too old' },
        { timestamp: start, message: 'right' },
        { timestamp: start + day, message: 'too new' },
      ],
    }),
  );
  expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
  expect(await filtered('/ages')).toEqual(['right']);
});

test('a stream keeps its last ten thousand events and its last four megabytes', async () => {
  await groupWith('/bounds', 'many', 'large');
  for (let batch = 0; batch < 3; batch += 1) {
    const messages = Array.from({ length: 5000 }, (_, index) => `${batch * 5000 + index}`);
    await write('/bounds', 'many', messages, start + batch * 5000);
  }
  const many = await filtered('/bounds', { logStreamNames: ['many'] });
  expect([many.length, many[0], many.at(-1)]).toEqual([10_000, '5000', '14999']);

  const large = 'x'.repeat(1_000_000);
  for (let index = 0; index < 6; index += 1) await write('/bounds', 'large', [large], start + index);
  expect((await filtered('/bounds', { logStreamNames: ['large'] })).length).toBe(4);
});
