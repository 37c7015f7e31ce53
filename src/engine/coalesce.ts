/**
 * Lets many callers share one run of a slow reading: each gets the result of a run that started after its call,
 * and at most one run is under way at a time.
 */
export function coalesce<T>(run: () => Promise<T>): () => Promise<T> {
  let queued: Promise<T> | undefined;
  let active: Promise<unknown> = Promise.resolve();
  return () => {
    queued ??= active
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        const started = run();
        active = started;
        return started;
      });
    return queued;
  };
}
