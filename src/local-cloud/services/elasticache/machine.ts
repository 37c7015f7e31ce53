import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { lackingIn } from '../../runtime/caches/stand-in.ts';
import type { StoredReplicationGroup } from './state.ts';

/** What AWS does not know: whether this machine has a server that can be such a group. Throws ChatopsNoRedis. */
export async function mustRunHere(
  { cloud }: Call,
  {
    transit,
    clusterEnabled,
    nodes,
  }: Pick<StoredReplicationGroup, 'transit' | 'clusterEnabled'> & { nodes: number },
): Promise<void> {
  const lacking = lackingIn(await cloud.dataPlane.caches.engine(), {
    cluster: clusterEnabled,
    replicas: nodes > 1,
    encryption: transit !== 'off',
  });
  if (lacking !== undefined) throw new AwsError('ChatopsNoRedis', lacking);
}
