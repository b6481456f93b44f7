import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
    reporters: ['default', './test/reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['schema/**/*.ts', 'wire/**/*.ts', 'reconciler/**/*.ts', 'agents/**/*.ts', 'lab/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/generated/**'],
    },
  },
});
