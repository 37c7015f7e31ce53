import { render } from 'ink';
import { App } from './app.tsx';
import type { AppProps } from './app.tsx';
import { openScreen } from './screen.ts';

export interface ShowOptions extends AppProps {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** Ends it, as `q` does. */
  signal: AbortSignal;
}

/** Shows the dashboard on a terminal until `q`, Ctrl-C or the signal. */
export async function showDashboard({ stdin, stdout, signal, ...app }: ShowOptions): Promise<void> {
  const screen = openScreen(stdout);
  // Ink's own ways of writing erase and draw again, or rely on where the cursor is; in this one it hands over whole frames.
  const whole = { debug: true, patchConsole: false };
  const shown = render(<App {...app} />, {
    stdin,
    stdout: screen as unknown as NodeJS.WriteStream,
    ...whole,
  });
  const end = () => shown.unmount();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    await shown.waitUntilExit();
  } finally {
    signal.removeEventListener('abort', end);
    screen.close();
  }
}
