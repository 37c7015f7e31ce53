import type { Intercept } from '../../helpers/in-process.ts';

/** Lets readings through together and each write alone; `around` is called with nothing else under way. */
export function writeGate(around: Intercept): Intercept {
  let last: Promise<unknown> = Promise.resolve();
  let reading: Promise<unknown>[] = [];
  return (attempt, perform) => {
    const before = last;
    if (!attempt.write) {
      const done = before.then(perform);
      reading.push(done.catch(() => undefined));
      return done;
    }
    const readings = reading;
    reading = [];
    const done = Promise.all([before, ...readings]).then(() => around(attempt, perform));
    last = done.catch(() => undefined);
    return done;
  };
}
