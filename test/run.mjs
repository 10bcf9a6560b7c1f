/**
 * The one test command: installs what is missing, then lint and format, types, the build, and every test. Ends with the
 * line `N passed, N failed`; the steps before the tests count as one each. `npm test -- test/core` runs a part.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTestPrograms } from './setup/debian.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const only = process.argv.slice(2);
const plain = process.stdout.isTTY ? [] : ['--colors=off'];
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';
const counts = { passed: 0, failed: 0, skipped: 0 };

function run(title, args) {
  const started = Date.now();
  console.log(`\n— ${title}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}

function step(title, args) {
  counts[run(title, args) ? 'passed' : 'failed'] += 1;
}

installTestPrograms();
if (only.length === 0) {
  step('Lint and format', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', ...plain, '.']);
  step('Types and import directions', ['node_modules/typescript/bin/tsc', '-b']);
}
step('Build', ['standalone/build.mjs']);
step('Build of the Figma plug-in', ['figma-plugin/build.mjs']);
step('Build of the Photoshop plug-in', ['photoshop-uxp/build.mjs']);

const folder = mkdtempSync(join(tmpdir(), 'retake-test-'));
const report = join(folder, 'report.json');
const passed = run('Tests', [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--root',
  '.',
  '--config',
  'test/vitest.config.ts',
  '--reporter=default',
  '--reporter=./test/setup/secondTries.ts',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  counts.skipped += numPendingTests;
  // A file that does not load has no tests of its own to count.
  if (!passed && numFailedTests === 0) counts.failed += 1;
} catch {
  counts.failed += 1;
}
rmSync(folder, { recursive: true, force: true });

console.log(`\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
