import type { EcsPlace } from './place.ts';
import { signedHeaders } from './sign.ts';
import type { TaskRole } from './task-role.ts';

/** What the load balancer says of one target: ELBv2's own `State` and `Reason`. */
export interface TargetHealth {
  state: string;
  reason: string;
}

const TIMEOUT_MS = 5000;
const VERSION = '2015-12-01';

/**
 * The health of one target (`aws elbv2 describe-target-health`), over a request of its own: the SDK's client would
 * triple the size of the server for this one call. Throws with AWS's code and message.
 */
export async function describeTargetHealth(
  place: EcsPlace,
  target: { targetGroupArn: string; id: string; port: number },
  role: TaskRole,
  now: number,
): Promise<TargetHealth> {
  const form = new URLSearchParams({
    Action: 'DescribeTargetHealth',
    Version: VERSION,
    TargetGroupArn: target.targetGroupArn,
    'Targets.member.1.Id': target.id,
    'Targets.member.1.Port': String(target.port),
  }).toString();
  const url = new URL('/', place.endpoint);
  const scope = { region: place.region, service: 'elasticloadbalancing' };
  const headers = signedHeaders(url.host, form, scope, await role.credentials(now), now);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { method: 'POST', headers, body: form, signal });
  const text = await response.text();
  if (!response.ok) {
    if (/Token|Signature/.test(element(text, 'Code'))) role.forget();
    throw new Error(`${element(text, 'Code') || response.status}: ${element(text, 'Message')}`);
  }
  return { state: element(text, 'State'), reason: element(text, 'Reason') };
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}
