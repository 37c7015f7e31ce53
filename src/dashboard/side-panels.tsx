import type { Series, Snapshot } from '../read-model/snapshot.ts';
import { Panel } from './panel.tsx';
import type { PanelProps } from './panel.tsx';
import { Line, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { sparkline, topOf } from './sparkline.ts';
import { age, cell, count, shortEvent } from './words.ts';

type Props = PanelProps & { snapshot: Snapshot; now: number };

const targetMarks: Record<string, [mark: string, tone: Tone]> = {
  healthy: ['✓', 'good'],
  unhealthy: ['✗', 'bad'],
  draining: ['◌', 'warn'],
  initial: ['◐', 'busy'],
};

/** The members of the target group with their health. */
export function TargetsPanel({ snapshot, now, ...size }: Props) {
  return (
    <Panel
      {...size}
      title="targets"
      part={snapshot.targets}
      since={now - snapshot.at}
      summary={(targets) => {
        const states = [...new Set(targets.map(({ state }) => state))];
        const number = (state: string) => targets.filter((each) => each.state === state).length;
        return states.map((state) => `${number(state)} ${state}`).join(' · ') || 'none';
      }}
    >
      {(targets) =>
        targets.map(({ id, port, zone, state, reason }) => {
          const [mark, tone] = targetMarks[state] ?? ['·', 'quiet'];
          return (
            <Line key={`${id}:${port}`}>
              <Say tone={tone}>{`${mark} ${cell(state, 10)}`}</Say>
              <Say>{` ${cell(`${id}:${port}`, 17)}`}</Say>
              <Say tone="quiet">{` ${zone ?? ''}`}</Say>
              {reason !== undefined && <Say tone={tone}>{` ${reason}`}</Say>}
            </Line>
          );
        })
      }
    </Panel>
  );
}

/** The replication group and, where there is more than one, its nodes. */
export function RedisPanel({ snapshot, now, ...size }: Props) {
  return (
    <Panel
      {...size}
      title="redis"
      part={snapshot.redis}
      since={now - snapshot.at}
      summary={({ engine, server, status, nodes }) =>
        size.height > 1 ? `${server?.split(',')[0] ?? engine} · ${count(nodes.length, 'node')}` : status
      }
    >
      {({ status, endpoint, nodes }) => (
        <>
          <Line>
            <Say tone={status === 'available' ? 'good' : 'warn'}>
              {status === 'available' ? '✓' : '◐'} {status}
            </Say>
            <Say tone="quiet">{`  ${endpoint ?? 'no endpoint'}`}</Say>
          </Line>
          {nodes.length > 1 &&
            nodes.map(({ id, shard, role, zone }) => (
              <Line key={id}>
                <Say>{`  ${cell(role ?? (shard === undefined ? 'node' : `shard ${Number(shard)}`), 8)}`}</Say>
                <Say tone="quiet">{` ${zone ?? ''} ${id}`}</Say>
              </Line>
            ))}
        </>
      )}
    </Panel>
  );
}

/** The load balancer's state, and its traffic where CloudWatch has it. */
export function LoadBalancerPanel({ snapshot, now, ...size }: Props) {
  const { metrics } = snapshot;
  return (
    <Panel
      {...size}
      title="load balancer"
      part={snapshot.loadBalancer}
      since={now - snapshot.at}
      summary={({ state, zones }) => (size.height > 1 ? count(zones.length, 'zone') : state)}
    >
      {({ state, name }) => (
        <>
          <Line>
            <Say tone={state === 'active' ? 'good' : 'warn'}>
              {state === 'active' ? '✓' : '◐'} {state}
            </Say>
            <Say tone="quiet">{`  ${name}`}</Say>
          </Line>
          {metrics.value !== undefined && (
            <>
              <Traffic
                name="connections"
                series={metrics.value.connections}
                period={metrics.value.period}
                width={size.width}
              />
              <Traffic
                name="requests"
                series={metrics.value.requests}
                period={metrics.value.period}
                width={size.width}
              />
            </>
          )}
        </>
      )}
    </Panel>
  );
}

/** Lines that the traffic takes. */
export function trafficLines({ metrics: { value } }: Snapshot): number {
  return [value?.connections, value?.requests].filter((series) => (series?.length ?? 0) > 0).length;
}

interface TrafficProps {
  name: string;
  series: Series;
  period: number;
  width: number;
}

function Traffic({ name, series, period, width }: TrafficProps) {
  const last = series.at(-1);
  if (last === undefined) return null;
  return (
    <Line>
      <Say tone="quiet">{cell(name, 12)}</Say>
      <Say tone="busy">
        {sparkline(series, { width: Math.min(32, width - 20), period, top: topOf(series) })}
      </Say>
      <Say>{` ${Math.round(last.value)}`}</Say>
    </Line>
  );
}

/** What ECS said last about the service, youngest first. */
export function EventsPanel({ snapshot, now, ...size }: Props) {
  return (
    <Panel {...size} title="events" part={snapshot.service} since={now - snapshot.at} summary={() => ''}>
      {({ events }) =>
        events.slice(0, size.height - 1).map(({ at, message }, index) => (
          <Line key={`${at} ${index}`}>
            <Say tone="quiet">{cell(age(now - at), 8)}</Say>
            <Say>{shortEvent(message)}</Say>
          </Line>
        ))
      }
    </Panel>
  );
}
