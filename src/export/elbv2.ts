import { listener } from '../resources/elbv2/listener.ts';
import { loadBalancer } from '../resources/elbv2/load-balancer.ts';
import { targetGroup } from '../resources/elbv2/target-group.ts';
import { block, link, links, type Body } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** The load balancer, its target groups and its listeners with what they do by default. */
export const elbv2: Mapping[] = [
  mapping(loadBalancer, ({ attrs, name, tags }) => [
    {
      type: 'aws_lb',
      name,
      importId: attrs.arn,
      known: { [attrs.arn]: 'arn', [attrs.dnsName]: 'dns_name' },
      body: {
        name: attrs.name,
        load_balancer_type: 'application',
        internal: attrs.scheme === 'internal',
        subnets: links(attrs.subnetIds),
        security_groups: links(attrs.securityGroupIds),
        ...balancerSettings(attrs.attributes),
        tags: tags(),
      },
    },
  ]),
  mapping(targetGroup, ({ attrs, name, tags }) => [
    {
      type: 'aws_lb_target_group',
      name,
      importId: attrs.arn,
      known: { [attrs.arn]: 'arn' },
      body: {
        name: attrs.name,
        vpc_id: link(attrs.vpcId),
        target_type: 'ip',
        port: 80,
        protocol: 'HTTP',
        protocol_version: 'HTTP1',
        ...groupSettings(attrs.attributes),
        health_check: block({
          path: attrs.healthCheck.path,
          matcher: attrs.healthCheck.matcher,
          interval: attrs.healthCheck.interval,
          timeout: attrs.healthCheck.timeout,
          healthy_threshold: attrs.healthCheck.healthyThreshold,
          unhealthy_threshold: attrs.healthCheck.unhealthyThreshold,
        }),
        tags: tags(),
      },
    },
  ]),
  mapping(listener, ({ attrs, name, tags }) => {
    const action = actionOf(attrs);
    return [
      {
        type: 'aws_lb_listener',
        name,
        importId: attrs.arn,
        known: { [attrs.arn]: 'arn' },
        body: action && {
          load_balancer_arn: link(attrs.loadBalancerArn),
          port: attrs.port,
          protocol: attrs.protocol,
          certificate_arn: attrs.certificateArn && link(attrs.certificateArn),
          ssl_policy: attrs.sslPolicy,
          default_action: block(action),
          tags: tags(),
        },
      },
    ];
  }),
];

function balancerSettings(attributes: Record<string, string>): Body {
  const isOn = (key: string) => (key in attributes ? attributes[key] === 'true' : undefined);
  const bucket = attributes['access_logs.s3.bucket'];
  return {
    idle_timeout: numberIn(attributes, 'idle_timeout.timeout_seconds'),
    client_keep_alive: numberIn(attributes, 'client_keep_alive.seconds'),
    enable_deletion_protection: isOn('deletion_protection.enabled'),
    enable_http2: isOn('routing.http2.enabled'),
    drop_invalid_header_fields: isOn('routing.http.drop_invalid_header_fields.enabled'),
    preserve_host_header: isOn('routing.http.preserve_host_header.enabled'),
    desync_mitigation_mode: attributes['routing.http.desync_mitigation_mode'],
    xff_header_processing_mode: attributes['routing.http.xff_header_processing.mode'],
    ...(isOn('access_logs.s3.enabled') === true &&
      bucket !== undefined && {
        access_logs: block({
          enabled: true,
          bucket: link(bucket, 'aws_s3_bucket'),
          prefix: attributes['access_logs.s3.prefix'] || undefined,
        }),
      }),
  };
}

function groupSettings(attributes: Record<string, string>): Body {
  const type = attributes['stickiness.type'];
  return {
    deregistration_delay: numberIn(attributes, 'deregistration_delay.timeout_seconds'),
    slow_start: numberIn(attributes, 'slow_start.duration_seconds'),
    load_balancing_algorithm_type: attributes['load_balancing.algorithm.type'],
    ...(type !== undefined && {
      stickiness: block({
        enabled: attributes['stickiness.enabled'] === 'true',
        type,
        cookie_duration: numberIn(attributes, `stickiness.${type}.duration_seconds`),
        cookie_name: attributes['stickiness.app_cookie.cookie_name'] || undefined,
      }),
    }),
  };
}

function numberIn(attributes: Record<string, string>, key: string): number | undefined {
  return key in attributes ? Number(attributes[key]) : undefined;
}

/** Undefined where the default action is another one than forwarding or redirecting. */
function actionOf(attrs: {
  weights: Record<string, number>;
  redirect: string | undefined;
}): Body | undefined {
  const { weights, redirect } = attrs;
  const groups = Object.entries(weights);
  if (groups.length === 1) return { type: 'forward', target_group_arn: link(groups[0]![0]) };
  if (groups.length > 1) {
    const target_group = groups.map(([arn, weight]) => block({ arn: link(arn), weight }));
    return { type: 'forward', forward: block({ target_group }) };
  }
  const [, protocol, host, port, path, query, status] =
    /^([^:]+):\/\/(.*):([^:/]+)(\/.*)\?(.*) (HTTP_30[12])$/.exec(redirect ?? '') ?? [];
  if (protocol === undefined) return undefined;
  return {
    type: 'redirect',
    redirect: block({
      protocol: protocol === '#{protocol}' ? protocol : protocol.toUpperCase(),
      host,
      port,
      path,
      query,
      status_code: status,
    }),
  };
}
