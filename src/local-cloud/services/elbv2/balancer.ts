import type { LocalCloud } from '../../cloud.ts';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import type { BalancerListener, BalancerTargetGroup } from '../../runtime/data-plane.ts';
import { certificateFor } from '../acm/certificate.ts';
import { findNetworkInterface } from '../ec2/network-interface.ts';
import { targetGroupsOf } from './action.ts';
import { pruneDrained } from './draining.ts';
import { defaultPolicy, minimumVersions } from './ssl-policy.ts';
import {
  stateName,
  type Elbv2State,
  type StoredListener,
  type StoredTarget,
  type StoredTargetGroup,
} from './state.ts';

const queues = new WeakMap<LocalCloud, Promise<unknown>>();

/** What a change of the state results in, and how to take it back. */
interface Change<Result> {
  result: Result;
  undo(): void;
}

/**
 * Makes a change of the state and brings the load balancer process in line with it; when that fails, the change is
 * undone. One at a time, checks included, so that no call sees a change that is about to be undone.
 * Throws PortInUse (this cloud's own: AWS's load balancers have all ports to themselves), OperationNotPermitted for a
 * port that this user may not open.
 */
export function applyToBalancer<Result>(call: Call, change: () => Change<Result>): Promise<Result> {
  const { cloud } = call;
  const applied = (queues.get(cloud) ?? Promise.resolve()).then(async () => {
    const made = change();
    const { listeners, targetGroups } = wanted(call);
    try {
      await cloud.dataPlane.balancer.configure(listeners, targetGroups);
    } catch (error) {
      made.undo();
      throw portError(error);
    }
    return made.result;
  });
  queues.set(
    cloud,
    applied.catch(() => undefined),
  );
  return applied;
}

/** Where a private address and port are on this machine, or undefined while nothing holds the address. */
export function localAddress(
  call: Call,
  vpcId: string,
  privateIp: string,
): { host: string; port: number } | undefined {
  return findNetworkInterface(call, { vpcId, privateIp })?.local;
}

/** One process serves all regions. */
function wanted(call: Call): { listeners: BalancerListener[]; targetGroups: BalancerTargetGroup[] } {
  const listeners: BalancerListener[] = [];
  const targetGroups: BalancerTargetGroup[] = [];
  for (const [key, state] of call.cloud.states) {
    const [name, region = ''] = key.split('@');
    if (name !== stateName) continue;
    const elbv2 = state as Elbv2State;
    for (const listener of elbv2.listeners.values()) {
      listeners.push(listenerOf(elbv2, listener, { ...call, region }));
    }
    for (const group of elbv2.targetGroups.values()) {
      pruneDrained(call.cloud, group);
      targetGroups.push(targetGroupOf({ ...call, region }, group));
    }
  }
  return { listeners, targetGroups };
}

function listenerOf({ loadBalancers }: Elbv2State, listener: StoredListener, call: Call): BalancerListener {
  const attributes = loadBalancers.get(listener.LoadBalancerArn)?.attributes ?? {};
  return {
    arn: listener.ListenerArn,
    port: listener.Port,
    protocol: listener.Protocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
    ...(listener.Protocol === 'HTTPS' && { tls: tlsOf(listener, call) }),
    idleTimeoutSeconds: Number(attributes['idle_timeout.timeout_seconds']),
    clientKeepAliveSeconds: Number(attributes['client_keep_alive.seconds']),
    dropInvalidHeaderFields: attributes['routing.http.drop_invalid_header_fields.enabled'] === 'true',
    action: actionOf(listener),
  };
}

function tlsOf({ Certificates, SslPolicy }: StoredListener, call: Call): BalancerListener['tls'] {
  const minVersion = minimumVersions[SslPolicy ?? defaultPolicy] ?? 'TLSv1.2';
  return { ...certificateFor(Certificates?.[0]?.CertificateArn ?? '', call), minVersion };
}

function actionOf({ DefaultActions: [action] }: StoredListener): BalancerListener['action'] {
  const { RedirectConfig: redirect, FixedResponseConfig: fixed } = action ?? {};
  if (redirect !== undefined) {
    return {
      type: 'redirect',
      protocol: redirect.Protocol ?? '#{protocol}',
      port: redirect.Port ?? '#{port}',
      host: redirect.Host,
      path: redirect.Path,
      query: redirect.Query,
      statusCode: redirect.StatusCode === 'HTTP_301' ? 301 : 302,
    };
  }
  if (fixed !== undefined) {
    return {
      type: 'fixed-response',
      statusCode: Number(fixed.StatusCode),
      contentType: fixed.ContentType ?? 'text/plain',
      body: fixed.MessageBody ?? '',
    };
  }
  return { type: 'forward', targetGroups: action === undefined ? [] : targetGroupsOf(action) };
}

function targetGroupOf(call: Call, group: StoredTargetGroup): BalancerTargetGroup {
  const { attributes } = group;
  const algorithm = attributes['load_balancing.algorithm.type'];
  return {
    arn: group.TargetGroupArn,
    stickiness: {
      enabled: attributes['stickiness.enabled'] === 'true',
      seconds: Number(attributes['stickiness.lb_cookie.duration_seconds']),
    },
    algorithm: algorithm === 'least_outstanding_requests' ? algorithm : 'round_robin',
    deregistrationDelaySeconds: Number(attributes['deregistration_delay.timeout_seconds']),
    healthCheck: {
      path: group.HealthCheckPath,
      matcher: group.Matcher.HttpCode ?? '200',
      intervalSeconds: group.HealthCheckIntervalSeconds,
      timeoutSeconds: group.HealthCheckTimeoutSeconds,
      healthyThreshold: group.HealthyThresholdCount,
      unhealthyThreshold: group.UnhealthyThresholdCount,
    },
    targets: [...group.targets].map(([id, target]) => ({
      id,
      ...addressOf(call, group, target),
      draining: target.draining,
    })),
  };
}

/** An address that nothing holds is one where nothing listens: port 0 refuses every connection. */
function addressOf(call: Call, { VpcId }: StoredTargetGroup, target: StoredTarget) {
  target.local ??= localAddress(call, VpcId, target.id);
  return target.local ?? { host: '127.0.0.1', port: 0 };
}

function portError(error: unknown): unknown {
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return new AwsError('PortInUse', `Port ${port} is in use on this machine`);
  if (code === 'EACCES') {
    return new AwsError(
      'OperationNotPermitted',
      `Port ${port} cannot be opened by this user on this machine`,
    );
  }
  return error;
}
