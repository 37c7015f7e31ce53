import type {
  CacheEngineVersion,
  CacheEngineVersionMessage,
  DescribeCacheEngineVersionsMessage,
} from '@aws-sdk/client-elasticache';
import type { Operations } from '../../operation.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import { pageOf } from './page.ts';

export interface EngineVersion {
  engine: 'redis' | 'valkey';
  /** As one asks for it: `7.1`. */
  version: string;
  /** As a node then reports it: `7.1.0`. */
  reported: string;
  family: string;
}

/** What ElastiCache offers, oldest first. A local node is whatever server this machine has, and calls itself what was asked for. */
export const engineVersions: EngineVersion[] = [
  { engine: 'redis', version: '5.0.6', reported: '5.0.6', family: 'redis5.0' },
  { engine: 'redis', version: '6.0', reported: '6.0.5', family: 'redis6.x' },
  { engine: 'redis', version: '6.2', reported: '6.2.6', family: 'redis6.x' },
  { engine: 'redis', version: '7.0', reported: '7.0.7', family: 'redis7' },
  { engine: 'redis', version: '7.1', reported: '7.1.0', family: 'redis7' },
  { engine: 'valkey', version: '7.2', reported: '7.2.6', family: 'valkey7' },
  { engine: 'valkey', version: '8.0', reported: '8.0.1', family: 'valkey8' },
  { engine: 'valkey', version: '8.1', reported: '8.1.0', family: 'valkey8' },
  { engine: 'valkey', version: '8.2', reported: '8.2.0', family: 'valkey8' },
  { engine: 'valkey', version: '9.0', reported: '9.0.0', family: 'valkey9' },
  { engine: 'valkey', version: '9.1', reported: '9.1.0', family: 'valkey9' },
];

/** The version that an engine and a version (or none: the newest of redis, 8.1 of valkey) ask for. Throws InvalidParameterValue for another engine and for a patch level, which ElastiCache alone chooses, and InvalidParameterCombination for a version that it does not have. */
export function resolveEngine(engine: string, version: string | undefined): EngineVersion {
  const name = engine.toLowerCase();
  if (name !== 'redis' && name !== 'valkey') throw invalidValue(`Unrecognized engine name: ${engine}`);
  const wanted = version ?? defaults[name];
  const [exact = ''] = /^\d+\.\d+(?=\.\d+$)/.exec(wanted) ?? [];
  if (exact !== '' && engineVersions.some((one) => one.engine === name && one.version === exact)) {
    throw invalidValue(`Specific version selection is not allowed for '${wanted}', please use '${exact}'`);
  }
  const found = engineVersions.find((one) => one.engine === name && one.version === wanted);
  if (found === undefined) throw invalidCombination(`Cannot find version ${wanted} for ${name}`);
  return found;
}

const defaults = { redis: '7.1', valkey: '8.1' };

export const engineVersionOperations: Operations = { DescribeCacheEngineVersions };

function DescribeCacheEngineVersions(input: DescribeCacheEngineVersionsMessage): CacheEngineVersionMessage {
  const asked = engineVersions.filter(
    ({ engine, version, family }) =>
      (input.Engine === undefined || engine === input.Engine.toLowerCase()) &&
      (input.EngineVersion === undefined || version === input.EngineVersion) &&
      (input.CacheParameterGroupFamily === undefined || family === input.CacheParameterGroupFamily) &&
      (input.DefaultOnly !== true || version === defaults[engine]),
  );
  const { page, Marker } = pageOf(asked, input);
  return { CacheEngineVersions: page.map(told), Marker };
}

function told({ engine, version, family }: EngineVersion): CacheEngineVersion {
  const words = engine === 'redis' ? 'Redis' : 'Valkey';
  return {
    Engine: engine,
    EngineVersion: version,
    CacheParameterGroupFamily: family,
    CacheEngineDescription: words,
    CacheEngineVersionDescription: `${engine} version ${version}`,
  };
}
