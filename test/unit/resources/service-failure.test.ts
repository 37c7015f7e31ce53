import { expect, test } from 'vitest';
import { hintFor } from '../../../src/resources/ecs/service-failure.ts';

test.each([
  [
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'",
    '"service.architecture"',
  ],
  [
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/acme/chat:2: not found',
    '"service.image"',
  ],
  [
    'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-3:1:targetgroup/a/b)',
    '"loadBalancer.healthCheck"',
  ],
  ['Essential container in task exited, exit code 255', 'exec format error'],
  ['Essential container in task exited, exit code 1', '"service.readonlyRootFilesystem"'],
  ['Essential container in task exited, exit code 143', '`chatops logs`'],
])('%s', (reason, hint) => {
  expect(hintFor(reason)).toContain(hint);
});
