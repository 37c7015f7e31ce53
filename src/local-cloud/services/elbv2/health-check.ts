import type { ModifyTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mustBeWithin, notHere, validationError } from './errors.ts';
import type { StoredTargetGroup } from './state.ts';

export type HealthCheck = Pick<
  StoredTargetGroup,
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

/** What AWS gives an HTTP target group of IP addresses. */
export const defaultHealthCheck: HealthCheck = {
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
};

/** The health check after a change. Throws ValidationError with ELBv2's ranges. */
export function changedHealthCheck(
  old: HealthCheck,
  input: Omit<ModifyTargetGroupInput, 'TargetGroupArn'>,
): HealthCheck {
  const {
    HealthCheckPath = old.HealthCheckPath,
    HealthCheckIntervalSeconds = old.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds = old.HealthCheckTimeoutSeconds,
    HealthyThresholdCount = old.HealthyThresholdCount,
    UnhealthyThresholdCount = old.UnhealthyThresholdCount,
    Matcher = old.Matcher,
  } = input;
  if ((input.HealthCheckProtocol ?? 'HTTP') !== 'HTTP') {
    throw notHere(`the health check protocol '${input.HealthCheckProtocol}'`);
  }
  if ((input.HealthCheckPort ?? 'traffic-port') !== 'traffic-port') {
    throw notHere(`a health check port other than 'traffic-port'`);
  }
  if (input.HealthCheckEnabled === false) {
    throw validationError('Health checks cannot be disabled for target groups of the target type ip');
  }
  if (!HealthCheckPath.startsWith('/')) {
    throw validationError(`Health check path '${HealthCheckPath}' must begin with a '/'`);
  }
  mustBeWithin(HealthCheckPath.length, 'The length of the health check path', 1, 1024);
  mustBeWithin(HealthCheckIntervalSeconds, 'Health check interval', 5, 300);
  mustBeWithin(HealthCheckTimeoutSeconds, 'Health check timeout', 2, 120);
  mustBeWithin(HealthyThresholdCount, 'Healthy threshold count', 2, 10);
  mustBeWithin(UnhealthyThresholdCount, 'Unhealthy threshold count', 2, 10);
  if (HealthCheckTimeoutSeconds >= HealthCheckIntervalSeconds) {
    throw validationError('Health check interval must be greater than the timeout.');
  }
  mustBeMatcher(Matcher.HttpCode ?? '');
  return {
    HealthCheckPath,
    HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds,
    HealthyThresholdCount,
    UnhealthyThresholdCount,
    Matcher: { HttpCode: Matcher.HttpCode },
  };
}

function mustBeMatcher(codes: string): void {
  for (const range of codes.split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    const wellFormed = /^\d{3}(-\d{3})?$/.test(range) && first! <= last!;
    if (!wellFormed || first! < 200 || last! > 499) {
      throw validationError(`Health check matcher HTTP code '${codes}' must be within '200-499' inclusive`);
    }
  }
}
