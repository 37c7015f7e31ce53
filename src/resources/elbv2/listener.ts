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
import { compareFields } from '../shared/compare.ts';
import { createNamed, isNamed, unless } from '../shared/errors.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { listLoadBalancers } from './load-balancer.ts';
import { retag, tagsByArn } from './tags.ts';

interface ListenerProps {
  loadBalancerArn: string;
  /** `auto` is the first one of {@link autoPorts} that is free on this machine. */
  port: number | 'auto';
  /** Where all requests go. */
  targetGroupArn: string;
}

interface ListenerAttrs {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** Undefined when the default action is not to forward to exactly one target group. */
  targetGroupArn: string | undefined;
}

/** The ports that `auto` chooses from, both ends included. */
export const autoPorts = { from: 8080, to: 8180 } as const;

/** An HTTP listener of a load balancer (`aws elbv2 describe-listeners`). */
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
    ...compareFields(desired, current, { loadBalancerArn: 'replace', targetGroupArn: 'update' }),
    ...(desired.port === 'auto' ? [] : compareFields(desired, current, { port: 'update' })),
    ...compareFields({ protocol: 'HTTP' }, current, { protocol: 'update' }),
  ],

  async create(cloud, props, step) {
    await onFreePort(props.port, step, (port) =>
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
              Protocol: 'HTTP',
              DefaultActions: actionsOf(props),
              Tags: tagList(step.tags),
            }),
          ),
      }),
    );
  },

  async update(cloud, props, current, _changes, step) {
    // Any port is right for "auto", so that one stays where it is.
    await onFreePort(props.port === 'auto' ? current.port : props.port, step, (port) =>
      cloud.elbv2.send(
        new ModifyListenerCommand({
          ListenerArn: current.arn,
          Port: port,
          Protocol: 'HTTP',
          DefaultActions: actionsOf(props),
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
    protocol: one.Protocol!,
    targetGroupArn: soleTargetGroup(one.DefaultActions ?? []),
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

function actionsOf({ targetGroupArn }: ListenerProps): Action[] {
  return [{ Type: 'forward', TargetGroupArn: targetGroupArn }];
}

/** Calls `use` with the wanted port, or with one after another of the automatic ones until one is free. */
async function onFreePort(
  wanted: number | 'auto',
  step: Step,
  use: (port: number) => Promise<unknown>,
): Promise<void> {
  const [from, to] = wanted === 'auto' ? [autoPorts.from, autoPorts.to] : [wanted, wanted];
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
      ? `loadBalancer.port: all ports from ${from} to ${to} are in use on this machine`
      : `loadBalancer.port: ${wanted} is in use on this machine`,
    {
      code: 'port.in-use',
      exit: ExitCode.failed,
      hint: 'Stop what listens there, or set "loadBalancer.port" to another port, or to "auto".',
      fields: { port: wanted },
    },
  );
}
