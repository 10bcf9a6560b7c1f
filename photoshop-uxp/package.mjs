/**
 * Writes the plug-in as a `.ccx` (a ZIP with the manifest at its root), the same bytes for the same sources.
 *
 *   node photoshop-uxp/package.mjs [--out FILE]
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(await readFile(join(here, '../package.json'), 'utf8'));
const { values: options } = parseArgs({ options: { out: { type: 'string', default: join(here, `dist/retake-${version}.ccx`) } } });

// Built anew, so that nothing of an earlier or a development build gets in.
const folder = await mkdtemp(join(tmpdir(), 'retake-ccx-'));
try {
  execFileSync(process.execPath, [join(here, 'build.mjs'), '--out', folder, '--quiet'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  // A ZIP's dates begin in 1980, in local time: this one is the same everywhere.
  const mtime = new Date(1980, 0, 1);
  const files = {};
  for (const name of names) files[name] = [new Uint8Array(await readFile(join(folder, name))), { mtime, os: 0, attrs: 0, level: 9 }];
  const zip = zipSync(files);
  await writeFile(resolve(options.out), zip);
  console.log(`${relative(process.cwd(), resolve(options.out))}  ${(zip.length / 1024).toFixed(0)} kB, ${names.length} files`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
