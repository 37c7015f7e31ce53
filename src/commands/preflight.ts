import { createServer } from 'node:net';
import { DescribeCacheEngineVersionsCommand } from '@aws-sdk/client-elasticache';
import type { Cloud } from '../aws/cloud.ts';
import type { Plan } from '../engine/plan.ts';
import { beyondStandIn, installRedis } from '../config/stand-in.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { localFolder } from './session.ts';
import type { Session } from './session.ts';

/** Finds what is bound to fail before anything is written: a cache version that is not offered, and on this machine a taken port or what the stand-in for Redis has not. Notes what this machine cannot do as AWS does. */
export async function preflight(
  session: Session,
  plan: Plan<Cloud>,
  note: (text: string) => void,
): Promise<void> {
  const creates = (id: string) => plan.actions.some((each) => each.id === id && each.action === 'create');
  const touches = (...ids: string[]) =>
    plan.actions.some(({ id, action }) => ids.includes(id) && (action === 'create' || action === 'update'));
  const { loadBalancer } = session.config;
  const isLocal = session.identity.region === 'local';
  if (isLocal && creates('replication-group') && session.config.redis.durability === 'sync') {
    note(
      'redis.durability: on this machine "sync" is a setting only; what Redis acknowledged just before a fail-over can be lost',
    );
  }
  await Promise.all([
    creates('replication-group') && assertEngineVersion(session),
    isLocal && touches('replication-group', 'serverless-cache') && checkCacheServer(session, note),
    creates('listener-http') && isLocal && assertFreePort('loadBalancer.port', loadBalancer.port),
    creates('listener-https') &&
      isLocal &&
      assertFreePort('loadBalancer.https.port', loadBalancer.https?.port ?? 'auto'),
  ]);
}

/** aws elasticache describe-cache-engine-versions */
async function assertEngineVersion({ cloud, config }: Session): Promise<void> {
  const { engine, version } = config.redis;
  const { CacheEngineVersions = [] } = await cloud.elasticache.send(
    new DescribeCacheEngineVersionsCommand({ Engine: engine }),
  );
  const offered = CacheEngineVersions.map(({ EngineVersion = '' }) => EngineVersion);
  if (offered.some((each) => each === version || each.startsWith(`${version}.`))) return;
  throw new ChatopsError(`redis.version: ${engine} ${version} is not offered in ${cloud.region}`, {
    code: 'redis.version',
    exit: ExitCode.config,
    hint: `choose one of ${offered.join(', ')}`,
  });
}

/** Without Redis and Valkey a stand-in runs, which is said, and refused where the config needs more. */
async function checkCacheServer({ folder, config }: Session, note: (text: string) => void): Promise<void> {
  const { localStatus } = await import('../aws/local-daemon.ts');
  const engine = (await localStatus(localFolder(folder)))?.engines[0];
  if (engine?.startsWith('stand-in') !== true) return;
  const beyond = beyondStandIn(config);
  if (beyond.length === 0) {
    note(`no redis-server or valkey-server on PATH: redis is a ${engine} (docs/redis.md)`);
    return;
  }
  throw new ChatopsError(
    `no redis-server or valkey-server on PATH, and the stand-in for it has no ${beyond.join(', no ')}`,
    { code: 'redis.missing', exit: ExitCode.failed, hint: installRedis },
  );
}

/** On this machine another program may have the port: a load balancer without its listener would be half a stack. */
async function assertFreePort(field: string, port: number | 'auto'): Promise<void> {
  if (port === 'auto') return;
  const problem = await listenProblem(port);
  if (problem === undefined) return;
  const why = problem === 'EACCES' ? `may not be opened by this user` : `is in use on this machine`;
  throw new ChatopsError(`${field}: ${port} ${why}`, {
    code: 'port.unavailable',
    exit: ExitCode.failed,
    hint: 'choose another port, or "auto" for the first free one',
  });
}

function listenProblem(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(undefined)));
  });
}
