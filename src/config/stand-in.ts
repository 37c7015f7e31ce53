import type { Config } from './schema.ts';

/** How to get a real one in place of the stand-in. */
export const installRedis =
  'install one: `apt-get install redis-server` (Debian, Ubuntu), `dnf install valkey` (Fedora), `brew install redis` (macOS)';

/** What a config asks of Redis that the local cloud's stand-in for it has not, each as field and value; nothing where the stack has no Redis of its own. */
export function beyondStandIn({ redis }: Pick<Config, 'redis'>): string[] {
  const { mode, url, cluster, replicas, encryption } = redis;
  if (mode === 'off' || url !== undefined) return [];
  if (mode === 'serverless') return ['redis.mode "serverless"'];
  return [
    ...(cluster !== undefined ? ['redis.cluster'] : []),
    ...(replicas > 0 ? [`redis.replicas ${replicas}`] : []),
    ...(encryption.inTransit ? ['redis.encryption.inTransit'] : []),
  ];
}
