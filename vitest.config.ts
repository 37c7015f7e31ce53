import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Most tests wait for processes and sockets, not for a core.
    maxWorkers: 4,
    // On a machine of unknown load a test of real processes gets a second try; the closing lines name it.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    setupFiles: ['test/helpers/quiet-sdk.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/helpers/closing-line-reporter.ts'],
  },
});
