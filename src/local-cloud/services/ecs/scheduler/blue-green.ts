import type { StoredService } from '../state.ts';
import type { Decision, ServiceView, TaskView } from './decide.ts';
import { decide } from './decide.ts';

/** What the service scheduler does next with a blue/green deployment under way. */
export interface BlueGreenDecision extends Decision {
  stage: 'RECONCILE_SERVICE' | 'SCALE_UP' | 'PRODUCTION_TRAFFIC_SHIFT' | 'BAKE_TIME' | 'CLEAN_UP';
  /** How many tasks of the deployment before to start: those that serve are replaced until the traffic has shifted. */
  startBlue: number;
}

interface Progress {
  /** The target group of the primary deployment. */
  group: string;
  /** Whether it has the production traffic. */
  shifted: boolean;
  /** Whether the bake time is over, or does not count: there is none on the way back. */
  baked: boolean;
  isRollback: boolean;
}

/**
 * The stages of a blue/green deployment: pure. Green tasks start beside the blue ones; when as many as desired are healthy,
 * they get the production traffic; after the bake time the blue ones leave. On the way back, the healthy tasks that are
 * still there get the traffic at once (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html).
 */
export function decideBlueGreen(service: ServiceView, progress: Progress): BlueGreenDecision {
  const { shifted, baked, isRollback } = progress;
  const green = service.tasks.filter(({ primary }) => primary);
  const blue = service.tasks.filter(({ primary }) => !primary);
  // Left from a deployment that another one has overtaken: their target group is needed.
  const inTheWay = blue.filter((task) => task.group === progress.group);
  const own = decide({ ...service, ...startFirst, tasks: green, leaving: 0 });
  const nothing = { startBlue: 0, steady: false, stuck: false };
  if (inTheWay.length > 0 && !isRollback) {
    return { ...nothing, stage: 'RECONCILE_SERVICE', start: 0, stop: inTheWay.map(replaced) };
  }
  const isServable = own.steady || (isRollback && green.some(({ health }) => health === 'healthy'));
  if (!shifted && !isServable) {
    const old = decide({ ...service, ...startFirst, tasks: blue.map(asPrimary), leaving: 0 });
    const startBlue = blue.length === 0 || isRollback ? 0 : old.start;
    return { ...nothing, stage: 'SCALE_UP', start: own.start, stop: [...own.stop, ...old.stop], startBlue };
  }
  if (!shifted) return { ...nothing, stage: 'PRODUCTION_TRAFFIC_SHIFT', start: own.start, stop: own.stop };
  if (!baked) return { ...nothing, stage: 'BAKE_TIME', start: own.start, stop: own.stop };
  return {
    ...nothing,
    stage: 'CLEAN_UP',
    start: own.start,
    stop: [...own.stop, ...blue.map(replaced)],
    steady: own.steady && blue.length === 0 && service.leaving === 0,
  };
}

/** Each side replaces its own tasks before it stops them: the percentages are for rolling deployments. */
const startFirst = { minimumHealthyPercent: 100, maximumPercent: 200 };

function asPrimary(task: TaskView): TaskView {
  return { ...task, primary: true };
}

function replaced({ arn }: TaskView): Decision['stop'][number] {
  return { arn, why: 'replaced' };
}

/** Whether the primary deployment of a service has the production traffic. */
export function hasTraffic(service: StoredService, group: string, isRollback: boolean): boolean {
  const { productionTargetGroupArn: production, loadBalancers } = service;
  // A way back before anything was shifted leads to the group that had it all the time.
  return (
    production === group ||
    (isRollback && production === undefined && group === loadBalancers[0]?.targetGroupArn)
  );
}
