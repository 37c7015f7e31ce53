import { Box } from 'ink';
import type { Snapshot } from '../read-model/snapshot.ts';
import { columnGap, layoutFor } from './layout.ts';
import type { Layout, PanelName, Wishes } from './layout.ts';
import { ServicePanel, serviceLines } from './service-panel.tsx';
import { EventsPanel, LoadBalancerPanel, RedisPanel, TargetsPanel, trafficLines } from './side-panels.tsx';
import { TasksPanel, tasksLines } from './tasks-panel.tsx';

interface OverviewProps {
  snapshot: Snapshot;
  /** Milliseconds since 1970. */
  now: number;
  width: number;
  height: number;
}

const panels = {
  service: ServicePanel,
  tasks: TasksPanel,
  targets: TargetsPanel,
  redis: RedisPanel,
  loadBalancer: LoadBalancerPanel,
  events: EventsPanel,
} satisfies Record<PanelName, unknown>;

/** All panels of a snapshot in `width` × `height`. Pure. */
export function Overview({ snapshot, now, width, height }: OverviewProps) {
  const layout = layoutFor({ width, height }, wishesOf(snapshot, width));
  const spare = height - linesOf(layout);
  return (
    <Box flexDirection="column" height={height} width={width} overflow="hidden">
      {layout.map((band, index) => (
        <Box key={index} gap={columnGap} marginTop={index > 0 && spare >= index ? 1 : 0} flexShrink={0}>
          {band.map((column, at) => (
            <Box key={at} flexDirection="column" width={column.width} flexShrink={0}>
              {column.panels.map(({ name, height: lines }) => {
                const Panel = panels[name];
                return <Panel key={name} snapshot={snapshot} now={now} width={column.width} height={lines} />;
              })}
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}

function linesOf(layout: Layout): number {
  const column = (each: Layout[number][number]) => each.panels.reduce((sum, { height }) => sum + height, 0);
  return layout.reduce((sum, band) => sum + Math.max(...band.map(column)), 0);
}

function wishesOf(snapshot: Snapshot, width: number): Wishes {
  const nodes = snapshot.redis.value?.nodes.length ?? 0;
  return {
    service: serviceLines(snapshot, width >= 130 ? width / 2 : width),
    tasks: tasksLines(snapshot),
    targets: 1 + (snapshot.targets.value?.length ?? 0),
    redis: 2 + (nodes > 1 ? nodes : 0),
    loadBalancer: 2 + trafficLines(snapshot),
    events: 1 + (snapshot.service.value?.events.length ?? 0),
  };
}
