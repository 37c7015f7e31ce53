import {
  CreateListenerCommand,
  DeleteListenerCommand,
  ModifyListenerCommand,
  paginateDescribeListeners,
  type Action,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind, Step } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, compareFields } from '../shared/compare.ts';
import { createNamed, isNamed, unless } from '../shared/errors.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { listLoadBalancers } from './load-balancer.ts';
import { retag, tagsByArn } from './tags.ts';

interface ListenerProps {
  loadBalancerArn: string;
  /** `auto` is the first one of {@link autoPorts} that is free on this machine. */
  port: number | 'auto';
  protocol: keyof typeof autoPorts;
  /** Of HTTPS: what it shows. */
  certificateArn?: string | undefined;
  /** Where all requests go, */
  targetGroupArn?: string;
  /** or the port of the HTTPS listener that they are sent to, under the same name. */
  redirectPort?: string;
}

interface ListenerAttrs {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: ListenerProps['protocol'];
  certificateArn: string | undefined;
  sslPolicy: string | undefined;
  /** Undefined when the default action is not to forward to exactly one target group. */
  targetGroupArn: string | undefined;
  /** Where it redirects to and with which status; undefined when it does not. */
  redirect: string | undefined;
}

/** The ports that `auto` chooses from, both ends included. */
export const autoPorts = { HTTP: { from: 8080, to: 8180 }, HTTPS: { from: 8443, to: 8543 } } as const;

/** TLS 1.2 and 1.3, post-quantum key exchange where the client has it: what AWS recommends (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html). */
const sslPolicy = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09';

/** An HTTP or HTTPS listener of a load balancer (`aws elbv2 describe-listeners`). */
export const listener: ResourceKind<Cloud, ListenerProps, ListenerAttrs> = {
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  idempotent: true,

  async find(cloud, scope) {
    const balancers = await listLoadBalancers(cloud, scope);
    const listeners = await Promise.all(balancers.map((one) => listenersOf(cloud, one.LoadBalancerArn!)));
    const all = listeners.flat();
    const tags = await tagsByArn(
      cloud,
      all.map((one) => one.ListenerArn!),
    );
    return owned(
      scope,
      all.map((one) => ({ tags: tags.get(one.ListenerArn!), ref: one.ListenerArn!, attrs: attrsOf(one) })),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, {
      loadBalancerArn: 'replace',
      protocol: 'update',
      certificateArn: 'update',
      targetGroupArn: 'update',
    }),
    ...compare('sslPolicy', current.sslPolicy, desired.protocol === 'HTTPS' ? sslPolicy : undefined),
    ...compare('redirect', current.redirect, redirectOf(actionOf(desired))),
    ...(desired.port === 'auto' ? [] : compareFields(desired, current, { port: 'update' })),
  ],

  async create(cloud, props, step) {
    await onFreePort(props, step, (port) =>
      createNamed(step, {
        what: `a listener on port ${port}`,
        taken: ['DuplicateListenerException'],
        exists: async () =>
          (await listenersOf(cloud, props.loadBalancerArn)).some((one) => one.Port === port),
        find: () => listener.find(cloud, step.scope),
        create: () =>
          cloud.elbv2.send(
            new CreateListenerCommand({
              LoadBalancerArn: props.loadBalancerArn,
              Port: port,
              ...settingsOf(props),
              Tags: tagList(step.tags),
            }),
          ),
      }),
    );
  },

  async update(cloud, props, current, _changes, step) {
    // Any port is right for "auto", so that one stays where it is.
    const wanted = { ...props, port: props.port === 'auto' ? current.port : props.port };
    await onFreePort(wanted, step, (port) =>
      cloud.elbv2.send(
        new ModifyListenerCommand({
          ListenerArn: current.arn,
          Port: port,
          ...settingsOf(props),
        }),
      ),
    );
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { arn }) {
    await unless(
      cloud.elbv2.send(new DeleteListenerCommand({ ListenerArn: arn })),
      'ListenerNotFoundException',
    );
  },
};

async function listenersOf(cloud: Cloud, arn: string): Promise<Listener[]> {
  const pages = paginateDescribeListeners({ client: cloud.elbv2 }, { LoadBalancerArn: arn });
  const listeners = await unless(
    collect(pages, (page) => page.Listeners),
    'LoadBalancerNotFoundException',
  );
  return listeners ?? [];
}

function attrsOf(one: Listener): ListenerAttrs {
  return {
    arn: one.ListenerArn!,
    loadBalancerArn: one.LoadBalancerArn!,
    port: one.Port!,
    protocol: one.Protocol as ListenerProps['protocol'],
    certificateArn: one.Certificates?.[0]?.CertificateArn,
    sslPolicy: one.SslPolicy,
    targetGroupArn: soleTargetGroup(one.DefaultActions ?? []),
    redirect: redirectOf(one.DefaultActions?.[0]),
  };
}

/** AWS answers with both the short form and the weighted one, whichever was sent. */
function soleTargetGroup(actions: Action[]): string | undefined {
  const [action, ...others] = actions;
  if (action?.Type !== 'forward' || others.length > 0) return undefined;
  const weighted = action.ForwardConfig?.TargetGroups ?? [];
  if (weighted.length > 1) return undefined;
  return action.TargetGroupArn ?? weighted[0]?.TargetGroupArn;
}

function settingsOf(props: ListenerProps) {
  const { protocol, certificateArn } = props;
  return {
    Protocol: protocol,
    DefaultActions: [actionOf(props)],
    ...(protocol === 'HTTPS' && {
      Certificates: [{ CertificateArn: certificateArn }],
      SslPolicy: sslPolicy,
    }),
  };
}

function actionOf({ targetGroupArn, redirectPort }: ListenerProps): Action {
  if (redirectPort === undefined) return { Type: 'forward', TargetGroupArn: targetGroupArn };
  const same = { Host: '#{host}', Path: '/#{path}', Query: '#{query}' };
  return {
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: redirectPort, ...same, StatusCode: 'HTTP_301' },
  };
}

/** `https://#{host}:443/#{path}?#{query} HTTP_301` */
function redirectOf(action: Action | undefined): string | undefined {
  const { Protocol, Port, Host, Path, Query, StatusCode } = action?.RedirectConfig ?? {};
  return StatusCode && `${Protocol?.toLowerCase()}://${Host}:${Port}${Path}?${Query} ${StatusCode}`;
}

/** Calls `use` with the wanted port, or with one after another of the automatic ones until one is free. */
async function onFreePort(
  { port: wanted, protocol }: Pick<ListenerProps, 'port' | 'protocol'>,
  step: Step,
  use: (port: number) => Promise<unknown>,
): Promise<void> {
  const { from, to } = wanted === 'auto' ? autoPorts[protocol] : { from: wanted, to: wanted };
  const field = protocol === 'HTTP' ? 'loadBalancer.port' : 'loadBalancer.https.port';
  for (let port: number = from; port <= to; port += 1) {
    try {
      await use(port);
      return;
    } catch (error) {
      // Only the local cloud answers this: on AWS each load balancer has all ports to itself.
      if (!isNamed(error, 'PortInUse')) throw error;
      step.note(`port ${port} is in use`);
    }
  }
  throw new ChatopsError(
    wanted === 'auto'
      ? `${field}: all ports from ${from} to ${to} are in use on this machine`
      : `${field}: ${wanted} is in use on this machine`,
    {
      code: 'port.in-use',
      exit: ExitCode.failed,
      hint: `Stop what listens there, or set "${field}" to another port, or to "auto".`,
      fields: { port: wanted },
    },
  );
}
