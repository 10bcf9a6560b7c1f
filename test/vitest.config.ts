import { defineConfig } from 'vitest/config';

/** What runs in a browser or as a process of its own, where the machine's load decides what comes first. */
const beside = [
  'test/page/**/*.test.ts',
  'test/command/**/*.test.ts',
  'test/figma/{endToEnd,frame,look}/**/*.test.ts',
  'test/figma/commands/builtPanel.test.ts',
  'test/photoshop/endToEnd/**/*.test.ts',
  'test/{models/browser,codecs/portableCodec}.test.ts',
];

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // Two cores: a second worker helps, a third only fights.
    maxWorkers: 2,
    // Against what hangs. A machine that is busy takes twenty times as long as one that is not.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'within', include: ['test/**/*.test.{ts,tsx}'], exclude: beside } },
      // A second try, which `secondTries.ts` names in the end: a test on that list is to be mended.
      { extends: true, test: { name: 'beside', include: beside, retry: 1 } },
    ],
  },
});
