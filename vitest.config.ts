import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

// What tests the product's modules inside its own process. They keep no state of their own, so the files of a worker
// share them, and above all the SDK's clients, whose loading takes longer than most of these files. What mocks a
// module belongs elsewhere: it would come too late for one that another file has loaded.
const inProcess = ['test/unit/**/*.test.{ts,tsx}', 'test/contract/**/*.test.ts'];

export default defineConfig({
  test: {
    // Most tests wait for processes and sockets, not for a core.
    maxWorkers: 4,
    // On a machine of unknown load a test of real processes gets a second try; the closing lines name it.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    setupFiles: ['test/helpers/quiet-sdk.ts', 'test/helpers/nothing-left-behind.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/helpers/closing-line-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'in-process', include: inProcess, isolate: false } },
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.{ts,tsx}'], exclude: inProcess } },
    ],
  },
});
