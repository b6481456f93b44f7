import { defineConfig } from 'vitest/config';

/** Tests with real processes, real frames and real time. */
const lived = [
  ...['test/lab/**/*.test.ts', 'test/cli/**/*.test.ts'],
  ...['core', 'host-backends', 'kills', 'shielding'].map((name) => `test/agents/vsched/${name}.test.ts`),
];

export default defineConfig({
  test: {
    environment: 'node',
    exclude: ['test/fixtures/**'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: [...lived, 'test/fixtures/**'],
          sequence: { groupOrder: 0 },
        },
      },
      // These play against a real clock: alone on the machine, one after the other.
      { extends: true, test: { name: 'lived', include: lived, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    reporters: ['default', './test/reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['schema/**/*.ts', 'wire/**/*.ts', 'reconciler/**/*.ts', 'agents/**/*.ts', 'lab/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/generated/**'],
    },
  },
});
