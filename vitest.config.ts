import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The default leaves one of two cores idle, and many a test waits for a process that it has started.
    maxWorkers: '150%',
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**'],
          // A process for each file spent a third of the time importing the same modules again; no test changes one.
          isolate: false,
          // Real servers, real child processes, two cores: generous, never a measure of speed.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
