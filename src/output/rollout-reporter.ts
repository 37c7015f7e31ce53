import type { RolloutEvent } from '../rollout/events.ts';
import { formatDuration } from '../lib/durations.ts';
import type { Streams } from './reporter.ts';
import { progressLine, rolloutLine } from './rollout-text.ts';

/** Something that shows a rollout while it goes on. */
export interface RolloutReporter {
  event(event: RolloutEvent): void;
  /** Leaves the terminal as it should be. */
  close(): void;
}

/** JSON lines for programs; else a line per event, and on a terminal a last line that says how far it is. */
export function createRolloutReporter(streams: Streams, json: boolean): RolloutReporter {
  const { stdout, stderr, env } = streams;
  if (json) return { event: (event) => void stdout.write(`${JSON.stringify(event)}\n`), close: () => {} };
  if (stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb') return liveReporter(stderr);
  return {
    event: (event) => void stderr.write(`${rolloutLine(event)}\n`),
    close: () => {},
  };
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The lines scroll by above one that is drawn anew, with the time that has passed. */
function liveReporter(stderr: NodeJS.WriteStream): RolloutReporter {
  let progress = '';
  let startedAt = 0;
  let frame = 0;
  const draw = () => {
    if (progress === '') return;
    frame += 1;
    const text = `${spinner[frame % spinner.length]} ${formatDuration(Date.now() - startedAt)}  ${progress}`;
    stderr.write(`\r\u001B[K${text.slice(0, (stderr.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, 100);
  return {
    event(event) {
      if (event.type === 'rollout.progress') {
        progress = progressLine(event);
        startedAt = Date.now() - event.ms;
        return draw();
      }
      stderr.write(`\r\u001B[K${rolloutLine(event)}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      stderr.write('\r\u001B[K');
    },
  };
}
