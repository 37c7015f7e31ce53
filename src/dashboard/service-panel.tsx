import type {
  DeploymentPart,
  MetricsPart,
  ScalingPart,
  Series,
  ServicePart,
  Snapshot,
} from '../read-model/snapshot.ts';
import { Panel } from './panel.tsx';
import type { PanelProps } from './panel.tsx';
import { Line, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { sparkline, topOf } from './sparkline.ts';
import { age, cell, count, percent, plain, shortVersion } from './words.ts';

/** Below this width, CPU and memory get a line each. */
const sideBySide = 64;

/** Lines that the panel would fill, its heading included. */
export function serviceLines({ service, scaling, metrics }: Snapshot, width: number): number {
  const deployments = service.value?.deployments ?? [];
  const reasons = deployments.filter(({ rollout }) => rollout === 'FAILED').length;
  const use = hasUse(metrics.value) ? (width < sideBySide ? 2 : 1) : 0;
  return (
    1 +
    Math.max(1, deployments.length + reasons) +
    (scalingText(scaling.value, 0) === undefined ? 0 : 1) +
    use
  );
}

/** The deployments with their progress, and what the service uses. */
export function ServicePanel({ snapshot, now, ...size }: PanelProps & { snapshot: Snapshot; now: number }) {
  const { service, scaling, metrics } = snapshot;
  const scaled = scalingText(scaling.value, now);
  return (
    <Panel {...size} title="service" part={service} since={now - snapshot.at} summary={summary}>
      {({ deployments }) => (
        <>
          {deployments.flatMap((each) => [
            <Deployment key={each.id} deployment={each} now={now} width={size.width} />,
            ...(each.rollout === 'FAILED'
              ? [
                  <Line key={`${each.id} reason`}>
                    <Say tone="bad">{`  ${plain(each.reason)}`}</Say>
                  </Line>,
                ]
              : []),
          ])}
          {scaled !== undefined && (
            <Line>
              <Say tone="quiet">{cell('scale', 7)}</Say>
              <Say>{plain(scaled)}</Say>
            </Line>
          )}
          <Use metrics={metrics.value} width={size.width} />
        </>
      )}
    </Panel>
  );
}

/** The limits, what is kept, and what happened last; undefined where nothing scales. */
function scalingText(value: ScalingPart | undefined, now: number): string | undefined {
  if (value?.limits === undefined) return undefined;
  const { limits, targets, lastActivity } = value;
  const kept = targets.map(({ metric, target }) => ` · ${metric} ${target ?? '?'}%`).join('');
  const last =
    lastActivity === undefined ? '' : ` · ${lastActivity.description} ${age(now - lastActivity.at)} ago`;
  return `${limits.min}–${limits.max} tasks${kept}${last}`;
}

function summary({ running, desired, pending }: ServicePart): string {
  const tasks =
    running > desired
      ? `${count(running, 'task')} · ${desired} wanted`
      : `${running} of ${count(desired, 'task')}`;
  return pending > 0 ? `${tasks} · ${pending} pending` : tasks;
}

const marks: Record<string, [mark: string, tone: Tone, word: string]> = {
  COMPLETED: ['✓', 'good', 'completed'],
  IN_PROGRESS: ['◐', 'busy', 'in progress'],
  FAILED: ['✗', 'bad', 'failed'],
};

function Deployment({
  deployment: each,
  now,
  width,
}: {
  deployment: DeploymentPart;
  now: number;
  width: number;
}) {
  const isPrimary = each.status === 'PRIMARY';
  const [mark, tone, word]: [string, Tone, string] = marks[each.rollout] ?? ['·', 'quiet', ''];
  const shown: [string, Tone, string] =
    isPrimary || each.rollout === 'FAILED' ? [mark, tone, word] : ['·', 'quiet', 'leaving'];
  const isLeaving = shown[2] === 'leaving';
  const since = isLeaving
    ? undefined
    : each.rollout === 'COMPLETED'
      ? (each.updatedAt ?? each.createdAt)
      : each.createdAt;
  return (
    <Line>
      <Say tone={shown[1]}>{`${shown[0]} ${cell(shortVersion(each.version), 14)}`}</Say>
      {width >= 76 && (
        <Say tone="quiet">{` ${cell(each.taskDefinition.replace(/^.*:/, 'revision '), 13)}`}</Say>
      )}
      <Say tone={shown[1]}>{` ${progress(each.running, each.desired, 10)}`}</Say>
      <Say>{` ${cell(`${each.running}/${each.desired}`, 7)}`}</Say>
      <Say tone={shown[1]}>{shown[2]}</Say>
      {since !== undefined && <Say tone="quiet">{` ${age(now - since)}`}</Say>}
      {each.failed > 0 && <Say tone="bad">{`  ${each.failed} failed`}</Say>}
    </Line>
  );
}

function progress(done: number, of: number, width: number): string {
  const full = of === 0 ? 0 : Math.round((Math.min(done, of) / of) * width);
  return '━'.repeat(full) + '╌'.repeat(width - full);
}

function Use({ metrics, width }: { metrics: MetricsPart | undefined; width: number }) {
  if (metrics === undefined || !hasUse(metrics)) return null;
  const half = width < sideBySide ? width : Math.floor(width / 2);
  const one = (name: string, series: Series) => (
    <Graph name={name} series={series} period={metrics.period} width={half} />
  );
  if (width < sideBySide) {
    return (
      <>
        <Line>{one('cpu', metrics.cpu)}</Line>
        <Line>{one('memory', metrics.memory)}</Line>
      </>
    );
  }
  return (
    <Line>
      {one('cpu', metrics.cpu)}
      {one('memory', metrics.memory)}
    </Line>
  );
}

function Graph({
  name,
  series,
  period,
  width,
}: {
  name: string;
  series: Series;
  period: number;
  width: number;
}) {
  const bars = Math.min(48, width - 8 - 8);
  const last = series.at(-1);
  return (
    <>
      <Say tone="quiet">{cell(name, 7)}</Say>
      <Say tone="busy">{sparkline(series, { width: bars, period, top: topOf(series, 10) })}</Say>
      <Say>{cell(last === undefined ? ' -' : ` ${percent(last.value)}`, width - 7 - bars)}</Say>
    </>
  );
}

function hasUse(metrics: MetricsPart | undefined): boolean {
  return metrics !== undefined && metrics.cpu.length + metrics.memory.length > 0;
}
