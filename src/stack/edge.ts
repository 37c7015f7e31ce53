import { resource } from '../engine/resource.ts';
import { isUnknown, unknown } from '../engine/unknown.ts';
import { securityGroup } from '../resources/ec2/security-group.ts';
import { autoPorts, listener } from '../resources/elbv2/listener.ts';
import { loadBalancer } from '../resources/elbv2/load-balancer.ts';
import { targetGroup } from '../resources/elbv2/target-group.ts';
import type { AccessLogs } from './access-logs.ts';
import { canonicalCidr } from './cidr.ts';
import { forwarding } from './forwarding.ts';
import { httpsOf } from './https.ts';
import type { StackInput } from './input.ts';
import type { Network } from './network.ts';
import type { NodeOf } from './node-of.ts';
import { edgesTo, subnetIdsOf } from './subnets.ts';

/** What faces the internet: load balancer, target group and listeners with what HTTPS takes, and the security groups of the load balancer and the tasks. */
export function edgeOf(input: StackInput, network: Network, accessLogs: AccessLogs) {
  const { config, identity, names } = input;
  const { loadBalancer: wanted } = config;
  const port = wanted.port ?? (identity.region === 'local' ? 'auto' : 80);
  const open = [rangeOf(port, 'HTTP'), ...(wanted.https ? [rangeOf(wanted.https.port, 'HTTPS')] : [])];
  const { vpc, publicSubnets, publicWays } = network;

  const balancerGroup = resource({
    id: 'security-group-load-balancer',
    kind: securityGroup,
    needs: { vpc },
    props: (needs) => ({
      name: names.securityGroup('load-balancer'),
      description: `${identity.stack}: load balancer, open to loadBalancer.allowFrom`,
      vpcId: needs.vpc.vpcId,
      ingress: [...new Set(wanted.allowFrom.map(canonicalCidr))].flatMap((peer) =>
        open.map((ports) => ({ protocol: 'tcp', ...ports, peer })),
      ),
      egress: [everywhere],
    }),
  });
  const tasksGroup = resource({
    id: 'security-group-tasks',
    kind: securityGroup,
    needs: { vpc, balancerGroup },
    props: (needs) => ({
      name: names.securityGroup('tasks'),
      description: `${identity.stack}: tasks, open to the load balancer`,
      vpcId: needs.vpc.vpcId,
      ingress: [
        // Any port: a load balancer speaks to its targets only, and while service.port changes they have two ports.
        { protocol: 'tcp', fromPort: 0, toPort: 65535, peer: needs.balancerGroup.groupId },
      ],
      egress: [everywhere],
    }),
  });
  const balancer = resource({
    id: 'load-balancer',
    kind: loadBalancer,
    // One that faces the internet is refused in subnets without a way there.
    needs: { balancerGroup, ...edgesTo([...publicWays, ...publicSubnets, ...accessLogs.nodes]) },
    seconds: 150,
    props: (needs) => ({
      name: names.loadBalancer,
      scheme: 'internet-facing' as const,
      subnetIds: subnetIdsOf(publicSubnets, needs),
      securityGroupIds: [needs.balancerGroup.groupId],
      attributes: {
        'idle_timeout.timeout_seconds': String(wanted.idleTimeout),
        'deletion_protection.enabled': String(wanted.deletionProtection),
        ...accessLogs.attributes,
      },
    }),
  });
  const targets = groupOf('target-group', {});
  /** Blue/green deployments put their tasks into the one and the other by turns. */
  const alternate =
    config.service.strategy === 'blue-green'
      ? groupOf('target-group-alternate', { alternate: true })
      : undefined;
  const toTasks = forwarding({ balancer, targets, alternate });
  const https = httpsOf(input, toTasks);
  const http = https && wanted.redirectHttp ? redirectTo(https.listener) : forward();
  return {
    balancerGroup,
    tasksGroup,
    balancer,
    targets,
    alternate,
    /** The listener that forwards to the tasks. */
    front: https?.listener ?? http,
    nodes: [
      balancerGroup,
      tasksGroup,
      balancer,
      targets,
      ...(alternate === undefined ? [] : [alternate]),
      http,
      ...(https?.nodes ?? []),
    ],
  };

  function groupOf(id: string, immutable: object) {
    return resource({
      id,
      kind: targetGroup,
      needs: { vpc },
      props: ({ vpc: { vpcId } }) => ({
        name: isUnknown(vpcId) ? unknown : names.targetGroup({ vpcId, ...immutable }),
        vpcId,
        healthCheck: {
          path: wanted.healthCheck.path,
          matcher: wanted.healthCheck.matcher,
          interval: wanted.healthCheck.interval,
          timeout: wanted.healthCheck.timeout,
          healthyThreshold: wanted.healthCheck.healthy,
          unhealthyThreshold: wanted.healthCheck.unhealthy,
        },
        attributes: {
          'stickiness.enabled': String(wanted.stickiness.enabled),
          'stickiness.type': 'lb_cookie',
          'stickiness.lb_cookie.duration_seconds': String(wanted.stickiness.duration),
          'deregistration_delay.timeout_seconds': String(wanted.deregistrationDelay),
          'load_balancing.algorithm.type': wanted.algorithm,
        },
      }),
    });
  }

  function forward(): NodeOf<typeof listener> {
    return resource({
      id: 'listener-http',
      kind: listener,
      needs: toTasks.needs,
      props: (needs) => ({ ...toTasks.props(needs), port, protocol: 'HTTP' as const }),
    });
  }

  function redirectTo(secure: NodeOf<typeof listener>): NodeOf<typeof listener> {
    return resource({
      id: 'listener-http',
      kind: listener,
      needs: { balancer, secure },
      props: (needs) => ({
        loadBalancerArn: needs.balancer.arn,
        port,
        protocol: 'HTTP' as const,
        redirectPort: `${needs.secure.port}`,
      }),
    });
  }
}

/** Which one "auto" becomes is known after the listener is made, which is after the group. */
function rangeOf(port: number | 'auto', protocol: keyof typeof autoPorts) {
  const { from, to } = port === 'auto' ? autoPorts[protocol] : { from: port, to: port };
  return { fromPort: from, toPort: to };
}

export type Edge = ReturnType<typeof edgeOf>;

const everywhere = { protocol: '-1', peer: '0.0.0.0/0' };
