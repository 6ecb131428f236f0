import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The default leaves one of two cores idle.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**'],
          // Real servers, real child processes, two cores: generous, never a measure of speed.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
