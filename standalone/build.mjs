/**
 * Builds what is shipped: the `retake` command for Node, and the page with its worker for browsers. Runs on `npm ci` (as `prepare`), so
 * that `npx retake` works at once. `--watch` keeps building.
 */
import { cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const watch = process.argv.includes('--watch');
const quiet = process.argv.includes('--quiet');

const common = { bundle: true, format: 'esm', target: 'es2022', sourcemap: 'linked', legalComments: 'linked', logLevel: 'warning' };

const bundles = [
  // The command is two programs: the one at the terminal, and the one that works on pictures.
  ...[
    ['main', 'retake'],
    ['worker', 'worker'],
  ].map(([entry, name]) => ({
    ...common,
    entryPoints: [join(here, `command/${entry}.ts`)],
    outfile: join(dist, `${name}.js`),
    platform: 'node',
    target: 'node20',
    // Installed beside it: native code, and what Node loads faster unbundled.
    packages: 'external',
  })),
  {
    ...common,
    entryPoints: [join(here, 'page/main.tsx')],
    outfile: join(dist, 'page/page.js'),
    platform: 'browser',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text' },
    metafile: true,
  },
  {
    ...common,
    entryPoints: [join(here, 'worker/main.ts')],
    outfile: join(dist, 'page/worker.js'),
    platform: 'browser',
    minify: true,
  },
];

async function copyStatic() {
  await mkdir(join(dist, 'page'), { recursive: true });
  const root = dirname(here);
  const copies = {
    'index.html': join(here, 'page/index.html'),
    'icon.svg': join(here, 'page/icon.svg'),
    // The sample of the empty page: Eileen Collins, NASA, public domain.
    'astronaut.png': join(root, 'test/fixtures/photos/astronaut.png'),
    ...Object.fromEntries(
      [400, 500, 600].map((weight) => [
        `inter-${weight}.woff2`,
        join(root, `node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
      ]),
    ),
  };
  await Promise.all(Object.entries(copies).map(([name, from]) => cp(from, join(dist, 'page', name))));
}

if (watch) {
  await copyStatic();
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  // Nothing is removed first: a command that runs, and tests beside this, find every file at any time.
  await Promise.all([copyStatic(), ...bundles.map((bundle) => build(bundle))]);
  if (!quiet)
    for (const { outfile } of bundles) {
      const { size } = await stat(outfile);
      console.log(`${relative(process.cwd(), outfile)}  ${(size / 1024).toFixed(0)} kB`);
    }
}
