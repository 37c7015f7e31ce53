/**
 * What the control plane asks of the machine. Each part is a real thing (processes, sockets, files);
 * contract tests pass a quiet one (test/helpers) where only the API is under test.
 */
export interface DataPlane {
  addresses: AddressPlan;
  images: ImageStore;
  tasks: TaskRunner;
  balancer: Balancer;
  caches: CacheRunner;
  certificates: CertificateIssuer;
  /** Ends everything that the data plane started, by its own pid, and resolves when nothing is left. */
  close(): Promise<void>;
}

/** Issues certificates of an authority of this local cloud's own, which clients trust by a file in its folder (`authority.pem`). */
export interface CertificateIssuer {
  /** For these DNS names, certificate and key as PEM. */
  issue(names: string[]): Promise<{ certificate: string; key: string }>;
}

/** Loopback addresses (127.x.y.z) for what has an address of its own on AWS: network interfaces and cache nodes. */
export interface AddressPlan {
  /** A loopback address that nothing of this or another local cloud uses with that port; `mapped` where the machine has no aliases: then 127.0.0.1 and a free port. */
  claim(port: number): Promise<{ host: string; port: number }>;
  release(host: string, port: number): void;
}

/** OCI blobs and manifests on disk; the registry writes, the task runner reads. */
export interface ImageStore {
  /** Path of a blob on disk by digest (`sha256:…`), or undefined. */
  blob(digest: string): Promise<string | undefined>;
  putBlob(content: Buffer | AsyncIterable<Uint8Array>, digest: string): Promise<void>;
}

/** One container of a task, as the scheduler wants it run. */
export interface TaskSpec {
  taskId: string;
  /** Bytes of the OCI image manifest; its config and layers are in the image store. */
  manifest: Buffer;
  containerName: string;
  containerPort: number;
  /** Where the container port must be reached from the load balancer. */
  bind: { host: string; port: number };
  command?: string[];
  entryPoint?: string[];
  environment: Record<string, string>;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout: number;
  onLog(line: string, stream: 'stdout' | 'stderr'): void;
  /** Exactly once. `code` is 128 + n where signal n ended it. */
  onExit(exit: { code: number; reason?: string }): void;
}

export interface RunningTask {
  pid: number;
  /** SIGTERM, then SIGKILL after the stop timeout; `onExit` follows. */
  stop(): void;
  /** CPU seconds used so far and resident bytes, or undefined once it is gone. */
  usage(): Promise<{ cpuSeconds: number; memoryBytes: number } | undefined>;
  /** Runs the command of a health check (`CMD`, … or `CMD-SHELL`, one line) beside it; the exit code. `timeout` in seconds. */
  check(command: string[], timeout: number): Promise<number>;
}

export interface TaskRunner {
  /** Rejects with an ECS stop reason (`CannotPullContainerError: …`) when the image cannot be run here. */
  start(spec: TaskSpec): Promise<RunningTask>;
}

/** One target group as the load balancer process needs it. */
export interface BalancerTargetGroup {
  arn: string;
  stickiness: { enabled: boolean; seconds: number };
  algorithm: 'round_robin' | 'least_outstanding_requests';
  deregistrationDelaySeconds: number;
  healthCheck: {
    path: string;
    /** Ranges of status codes, such as `200-299`. */
    matcher: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
  };
  /** `host` and `port` are the loopback address; `id` is how the API names the target (`10.0.0.12:3000`). */
  targets: { id: string; host: string; port: number; draining: boolean }[];
}

export interface BalancerListener {
  arn: string;
  port: number;
  protocol: 'HTTP' | 'HTTPS';
  /** Of an HTTPS listener only: what it shows (PEM), and the oldest version that it speaks. */
  tls?: { certificate: string; key: string; minVersion: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3' };
  idleTimeoutSeconds: number;
  /** A client's connection that is older closes after its next answer; no limit when left out. */
  clientKeepAliveSeconds?: number;
  /** Whether headers whose names are not letters, digits and hyphens are kept from targets. */
  dropInvalidHeaderFields?: boolean;
  action:
    /** A group with weight 0 gets no request; its targets are checked all the same. */
    | { type: 'forward'; targetGroups: { arn: string; weight: number }[] }
    | {
        type: 'redirect';
        /** These may hold ELBv2's `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`; left out, the request's own stay. */
        protocol: string;
        port: string;
        host?: string;
        path?: string;
        query?: string;
        statusCode: 301 | 302;
      }
    | { type: 'fixed-response'; statusCode: number; contentType: string; body: string };
}

/** ELBv2's own words: `State`, `Reason` and `Description` of DescribeTargetHealth. */
export interface TargetHealth {
  state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';
  reason?: string;
  description?: string;
}

/** The load balancer process: wanted state in, health and drain progress out. */
export interface Balancer {
  /** Replaces the whole wanted state. Rejects with `EADDRINUSE` (code) and changes nothing when a listener's port is taken. */
  configure(listeners: BalancerListener[], targetGroups: BalancerTargetGroup[]): Promise<void>;
  /** Health of one target of a group by `id`; `initial` until the first check came back; undefined when it is unknown or drained. */
  health(targetGroupArn: string, targetId: string): TargetHealth | undefined;
  /** What goes through a listener: open connections, from clients and to targets, and requests since the load balancer process started. Undefined where nobody counts. */
  traffic?(listenerArn: string): { connections: number; requests: number } | undefined;
  /** Calls `listener` whenever a target's health changed or a draining target is done. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
}

export interface CacheNodeSpec {
  host: string;
  port: number;
  /** Loopback addresses besides `host` that it answers on, at the same port: the primary endpoint of its group. */
  alsoAt?: string[];
  /** Any of these opens it; replicas show the last one to their primary. Without any, none is asked for. */
  passwords?: string[];
  /** Encryption in transit: `preferred` takes other connections too. The certificate is for these addresses. Without it, nothing is encrypted. */
  tls?: { mode: 'preferred' | 'required'; addresses: string[] } | undefined;
  /** `redis.conf` directives, such as maxmemory-policy. */
  parameters: Record<string, string>;
  replicaOf?: { host: string; port: number } | undefined;
  /** Whether it is to be part of a cluster, which {@link CacheRunner.arrange} makes; then `replicaOf` has no meaning. */
  cluster?: boolean;
  folder: string;
  /** Called when its process died by itself, before another one takes its place: the moment to change what that one will be. */
  onDeath?(): Promise<void>;
}

export interface CacheNode {
  pid: number;
  /** False while a process that died by itself is being replaced; where it is not told, the node always answers. */
  answers?: boolean;
  /** Changes it while it runs; connections stay. Where its process is being replaced, the next one is started that way. */
  change(change: Partial<Pick<CacheNodeSpec, 'alsoAt' | 'passwords' | 'replicaOf' | 'tls'>>): Promise<void>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Slots of a cluster, both ends included. */
export interface SlotRange {
  from: number;
  to: number;
}

/** A part of a cluster: who has which slots. */
export interface CacheShard {
  slots: SlotRange[];
  primary: CacheNode;
  replicas: CacheNode[];
}

/** The program that cache nodes are processes of. */
export interface CacheEngine {
  /** `stand-in`: chatops's own, for a machine that has neither Redis nor Valkey; it has no replicas, no TLS and no clusters. */
  name: 'redis' | 'valkey' | 'stand-in';
  version: string;
  /** Absolute path. */
  command: string;
  /** What goes before the path of the node's configuration. */
  args: string[];
}

export interface CacheRunner {
  /** What this machine's cache nodes are processes of; while there are any, the same for the next ones. */
  engine(): Promise<CacheEngine>;
  /** Resolves when it answers PING; rejects with the first line of its log otherwise, or with what the engine has not. */
  start(spec: CacheNodeSpec): Promise<CacheNode>;
  /**
   * Brings nodes that were started with `cluster` into one cluster of this form, from whatever form they have:
   * introduces them, promotes, moves slots with their keys while clients go on. `leaving` are nodes that are to have no
   * part in it. Resolves when all of them agree.
   */
  arrange(shards: CacheShard[], leaving?: CacheNode[]): Promise<void>;
}
