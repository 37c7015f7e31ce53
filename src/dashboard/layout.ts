/** The panels by name. */
export type PanelName = 'service' | 'tasks' | 'targets' | 'redis' | 'loadBalancer' | 'events';

/** How many lines a panel would fill; all of them with their headings. */
export type Wishes = Record<PanelName, number>;

/** A panel's place: bands lie under one another, columns of a band side by side, panels of a column under one another. */
export type Layout = { width: number; panels: { name: PanelName; height: number }[] }[][];

/** Between two columns. */
export const columnGap = 3;

/** What goes where, by width. */
function arrangement(width: number): { share: number; names: PanelName[] }[][] {
  if (width >= 130) {
    return [
      [
        { share: 0.5, names: ['service'] },
        { share: 0.25, names: ['loadBalancer'] },
        { share: 0.25, names: ['redis'] },
      ],
      [
        { share: 0.68, names: ['tasks'] },
        { share: 0.32, names: ['targets'] },
      ],
      [{ share: 1, names: ['events'] }],
    ];
  }
  if (width >= 90) {
    return [
      [{ share: 1, names: ['service'] }],
      [{ share: 1, names: ['tasks'] }],
      [
        { share: 0.5, names: ['targets'] },
        { share: 0.5, names: ['loadBalancer', 'redis'] },
      ],
      [{ share: 1, names: ['events'] }],
    ];
  }
  return (['service', 'tasks', 'targets', 'loadBalancer', 'redis', 'events'] as const).map((name) => [
    { share: 1, names: [name] },
  ]);
}

/** Who gets lines first when there are not enough for all; with one line a panel is its heading alone. */
const order: PanelName[] = ['service', 'tasks', 'redis', 'loadBalancer', 'targets', 'events'];
/** Lines that make a panel worth its place: the next in order gets nothing before it has these. */
const useful: Wishes = { service: 3, tasks: 6, redis: 1, loadBalancer: 1, targets: 1, events: 3 };

/** From so many lines on, the bands are kept apart. */
const roomy = 22;

/** Places all panels in `width` × `height`; a panel without room is left out. No line is ever used twice. Pure. */
export function layoutFor({ width, height }: { width: number; height: number }, wishes: Wishes): Layout {
  const bands = arrangement(width);
  const given: Wishes = { service: 0, tasks: 0, events: 0, redis: 0, loadBalancer: 0, targets: 0 };
  const bandOf = (name: PanelName) =>
    bands.findIndex((band) => band.some(({ names }) => names.includes(name)));
  const bandHeight = (band: (typeof bands)[number]) =>
    Math.max(...band.map(({ names }) => names.reduce((sum, name) => sum + given[name], 0)));
  const used = () => bands.reduce((sum, band) => sum + bandHeight(band), 0);
  const grow = (name: PanelName, to: number, limit = height): void => {
    while (given[name] < to) {
      given[name] += 1;
      if (used() <= limit) continue;
      given[name] -= 1;
      return;
    }
  };
  for (const name of order) grow(name, Math.min(useful[name], wishes[name]));
  for (const name of order.toSorted((a, b) => bandOf(a) - bandOf(b))) {
    if (name !== 'events') grow(name, wishes[name]);
  }
  // Old events are worth less than air between the bands, where there is room for either.
  grow('events', wishes.events, height < roomy ? height : height - (bands.length - 1));
  return bands.map((band) => placed(band, width, given)).filter((band) => band.length > 0);
}

function placed(band: { share: number; names: PanelName[] }[], width: number, given: Wishes): Layout[number] {
  const free = width - columnGap * (band.length - 1);
  let left = free;
  return band
    .map(({ share, names }, index) => {
      const own = index === band.length - 1 ? left : Math.floor(free * share);
      left -= own;
      const panels = names.map((name) => ({ name, height: given[name] })).filter((each) => each.height > 0);
      return { width: own, panels };
    })
    .filter(({ panels }) => panels.length > 0);
}
