import {
  DeregisterScalableTargetCommand,
  ListTagsForResourceCommand,
  paginateDescribeScalableTargets,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import type { Cloud } from '../../aws/cloud.ts';
import { desiredCount, desiredCountOf } from '../../aws/desired-count.ts';
import { unless } from '../../aws/unless.ts';
import type { Change, ResourceKind } from '../../engine/resource.ts';
import { compare, compareRecord, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned } from '../shared/tags.ts';
import { deletePolicy, policiesOf, putPolicy, type TargetTracking } from './scaling-policy.ts';
import {
  deleteScheduledAction,
  isOver,
  putScheduledAction,
  scheduledActionsOf,
  type ScheduledAction,
} from './scheduled-action.ts';

interface ScalableTargetProps {
  /** `service/<cluster>/<service>` */
  resourceId: string;
  /** Fewest and most tasks. */
  min: number;
  max: number;
  /** By name, as a whole set: what else is on the target goes. */
  policies: Record<string, TargetTracking>;
  scheduledActions: Record<string, ScheduledAction>;
}

interface ScalableTargetAttrs extends ScalableTargetProps {
  arn: string;
  /** Whether somebody has suspended any part of it. */
  suspended: boolean;
}

/**
 * The number of tasks of an ECS service as something that scales (`aws application-autoscaling
 * describe-scalable-targets`), with its policies and scheduled actions, which AWS cannot tag.
 */
export const scalableTarget: ResourceKind<Cloud, ScalableTargetProps, ScalableTargetAttrs> = {
  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  idempotent: true,

  async find(cloud, scope) {
    const targets = (await list(cloud)).filter(({ ResourceId }) =>
      ResourceId!.split('/').some((name) => carriesHash(scope, name)),
    );
    return owned(
      scope,
      await Promise.all(
        targets.map(async (target) => {
          const resourceId = target.ResourceId!;
          const arn = target.ScalableTargetARN!;
          const [tags, policies, scheduledActions] = await Promise.all([
            tagsOf(cloud, arn),
            policiesOf(cloud, resourceId),
            scheduledActionsOf(cloud, resourceId),
          ]);
          const attrs = { ...attrsOf(target), policies, scheduledActions };
          return { tags, ref: resourceId, attrs };
        }),
      ),
    );
  },

  diff: (desired, current) => [
    ...compare('resourceId', current.resourceId, desired.resourceId, 'replace'),
    ...limitChanges('min', desired, current),
    ...limitChanges('max', desired, current),
    ...compare('suspended', current.suspended, false),
    ...compareRecord('policies', current.policies, desired.policies),
    ...compareRecord(
      'scheduledActions',
      current.scheduledActions,
      still(desired.scheduledActions, current.scheduledActions),
    ),
  ],

  async create(cloud, props, step) {
    const { resourceId } = props;
    await createNamed(step, {
      what: `scalable target ${resourceId}`,
      taken: [],
      exists: async () => (await list(cloud, resourceId)).length > 0,
      find: () => scalableTarget.find(cloud, step.scope),
      create: () =>
        cloud.applicationAutoScaling.send(
          new RegisterScalableTargetCommand({
            ...desiredCountOf(resourceId),
            MinCapacity: props.min,
            MaxCapacity: props.max,
            Tags: step.tags,
          }),
        ),
    });
    for (const [name, policy] of Object.entries(props.policies)) {
      await putPolicy(cloud, resourceId, name, policy);
    }
    for (const [name, action] of Object.entries(still(props.scheduledActions))) {
      await putScheduledAction(cloud, resourceId, name, action);
    }
  },

  async update(cloud, props, current, changes) {
    const { resourceId } = props;
    if (touches(changes, 'min', 'max', 'suspended')) {
      await cloud.applicationAutoScaling.send(
        new RegisterScalableTargetCommand({
          ...desiredCountOf(resourceId),
          ...(touches(changes, 'min', 'max') && { MinCapacity: props.min, MaxCapacity: props.max }),
          ...(touches(changes, 'suspended') && { SuspendedState: running }),
        }),
      );
    }
    const policies = touched(changes, 'policies').map((name) => [name, props.policies[name]] as const);
    // First what goes: AWS takes one policy per metric.
    for (const [name, policy] of policies) {
      if (policy === undefined) await deletePolicy(cloud, resourceId, name);
    }
    for (const [name, policy] of policies) {
      if (policy !== undefined) await putPolicy(cloud, resourceId, name, policy);
    }
    for (const name of touched(changes, 'scheduledActions')) {
      const action = props.scheduledActions[name];
      // A limit that is wanted no more would stay: an action takes only what is named.
      if (current.scheduledActions[name] !== undefined) await deleteScheduledAction(cloud, resourceId, name);
      if (action !== undefined) await putScheduledAction(cloud, resourceId, name, action);
    }
  },

  async tag(cloud, { arn: ResourceARN }, { set, remove }) {
    if (Object.keys(set).length > 0) {
      await cloud.applicationAutoScaling.send(new TagResourceCommand({ ResourceARN, Tags: set }));
    }
    if (remove.length > 0) {
      await cloud.applicationAutoScaling.send(new UntagResourceCommand({ ResourceARN, TagKeys: remove }));
    }
  },

  /** Its policies, their alarms and its scheduled actions go with it. */
  async delete(cloud, { resourceId }) {
    await unless(
      cloud.applicationAutoScaling.send(new DeregisterScalableTargetCommand(desiredCountOf(resourceId))),
      'ObjectNotFoundException',
    );
  },
};

const running = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

async function list(cloud: Cloud, resourceId?: string): Promise<ScalableTarget[]> {
  const pages = paginateDescribeScalableTargets(
    { client: cloud.applicationAutoScaling },
    {
      ...desiredCount,
      ...(resourceId !== undefined && { ResourceIds: [resourceId] }),
    },
  );
  return collect(pages, (page) => page.ScalableTargets);
}

async function tagsOf({ applicationAutoScaling }: Cloud, ResourceARN: string) {
  const answer = await unless(
    applicationAutoScaling.send(new ListTagsForResourceCommand({ ResourceARN })),
    'ResourceNotFoundException',
  );
  return answer?.Tags;
}

function attrsOf(target: ScalableTarget) {
  return {
    arn: target.ScalableTargetARN!,
    resourceId: target.ResourceId!,
    min: target.MinCapacity!,
    max: target.MaxCapacity!,
    suspended: Object.values(target.SuspendedState ?? {}).includes(true),
  };
}

/** A scheduled action that has run has put its own limit in place of the usual one: that is as wanted, too. */
function limitChanges(
  limit: 'min' | 'max',
  desired: ScalableTargetProps,
  current: ScalableTargetAttrs,
): Change[] {
  const scheduled = Object.values(desired.scheduledActions).map((action) => action[limit]);
  return scheduled.includes(current[limit]) ? [] : compare(limit, current[limit], desired[limit]);
}

/** Those that have a time before them, or are there all the same: one that is over is not made again. */
function still(
  wanted: Record<string, ScheduledAction>,
  standing: Record<string, ScheduledAction> = {},
): Record<string, ScheduledAction> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, action]) => !isOver(action) || standing[name] !== undefined),
  );
}

/** The names below a path that changed. */
function touched(changes: readonly Change[], path: string): string[] {
  return changes
    .filter((change) => change.path.startsWith(`${path}.`))
    .map((change) => change.path.slice(path.length + 1));
}
