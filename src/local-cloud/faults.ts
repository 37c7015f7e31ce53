import { store } from './cloud.ts';
import type { LocalCloud } from './cloud.ts';
import { AwsError } from './operation.ts';
import type { ServiceDefinition } from './services/index.ts';

/** What goes wrong with AWS calls, each as a share of all calls from 0 to 1, and how long every answer is held back. */
export interface Faults {
  throttle: number;
  errors: number;
  resets: number;
  /** Milliseconds. */
  latency: number;
}

/** What becomes of one call: refused, failed, or cut off before or after it was performed. */
export type Fault = 'throttled' | 'failed' | 'request-lost' | 'answer-lost';

const none: Faults = { throttle: 0, errors: 0, resets: 0, latency: 0 };
const state = store('faults', (): Faults => ({ ...none }), 'global');

/** The faults in force; none at the start. */
export function faultsOf(cloud: LocalCloud): Faults {
  return state({ cloud, region: '' });
}

/** Changes some of them; without any, all are switched off. */
export function setFaults(cloud: LocalCloud, change: Partial<Faults> = none): Faults {
  return Object.assign(faultsOf(cloud), change);
}

/** Draws what becomes of the next call. `random` gives numbers from 0 to below 1. */
export function drawFault({ throttle, errors, resets }: Faults, random: () => number): Fault | undefined {
  const drawn = random();
  if (drawn < throttle) return 'throttled';
  if (drawn < throttle + errors) return 'failed';
  if (drawn < throttle + errors + resets) return random() < 0.5 ? 'request-lost' : 'answer-lost';
  return undefined;
}

/** A throttled or failed call in the words of its service: EC2, S3, the query protocols and the JSON protocols have their own. */
export function faultError({ protocol }: ServiceDefinition, fault: 'throttled' | 'failed'): AwsError {
  if (fault === 'failed') {
    const code = ['ec2Query', 's3Xml'].includes(protocol) ? 'InternalError' : 'InternalFailure';
    return new AwsError(code, 'An internal error has occurred.', 500);
  }
  if (protocol === 'ec2Query') return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (protocol === 's3Xml') return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
  return protocol === 'awsQuery'
    ? new AwsError('Throttling', 'Rate exceeded')
    : new AwsError('ThrottlingException', 'Rate exceeded');
}
