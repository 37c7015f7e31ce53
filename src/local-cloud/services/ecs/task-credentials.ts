import { randomBytes } from 'node:crypto';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import type { Principal } from '../../principal.ts';
import { permits } from '../iam/permits.ts';

/** The key of one task, as long as it runs. */
interface TaskKey {
  taskId: string;
  roleArn: string;
  /** The end of the address at which the task, and nobody else, is given it. */
  path: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** By access key. */
const keys = store('task-credentials', () => new Map<string, TaskKey>(), 'global');

const folder = '/credentials/';
const lifetime = 6 * 3_600_000;

/**
 * Makes the key of a task that has a role. Answers where it is given out: the value of
 * `AWS_CONTAINER_CREDENTIALS_FULL_URI`, since the address of Fargate's own endpoint is not on this machine.
 */
export function issueTaskKey(cloud: LocalCloud, taskId: string, roleArn: string): string {
  const key = {
    taskId,
    roleArn,
    path: `${folder}${randomBytes(24).toString('hex')}`,
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(48).toString('base64'),
  };
  keys({ cloud, region: '' }).set(key.accessKeyId, key);
  return `${cloud.endpoint}${key.path}`;
}

/** The answer of the container credentials endpoint; undefined for a path that is no task's. */
export function taskCredentials(cloud: LocalCloud, path: string): object | undefined {
  const key = [...keys({ cloud, region: '' }).values()].find((one) => one.path === path);
  if (key === undefined) return undefined;
  return {
    RoleArn: key.roleArn,
    AccessKeyId: key.accessKeyId,
    SecretAccessKey: key.secretAccessKey,
    Token: key.sessionToken,
    Expiration: new Date(cloud.clock.now() + lifetime).toISOString(),
  };
}

/** Who signs with an access key, when it is a task's. */
export function taskPrincipal(cloud: LocalCloud, accessKeyId: string): Principal | undefined {
  const key = keys({ cloud, region: '' }).get(accessKeyId);
  if (key === undefined) return undefined;
  const role = key.roleArn.split('/').at(-1);
  return {
    arn: `arn:aws:sts::${cloud.account}:assumed-role/${role}/${key.taskId}`,
    credentials: key,
    permits: (action) => permits(cloud, key.roleArn, action),
  };
}

/** Takes a stopped task's key back. */
export function revokeTaskKey(cloud: LocalCloud, taskId: string): void {
  const issued = keys({ cloud, region: '' });
  for (const [accessKeyId, key] of issued) if (key.taskId === taskId) issued.delete(accessKeyId);
}
