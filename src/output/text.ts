import { formatDuration } from '../lib/durations.ts';
import type { Reporter } from './reporter.ts';

const verbs = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  none: 'checking',
};
const done = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  none: 'checked',
};

/** One line per thing that happened, for pipelines and files: no colour, nothing overwritten. */
export function textReporter(stderr: NodeJS.WritableStream): Reporter {
  const actions = new Map<string, keyof typeof done>();
  const line = (mark: string, id: string, text: string) =>
    void stderr.write(`${mark} ${id.padEnd(28)} ${text}\n`);
  return {
    event(event) {
      switch (event.type) {
        case 'step.started':
          actions.set(event.id, event.action);
          return line('·', event.id, verbs[event.action]);
        case 'step.note':
          return line('·', event.id, event.text);
        case 'step.done':
          return line(
            '✓',
            event.id,
            `${done[actions.get(event.id) ?? 'none']} in ${formatDuration(event.ms)}`,
          );
        case 'step.failed':
          return line('✗', event.id, event.error);
        case 'step.skipped':
          return line('-', event.id, `skipped: ${event.because}`);
        default:
          return undefined;
      }
    },
    close: () => Promise.resolve(),
  };
}
