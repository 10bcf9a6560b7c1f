/**
 * `retake merge` as it is run, on a source of 100 megapixels: time of each step and the largest memory, from its own report.
 *
 *   node test/run-ts.mjs bench/merge/hundred.ts
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const size = { width: 12_000, height: 8400 };
const patch = { create: { width: 1400, height: 1000, channels: 3, background: '#2a8f4a' } } as const;

const folder = await mkdtemp(join(tmpdir(), 'hundred-'));
try {
  const [source, result, out, report] = ['source.jpg', 'result.jpg', 'change.png', 'report.json'].map((name) => join(folder, name));
  const photo = sharp('test/fixtures/photos/coffee.png')
    .removeAlpha()
    .resize({ ...size, fit: 'fill' });
  await photo.clone().jpeg({ quality: 90 }).toFile(source);
  const changed = await photo
    .clone()
    .composite([{ input: patch, left: 5000, top: 3000 }])
    .jpeg({ quality: 95 })
    .toBuffer();
  await sharp(changed, { limitInputPixels: false }).resize(1264, 884, { fit: 'fill' }).jpeg({ quality: 92 }).toFile(result);
  const args = ['standalone/bin/retake.js', 'merge', source, result, '-o', out, '--report', report];
  await promisify(execFile)(process.execPath, args);
  const { timingsMs, peakRssMb, mode, change, kept } = JSON.parse(await readFile(report, 'utf8'));
  const seconds = Object.entries(timingsMs as Record<string, number>).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(1)}`);
  console.log(`${mode}, ${(change.fraction * 100).toFixed(1)} % changed, ${kept.changedPixelsOutside} pixels outside`);
  console.log(`seconds: ${seconds.join(', ')}`);
  console.log(`peak ${Math.round(peakRssMb)} MB; the picture alone is ${Math.round((size.width * size.height * 4) / 1e6)} MB`);
  console.log(`written: ${Math.round((await stat(out)).size / 1e6)} MB`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
