import { Text } from 'ink';
import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import { stripVTControlCharacters } from 'node:util';

/** A component drawn on a terminal of a given size. */
export function draw(element: ReactElement, columns: number, rows: number) {
  const app = render(<Text> </Text>);
  // The library's terminal has 100 columns; a component that is drawn again reads the size anew.
  Object.defineProperties(app.stdout, { columns: { value: columns }, rows: { value: rows } });
  app.rerender(element);
  return {
    ...app,
    /** The last frame without colours, line by line. */
    lines: () => stripVTControlCharacters(app.lastFrame() ?? '').split('\n'),
    text: () => stripVTControlCharacters(app.lastFrame() ?? ''),
    /** The last frame as it was written. */
    raw: () => app.lastFrame() ?? '',
  };
}
