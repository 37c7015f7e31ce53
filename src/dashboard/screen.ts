import { EventEmitter } from 'node:events';

/** A terminal that frames are drawn on: what Ink takes for its stdout. */
export interface Screen extends EventEmitter {
  readonly columns: number;
  readonly rows: number;
  readonly isTTY: true;
  /** Shows a frame in place of the one before. */
  write(frame: string): boolean;
  /** Gives the terminal back as it was. */
  close(): void;
}

const escape = '\u001B[';
/** The screen that full-screen programs have to themselves, without a cursor: what was there before comes back at the end. */
const enter = `${escape}?1049h${escape}?25l`;
const leave = `${escape}?25h${escape}?1049l`;
const clear = `${escape}2J`;
/** Terminals that know these show what is between them at once. */
const [begin, end] = [`${escape}?2026h`, `${escape}?2026l`];

/**
 * Takes over a terminal. Of each frame only the lines that differ are written, each at its place: nothing is erased
 * first, so nothing flickers, and a frame that is the same writes nothing.
 */
export function openScreen(terminal: NodeJS.WriteStream): Screen {
  let shown: string[] = [];
  let isOpen = true;
  terminal.write(enter + clear);

  const screen = Object.assign(new EventEmitter(), {
    ...sizeOf(terminal),
    isTTY: true as const,
    write(frame: string) {
      if (!isOpen) return true;
      const lines = frame.split('\n').slice(0, screen.rows);
      const changed = Array.from({ length: Math.max(lines.length, shown.length) }, (_, index) =>
        lines[index] === shown[index]
          ? ''
          : `${escape}${index + 1};1H${lines[index] ?? ''}${escape}0m${escape}K`,
      ).join('');
      shown = lines;
      return changed === '' || terminal.write(begin + changed + end);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      terminal.off('resize', resized);
      terminal.write(leave);
    },
  });

  function resized(): void {
    Object.assign(screen, sizeOf(terminal));
    shown = [];
    terminal.write(clear);
    screen.emit('resize');
  }
  terminal.on('resize', resized);
  return screen;
}

/** Some terminals do not say how large they are. */
function sizeOf({ columns, rows }: NodeJS.WriteStream): { columns: number; rows: number } {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}
