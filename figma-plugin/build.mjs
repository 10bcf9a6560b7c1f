/**
 * Builds what Figma imports: `dist/manifest.json`, `dist/code.js` for its main thread, and `dist/ui.html` with everything inlined.
 *
 *   node figma-plugin/build.mjs [--out DIR] [--service URL] [--quiet]
 *
 * `--service` names another address of the Gemini service, for development: it is written into the panel and into the
 * manifest's `devAllowedDomains`. Without `--quiet` the sizes of both bundles and what starting them costs are printed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { asInlineScript, foreignToMain } from './build/check.mjs';
import { compileInV8, startInQuickJs } from './build/startTimes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(here, 'dist') },
    service: { type: 'string', default: '' },
    quiet: { type: 'boolean', default: false },
  },
});

const common = { bundle: true, minify: true, write: false, charset: 'utf8', logLevel: 'warning' };

async function bundle(settings) {
  const { outputFiles } = await build({ ...common, ...settings });
  return outputFiles[0].text;
}

/** One classic script: Figma's main thread loads no modules. Its engine knows later syntax too, but older ones of its kind did not. */
const main = await bundle({
  entryPoints: [join(here, 'sandbox/main.ts')],
  format: 'iife',
  target: 'es2019',
  platform: 'neutral',
  legalComments: 'none',
  // A library asks for these and does without where there are none, as in this thread.
  define: { TextEncoder: 'undefined', TextDecoder: 'undefined' },
});

const inFrame = { format: 'iife', target: ['es2020', 'chrome100'], platform: 'browser', legalComments: 'eof' };
const worker = await bundle({ ...inFrame, entryPoints: [join(here, 'worker/main.ts')] });
const script = await bundle({
  ...inFrame,
  entryPoints: [join(here, 'ui/main.tsx')],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.css': 'text', '.svg': 'text' },
  // Declared in ui/built.d.ts.
  define: { builtServiceUrl: JSON.stringify(options.service), builtWorkerSource: JSON.stringify(worker) },
});

const page = await readFile(join(here, 'ui/index.html'), 'utf8');
const place = '<script></script>';
if (page.split(place).length !== 2) throw new Error(`ui/index.html must have exactly one ${place}, where the panel’s script goes.`);
const [before, after] = page.split(place);
const html = `${before}<script>${asInlineScript(script)}</script>${after}`;

const manifest = JSON.parse(await readFile(join(here, 'manifest.json'), 'utf8'));
if (options.service !== '') manifest.networkAccess.devAllowedDomains = [new URL(options.service).origin];

const foreign = await foreignToMain(main);
if (foreign.length > 0) {
  console.error(`code.js uses what Figma’s main thread does not have: ${foreign.join(', ')}`);
  process.exit(1);
}

const out = resolve(options.out);
await mkdir(out, { recursive: true });
await Promise.all([
  writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`),
  writeFile(join(out, 'code.js'), main),
  writeFile(join(out, 'ui.html'), html),
]);

if (!options.quiet) {
  const kB = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
  const ms = (time) => `${time.toFixed(1)} ms`;
  const tell = (name, text, start) =>
    console.log(
      `${relative(process.cwd(), join(out, name)).padEnd(28)} ${kB(Buffer.byteLength(text)).padStart(7)}, ${kB(gzipSync(text).length).padStart(6)} gzip   ${start}`,
    );
  tell('code.js', main, `starts in ${ms(await startInQuickJs(main))} (evaluated by QuickJS, Figma itself taking no time)`);
  tell(
    'ui.html',
    html,
    `script compiles in ${ms(compileInV8(script))} (V8 of Node ${process.versions.node}, not run); its worker is ${kB(worker.length)} of it`,
  );
}
