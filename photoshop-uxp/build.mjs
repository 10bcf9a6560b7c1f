/**
 * Builds what the UXP Developer Tool loads: `dist/manifest.json`, `index.html`, two classic scripts, and the icons.
 *
 *   node photoshop-uxp/build.mjs [--out DIR] [--service URL] [--quiet]
 *
 * `--service` names another address of the Gemini service, for development: it is written into the panel and allowed in the manifest.
 * Without `--quiet` the bundle's size and what starting it costs are printed.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { timeToEntryPoints } from './startTime.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(here, 'dist') },
    service: { type: 'string', default: '' },
    quiet: { type: 'boolean', default: false },
  },
});

/** The entry points by themselves, and the panel behind them: Photoshop waits 20 ms for the former. */
const entries = { 'main.js': 'panel/main.ts', 'panel.js': 'panel/panelMain.ts' };
const scripts = {};
for (const [name, entry] of Object.entries(entries)) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    platform: 'browser',
    minify: true,
    charset: 'utf8',
    legalComments: 'eof',
    logLevel: 'warning',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The host's own modules; `require` is UXP's.
    external: ['photoshop', 'uxp'],
    define: { builtServiceUrl: JSON.stringify(options.service) },
  });
  scripts[name] = outputFiles[0].text;
}

// UXP refuses code made from text, and knows no modules.
for (const [name, script] of Object.entries(scripts))
  for (const forbidden of ['import(', 'new Function(', 'eval('])
    if (script.includes(forbidden)) {
      console.error(`${name} contains \`${forbidden}\`, which UXP refuses.`);
      process.exit(1);
    }

const manifest = JSON.parse(await readFile(join(here, 'manifest.json'), 'utf8'));
manifest.version = JSON.parse(await readFile(join(here, '../package.json'), 'utf8')).version;
if (options.service !== '') manifest.requiredPermissions.network.domains.push(new URL(options.service).origin);

const out = resolve(options.out);
await mkdir(out, { recursive: true });
await Promise.all([
  writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`),
  ...Object.entries(scripts).map(([name, script]) => writeFile(join(out, name), script)),
  cp(join(here, 'panel/index.html'), join(out, 'index.html')),
  cp(join(here, 'icons'), join(out, 'icons'), { recursive: true }),
]);

if (!options.quiet) {
  const kB = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
  const start = `sets the entry points up in ${timeToEntryPoints(scripts['main.js']).toFixed(1)} ms (V8 of Node ${process.versions.node})`;
  for (const [name, script] of Object.entries(scripts))
    console.log(
      `${relative(process.cwd(), join(out, name))}  ${kB(Buffer.byteLength(script))}, ${kB(gzipSync(script).length)} gzip   ${name === 'main.js' ? start : ''}`.trimEnd(),
    );
}
