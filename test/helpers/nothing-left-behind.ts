import { afterAll, vi } from 'vitest';

// The next file in the same worker finds time and environment as they are.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
