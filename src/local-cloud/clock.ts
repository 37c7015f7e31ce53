/** How long AWS takes for what takes time, in seconds (docs/local-cloud.md has the table). */
const awsSeconds = {
  'load-balancer.create': 150,
  'load-balancer.interfaces-gone': 150,
  'nat-gateway.create': 105,
  'nat-gateway.delete': 50,
  'vpc-endpoint.create': 60,
  'vpc-endpoint.delete': 30,
  'role.assumable': 10,
  'cluster.create': 2,
  'replication-group.create': 420,
  'replication-group.modify': 60,
  'replication-group.delete': 300,
  'serverless-cache.create': 55,
  'serverless-cache.delete': 60,
  'certificate.record': 5,
  'certificate.issue': 60,
  'record.in-sync': 30,
  'task.provision': 35,
} as const;

export type Transition = keyof typeof awsSeconds;

/** `instant`, `aws` (the measured latencies of AWS) or `aws/50` (the same, 50 times faster). */
export type LatencyProfile = string;

/** The local cloud's time. Transitions of plain resources are timestamps compared on reading, never timers, so that state stays plain data. */
export interface CloudClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** How long a transition takes under the profile in force, in milliseconds. */
  latency(transition: Transition): number;
  /** How many times as fast as on AWS go the minutes and cooldowns by which services scale: 50 under `aws/50`. */
  pace: number;
  /** Calls `run` after `ms`; the returned function calls it off. For the data plane only. */
  after(ms: number, run: () => void): () => void;
}

/** Real time, with the latencies of a profile. Throws a RangeError for a profile that does not exist. */
export function realClock(profile: LatencyProfile): CloudClock {
  const factor = factorOf(profile);
  return {
    now: () => Date.now(),
    latency: (transition) => awsSeconds[transition] * 1000 * factor,
    pace: factor === 0 ? 1 : 1 / factor,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

function factorOf(profile: LatencyProfile): number {
  if (profile === 'instant') return 0;
  const divisor = /^aws(?:\/(\d{1,4}))?$/.exec(profile);
  if (divisor === null || divisor[1] === '0') {
    throw new RangeError(`latency profile "${profile}" is none of instant, aws, aws/<divisor>`);
  }
  return 1 / Number(divisor[1] ?? 1);
}
