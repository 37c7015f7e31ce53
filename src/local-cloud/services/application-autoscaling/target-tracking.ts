/** One policy at one moment: what it wants, and what was measured. */
export interface Tracked {
  /** Percent. */
  target: number;
  /** The average of each minute that has one, oldest first, in percent. */
  datapoints: number[];
  disableScaleIn: boolean;
  /** How many tasks there were before the last scaling out, while its cooldown lasts. */
  coolingFrom: number | undefined;
}

/** What an alarm of a policy wants: `high` when the average was above the target for 3 minutes, `low` when it was below nine tenths of it for 15. */
export interface Verdict {
  alarm: 'high' | 'low';
  /** Tasks with which the average would be the target. */
  capacity: number;
}

const minutes = { high: 3, low: 15 };

/** Scaling in begins this much below the target, so that it does not go back and forth. */
const lowShare = 0.9;

/** What a policy's alarms say; undefined when neither is in ALARM. Pure. */
export function judge({ target, datapoints, coolingFrom }: Tracked, capacity: number): Verdict | undefined {
  const latest = datapoints.at(-1);
  if (latest === undefined) return undefined;
  const all = (count: number, holds: (value: number) => boolean) =>
    datapoints.length >= count && datapoints.slice(-count).every(holds);
  if (all(minutes.high, (value) => value > target)) {
    return { alarm: 'high', capacity: Math.ceil(((coolingFrom ?? capacity) * latest) / target) };
  }
  if (all(minutes.low, (value) => value < target * lowShare)) {
    return { alarm: 'low', capacity: Math.ceil((capacity * latest) / target) };
  }
  return undefined;
}

/** Which policy decides and how many tasks there are to be: out as soon as one wants more, in only when all want fewer. Pure. */
export function decide<Policy extends Tracked>(
  policies: readonly Policy[],
  capacity: number,
  { min, max }: { min: number; max: number },
): { policy: Policy; alarm: 'high' | 'low'; capacity: number } | undefined {
  const judged = policies.map((policy) => ({ policy, verdict: judge(policy, capacity) }));
  const wanting = (alarm: 'high' | 'low') =>
    judged
      .flatMap(({ policy, verdict }) =>
        verdict?.alarm === alarm
          ? [{ policy, alarm, capacity: Math.min(max, Math.max(min, verdict.capacity)) }]
          : [],
      )
      .toSorted((one, other) => other.capacity - one.capacity);
  const [out] = wanting('high');
  if (out !== undefined) return out.capacity > capacity ? out : undefined;
  const scaleIn = judged.filter(({ policy }) => !policy.disableScaleIn);
  if (scaleIn.length === 0 || scaleIn.some(({ verdict }) => verdict?.alarm !== 'low')) return undefined;
  const into = wanting('low').find(({ policy }) => !policy.disableScaleIn);
  return into !== undefined && into.capacity < capacity ? into : undefined;
}
