/**
 * Runs one TypeScript file in Node: `node test/run-ts.mjs FILE [ARGUMENT…]`. It is bundled into the module cache, so that
 * packages resolve as they do elsewhere.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: node test/run-ts.mjs FILE [ARGUMENT…]\n');
  process.exit(2);
}
const cache = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.cache', 'retake');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(join(cache, 'run-'));
const outfile = join(folder, 'run.mjs');
try {
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(folder, { recursive: true, force: true });
}
