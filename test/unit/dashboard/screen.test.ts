import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { openScreen } from '../../../src/dashboard/screen.ts';

function terminal() {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    columns: 20,
    rows: 4,
    write: (text: string) => written.push(text) > 0,
  });
  return { written, stream, screen: openScreen(stream as unknown as NodeJS.WriteStream) };
}

it('writes each line at its place, then only those that differ, and nothing for the same frame', () => {
  const { written, screen } = terminal();
  written.length = 0;
  screen.write('one\ntwo\nthree');
  expect(written.join('')).toContain('\u001B[1;1Hone');
  expect(written.join('')).toContain('\u001B[3;1Hthree');
  written.length = 0;
  screen.write('one\nTWO\nthree');
  expect(written).toEqual(['\u001B[?2026h\u001B[2;1HTWO\u001B[0m\u001B[K\u001B[?2026l']);
  written.length = 0;
  screen.write('one\nTWO\nthree');
  expect(written).toEqual([]);
});

it('takes away the lines that a shorter frame does not have, and writes none below the last row', () => {
  const { written, screen } = terminal();
  screen.write('1\n2\n3\n4\n5\n6');
  expect(written.join('')).not.toContain('\u001B[5;1H');
  written.length = 0;
  screen.write('1\n2');
  expect(written.join('')).toContain('\u001B[3;1H\u001B[0m\u001B[K\u001B[4;1H\u001B[0m\u001B[K');
});

it('starts anew with the size of the terminal', () => {
  const { written, screen, stream } = terminal();
  let told = 0;
  screen.on('resize', () => (told += 1));
  screen.write('same');
  written.length = 0;
  Object.assign(stream, { columns: 30, rows: 9 });
  stream.emit('resize');
  expect(screen).toMatchObject({ columns: 30, rows: 9 });
  screen.write('same');
  expect(told).toBe(1);
  expect(written.join('')).toMatch(/2J.*same/s);
});

it('gives the terminal back once, and is silent after that', () => {
  const { written, screen, stream } = terminal();
  expect(written.join('')).toContain('\u001B[?1049h');
  screen.close();
  screen.close();
  screen.write('late');
  expect(written.join('').split('\u001B[?1049l')).toHaveLength(2);
  expect(written.join('')).toContain('\u001B[?25h');
  expect(written.join('')).not.toContain('late');
  expect(stream.listenerCount('resize')).toBe(0);
});
