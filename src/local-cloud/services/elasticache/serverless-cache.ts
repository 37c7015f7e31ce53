import type {
  CreateServerlessCacheRequest,
  CreateServerlessCacheResponse,
  DeleteServerlessCacheRequest,
  DeleteServerlessCacheResponse,
  DescribeServerlessCachesRequest,
  DescribeServerlessCachesResponse,
  ModifyServerlessCacheRequest,
  ModifyServerlessCacheResponse,
  ServerlessCache,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { setSecurityGroups } from '../ec2/network-interface.ts';
import { page } from '../page.ts';
import { arnOf } from './arn.ts';
import { identifier, invalidCombination, invalidValue } from './errors.ts';
import { endpointOf } from './replication-group-shape.ts';
import { securityGroupsFor } from './replication-group-checks.ts';
import { startServerless, stopServerless } from './serverless-node.ts';
import { elastiCacheState, type StoredServerlessCache } from './state.ts';
import { mustFindServerlessCache, serverlessStatus, sweepServerless } from './serverless-status.ts';
import { majorVersionOf, vpcOf } from './serverless-checks.ts';
import { mergeTags } from './tag-list.ts';

export const serverlessCacheOperations: Operations = {
  CreateServerlessCache,
  DescribeServerlessCaches,
  ModifyServerlessCache,
  DeleteServerlessCache,
};

/** ElastiCache's order: name, is it taken, engine and version, subnets, security groups, tags. Then does the server start (ChatopsCacheNodeFailed). Whatever fails, nothing is left. */
async function CreateServerlessCache(
  input: CreateServerlessCacheRequest,
  call: Call,
): Promise<CreateServerlessCacheResponse> {
  sweepServerless(call);
  const { serverlessCaches } = elastiCacheState(call);
  const name = identifier('ServerlessCacheName', input.ServerlessCacheName, 40);
  if (serverlessCaches.has(name)) {
    throw new AwsError('ServerlessCacheAlreadyExistsFault', `Serverless cache ${name} already exists.`);
  }
  if (input.CacheUsageLimits !== undefined || input.UserGroupId !== undefined) {
    throw invalidCombination('The local cloud does not know usage limits and user groups.');
  }
  const engine = (input.Engine ?? '').toLowerCase();
  const vpcId = vpcOf(call, input.SubnetIds ?? []);
  const cache: StoredServerlessCache = {
    name,
    description: input.Description ?? '',
    engine,
    majorVersion: majorVersionOf(engine, input.MajorEngineVersion),
    securityGroupIds: securityGroupsFor(call, input.SecurityGroupIds, { name: 'of the cache', vpcId }),
    subnetIds: input.SubnetIds ?? [],
    snapshotRetention: retentionOf(input.SnapshotRetentionLimit, 0),
    tags: mergeTags([], input.Tags),
    createdAt: call.now.getTime(),
  };
  // On record before the first wait, so that a second call with the same name meets it.
  serverlessCaches.set(name, cache);
  try {
    await startServerless(call, cache);
  } catch (error) {
    cache.deletedAt = -Infinity;
    sweepServerless(call);
    const why = error instanceof Error ? error.message : String(error);
    throw new AwsError('ChatopsCacheNodeFailed', `the cache server does not start: ${why}`);
  }
  cache.answeredAt = call.cloud.clock.now();
  return { ServerlessCache: told(call, cache) };
}

function DescribeServerlessCaches(
  input: DescribeServerlessCachesRequest,
  call: Call,
): DescribeServerlessCachesResponse {
  sweepServerless(call);
  const { serverlessCaches } = elastiCacheState(call);
  const found =
    input.ServerlessCacheName === undefined
      ? serverlessCaches.values()
      : [mustFindServerlessCache(call, input.ServerlessCacheName)];
  const { items, next } = page(found, {
    key: ({ name }) => name,
    size: input.MaxResults ?? 50,
    token: input.NextToken,
    invalid: () => invalidValue('The parameter NextToken is invalid.'),
  });
  return { ServerlessCaches: items.map((cache) => told(call, cache)), NextToken: next };
}

/** ElastiCache's order: is it there, is it available, then each value; all changes or none. */
function ModifyServerlessCache(
  input: ModifyServerlessCacheRequest,
  call: Call,
): ModifyServerlessCacheResponse {
  const cache = mustFindServerlessCache(call, input.ServerlessCacheName ?? '');
  mustBeAvailable(call, cache);
  const engine = (input.Engine ?? cache.engine).toLowerCase();
  const kept = engine === cache.engine ? cache.majorVersion : undefined;
  const majorVersion = majorVersionOf(engine, input.MajorEngineVersion ?? kept);
  if (
    (cache.engine === 'valkey' && engine === 'redis') ||
    (engine === cache.engine && Number(majorVersion) < Number(cache.majorVersion))
  ) {
    throw invalidCombination(
      `Downgrading from ${cache.engine} ${cache.majorVersion} to ${engine} ${majorVersion} is not supported.`,
    );
  }
  const vpcId = vpcOf(call, cache.subnetIds);
  const securityGroupIds =
    input.SecurityGroupIds === undefined
      ? cache.securityGroupIds
      : securityGroupsFor(call, input.SecurityGroupIds, { name: 'of the cache', vpcId });
  Object.assign(cache, {
    description: input.Description ?? cache.description,
    engine,
    majorVersion,
    securityGroupIds,
    snapshotRetention: retentionOf(input.SnapshotRetentionLimit, cache.snapshotRetention),
    modifiedAt: call.now.getTime(),
  });
  if (cache.networkInterfaceId) setSecurityGroups(call, cache.networkInterfaceId, securityGroupIds);
  return { ServerlessCache: told(call, cache) };
}

/** Its process ends at once; the rest goes when its time has come. */
async function DeleteServerlessCache(
  input: DeleteServerlessCacheRequest,
  call: Call,
): Promise<DeleteServerlessCacheResponse> {
  const cache = mustFindServerlessCache(call, input.ServerlessCacheName ?? '');
  mustBeAvailable(call, cache);
  if (input.FinalSnapshotName !== undefined) {
    throw invalidCombination('The local cloud takes no snapshots.');
  }
  cache.deletedAt = call.now.getTime();
  const answer = { ServerlessCache: told(call, cache) };
  await stopServerless(call, cache);
  sweepServerless(call);
  return answer;
}

function mustBeAvailable(call: Call, cache: StoredServerlessCache): void {
  const status = serverlessStatus(call, cache);
  if (status === 'available') return;
  throw new AwsError(
    'InvalidServerlessCacheStateFault',
    `Serverless cache ${cache.name} has the status ${status}, which does not allow this.`,
  );
}

function retentionOf(days: number | undefined, fallback: number): number {
  if (days === undefined) return fallback;
  if (days < 0 || days > 35)
    throw invalidValue(`Invalid snapshot retention limit: ${days}. Must be 0 to 35.`);
  return days;
}

function told(call: Call, cache: StoredServerlessCache): ServerlessCache {
  const Status = serverlessStatus(call, cache);
  return {
    ServerlessCacheName: cache.name,
    Description: cache.description,
    CreateTime: new Date(cache.createdAt),
    Status,
    Engine: cache.engine,
    MajorEngineVersion: cache.majorVersion,
    FullEngineVersion: `${cache.majorVersion}.0`,
    SecurityGroupIds: cache.securityGroupIds,
    SubnetIds: cache.subnetIds,
    SnapshotRetentionLimit: cache.snapshotRetention,
    ARN: arnOf(call, 'serverlesscache', cache.name),
    ...(Status === 'creating' || cache.endpoint === undefined
      ? {}
      : { Endpoint: endpointOf(cache.endpoint) }),
  };
}
