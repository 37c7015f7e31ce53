import type { Cloud } from './cloud.ts';

export interface ConnectOptions {
  /** As AWS names it; the local cloud signs as one of them too. */
  region: string;
  profile?: string;
  /** Only for the local cloud: for every other region none is set, so that `AWS_ENDPOINT_URL` works. */
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Told about each attempt of each call, as it leaves: for tests and `--debug`. */
  onCall?(call: Call): void;
  signal?: AbortSignal;
}

export interface Call {
  /** `ec2`, `ecs`, `elasticache`. */
  service: string;
  /** `CreateVpc`. */
  operation: string;
  write: boolean;
}

export declare function connect(options: ConnectOptions): Promise<Cloud>;
