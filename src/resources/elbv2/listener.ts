import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  paginateDescribeListeners,
  type Action,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../aws/cloud.ts';
import { isNamed, unless } from '../../aws/unless.ts';
import type { Change, ResourceKind, Step } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, compareFields, compareSet } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
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
  /** and where they go after every other blue/green deployment: ECS moves the weights between the two, */
  alternateTargetGroupArn?: string | undefined;
  /** or the port of the HTTPS listener that they are sent to, under the same name. */
  redirectPort?: string;
}

interface ListenerAttrs {
  arn: string;
  /** Of the default rule, whose weights ECS changes in blue/green deployments. */
  ruleArn: string | undefined;
  loadBalancerArn: string;
  port: number;
  protocol: ListenerProps['protocol'];
  certificateArn: string | undefined;
  sslPolicy: string | undefined;
  /** The weight of each target group that the default action forwards to, by ARN; none when it does something else. */
  weights: Record<string, number>;
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
      await Promise.all(
        all.map(async (one) => ({
          tags: tags.get(one.ListenerArn!),
          ref: one.ListenerArn!,
          attrs: attrsOf(one, await defaultRuleOf(cloud, one)),
        })),
      ),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, {
      loadBalancerArn: 'replace',
      protocol: 'update',
      certificateArn: 'update',
    }),
    ...targetChanges(desired, current),
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
    refuseToCutOff(props, current);
    // Any port is right for "auto", so that one stays where it is.
    const wanted = { ...props, port: props.port === 'auto' ? current.port : props.port };
    await onFreePort(wanted, step, (port) =>
      cloud.elbv2.send(
        new ModifyListenerCommand({
          ListenerArn: current.arn,
          Port: port,
          ...settingsOf(props, current.weights),
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

/** The ARN of the default rule of a listener that forwards to several target groups; nobody asks for the others' (`aws elbv2 describe-rules`). */
async function defaultRuleOf(cloud: Cloud, one: Listener): Promise<string | undefined> {
  if (Object.keys(weightsOf(one.DefaultActions ?? [])).length < 2) return undefined;
  const answer = await unless(
    cloud.elbv2.send(new DescribeRulesCommand({ ListenerArn: one.ListenerArn })),
    'ListenerNotFoundException',
  );
  return answer?.Rules?.find(({ IsDefault }) => IsDefault)?.RuleArn;
}

function attrsOf(one: Listener, ruleArn: string | undefined): ListenerAttrs {
  return {
    arn: one.ListenerArn!,
    ruleArn,
    loadBalancerArn: one.LoadBalancerArn!,
    port: one.Port!,
    protocol: one.Protocol as ListenerProps['protocol'],
    certificateArn: one.Certificates?.[0]?.CertificateArn,
    sslPolicy: one.SslPolicy,
    weights: weightsOf(one.DefaultActions ?? []),
    redirect: redirectOf(one.DefaultActions?.[0]),
  };
}

/** AWS answers with both the short form and the weighted one, whichever was sent. */
function weightsOf(actions: Action[]): Record<string, number> {
  const [action, ...others] = actions;
  if (action?.Type !== 'forward' || others.length > 0) return {};
  const weighted = action.ForwardConfig?.TargetGroups ?? [];
  if (weighted.length === 0 && action.TargetGroupArn !== undefined) return { [action.TargetGroupArn]: 1 };
  return Object.fromEntries(weighted.map(({ TargetGroupArn = '', Weight = 1 }) => [TargetGroupArn, Weight]));
}

/** Which target groups there are is ours; which of two has the traffic is what the last deployment has left. */
function targetChanges(desired: ListenerProps, { weights }: ListenerAttrs): Change[] {
  const from = Object.keys(weights);
  const to = groupsOf(desired);
  // One that nobody gets into forwards to no task, whoever set the weights.
  const isShut = to.length > 1 && from.length > 1 && Object.values(weights).every((weight) => weight === 0);
  if (to.length < 2 && from.length < 2) return compare('targetGroupArn', from[0], to[0]);
  if (isShut)
    return [{ path: 'targetGroupArns', from: weights, to: weightsFor(desired, weights), action: 'update' }];
  return compareSet('targetGroupArns', from, to);
}

/** Going back to one target group while the tasks are in the other one would leave nobody to answer. */
function refuseToCutOff(props: ListenerProps, { weights, port }: ListenerAttrs): void {
  const kept = groupsOf(props);
  const isCut = Object.entries(weights).some(([arn, weight]) => weight > 0 && !kept.includes(arn));
  if (Object.keys(weights).length < 2 || kept.length !== 1 || !isCut) return;
  throw new ChatopsError(
    `service.strategy: the listener on port ${port} sends everybody to the second target group, which rolling deployments do not have`,
    {
      code: 'service.strategy',
      exit: ExitCode.failed,
      hint: 'Keep "service.strategy" at "blue-green", deploy once more, which goes back to the first target group, and then run `chatops up` with "rolling".',
    },
  );
}

function groupsOf({ targetGroupArn, alternateTargetGroupArn }: ListenerProps): string[] {
  return [targetGroupArn, alternateTargetGroupArn].filter((arn) => arn !== undefined);
}

/** What ECS has shifted stays; a listener that forwards to none of the two begins with the first one. */
function weightsFor(props: ListenerProps, current: Record<string, number>): Record<string, number> {
  const groups = groupsOf(props);
  const kept = groups.map((arn) => [arn, current[arn] ?? 0] as const);
  if (kept.some(([, weight]) => weight > 0)) return Object.fromEntries(kept);
  return Object.fromEntries(groups.map((arn, index) => [arn, index === 0 ? 1 : 0]));
}

function settingsOf(props: ListenerProps, weights: Record<string, number> = {}) {
  const { protocol, certificateArn } = props;
  return {
    Protocol: protocol,
    DefaultActions: [actionOf(props, weights)],
    ...(protocol === 'HTTPS' && {
      Certificates: [{ CertificateArn: certificateArn }],
      SslPolicy: sslPolicy,
    }),
  };
}

function actionOf(props: ListenerProps, weights: Record<string, number> = {}): Action {
  const { targetGroupArn, alternateTargetGroupArn, redirectPort } = props;
  if (redirectPort === undefined && alternateTargetGroupArn === undefined) {
    return { Type: 'forward', TargetGroupArn: targetGroupArn };
  }
  if (redirectPort === undefined) {
    const TargetGroups = Object.entries(weightsFor(props, weights)).map(([arn, weight]) => ({
      TargetGroupArn: arn,
      Weight: weight,
    }));
    return { Type: 'forward', ForwardConfig: { TargetGroups } };
  }
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
