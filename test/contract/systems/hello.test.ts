import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSystem, type System } from './system-rig.ts';

let system: System;
let picture: Awaited<ReturnType<System['picture']>>;
beforeAll(async () => {
  system = await startSystem('hello');
  await system.up();
  picture = await system.picture();
}, 60_000);
afterAll(() => system.close());

it('has two small tasks with public addresses, on port 5000', () => {
  expect(picture.taskDefinitions).toMatchObject([
    { cpu: '256', memory: '512', containers: [{ ports: ['tcp 5000'] }] },
  ]);
  expect(picture.services).toMatchObject([
    { counts: [2, 2], container: [['app', 5000]], network: { assignPublicIp: 'ENABLED' } },
  ]);
});

it('has a listener for HTTP on port 80, and targets by address', () => {
  expect(picture.loadBalancers).toMatchObject([
    { listeners: [{ port: 80, protocol: 'HTTP', action: 'forward' }] },
  ]);
  expect(picture.targetGroups).toMatchObject([{ targetType: 'ip', healthCheck: ['/', '200', 10, 5, 2, 2] }]);
});

it('has a repository whose tags can be moved, and which goes with the images in it', async () => {
  expect(picture.repositories).toMatchObject([{ name: system.names.repository, tagMutability: 'MUTABLE' }]);
  const { imageDetails } = await system.cloud.ecr.send(
    new DescribeImagesCommand({ repositoryName: system.names.repository }),
  );
  expect(imageDetails).toHaveLength(1);
  expect((await system.planned()).changes).toBe(false);
  await system.down();
  expect((await system.picture()).repositories).toEqual([]);
});
