/**
 * Registration on real pairs of a model's input and output, at independent feature matches.
 *
 *   node test/run-ts.mjs bench/merge/pairs.ts FOLDER [--sheet FILE.jpg]
 *
 * FOLDER holds a folder per pair with one input and one output picture, and `points.json`: for each pair, matches
 * [x_in, y_in, x_out, y_out] with pixel centres at +0.5.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { neverAborted } from '../../shared/core/abort.ts';
import { invertAffine, mapPoint, stretchAffine } from '../../shared/core/compose/affine.ts';
import { compose } from '../../shared/core/compose/compose.ts';
import { planWorkGrid } from '../../shared/core/compose/planes.ts';
import type { Affine, Registration } from '../../shared/core/compose/types.ts';
import { layPixelsOver, maskedWithin } from '../../shared/core/edit/layPixelsOver.ts';
import { boundsOf } from '../../shared/core/geometry.ts';
import { type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';
import { bestAffine, loadOpenCv } from './opencv.ts';

const { values, positionals } = parseArgs({ options: { sheet: { type: 'string' } }, allowPositionals: true });
const [folder = ''] = positionals;
if (!existsSync(join(folder, 'points.json'))) {
  console.error('Give the folder of the pairs; it holds points.json.');
  process.exit(2);
}
await loadOpenCv();
const clock = { now: () => performance.now(), sleep: async () => true };

async function read(path: string): Promise<Pixels> {
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return pixelsFrom(info, data);
}

const median = (numbers: readonly number[]): number => [...numbers].sort((p, q) => p - q)[numbers.length >> 1];

/** Where a place of the source is read in the answer, with the smooth rest. */
function placeOf({ matrix, flow }: Registration, x: number, y: number, source: Pixels, work: { width: number; height: number }) {
  const at = mapPoint(invertAffine(matrix) as Affine, { x, y });
  if (flow === null) return at;
  const u = Math.min(flow.columns - 1.001, (x * work.width) / source.width / flow.cellPx);
  const v = Math.min(flow.rows - 1.001, (y * work.height) / source.height / flow.cellPx);
  const n = Math.floor(v) * flow.columns + Math.floor(u);
  const s = u - Math.floor(u);
  const t = v - Math.floor(v);
  const mix = (d: Float32Array) =>
    (d[n] * (1 - s) + d[n + 1] * s) * (1 - t) + (d[n + flow.columns] * (1 - s) + d[n + flow.columns + 1] * s) * t;
  return { x: at.x + mix(flow.dx), y: at.y + mix(flow.dy) };
}

const points = JSON.parse(readFileSync(join(folder, 'points.json'), 'utf8')) as Record<string, [number, number, number, number][]>;
const tiles: Buffer[] = [];
console.log('median displacement at the matches, px of the answer');
console.log('pair     matches  stretched  best affine  ours, affine  ours, with flow  mode       changed  confidence  ms');
for (const [name, matches] of Object.entries(points)) {
  const files = readdirSync(join(folder, name));
  const [input, output] = [/in|source|before/, /out|result|after/].map((word) => files.find((file) => word.test(file)));
  if (input === undefined || output === undefined) continue;
  const source = await read(join(folder, name, input));
  const answer = await read(join(folder, name, output));
  const start = performance.now();
  const composed = await compose(source, answer, { region: null, tone: 'auto', scope: 'unknown', whole: false }, clock, neverAborted);
  if (composed === null) throw new Error('not aborted');
  const ms = performance.now() - start;
  const from = matches.map(([x, y]) => [x, y] as const);
  const to = matches.map(([, , x, y]) => [x, y] as const);
  const off = (place: (x: number, y: number) => { x: number; y: number }): string =>
    median(matches.map(([x, y, u, v]) => Math.hypot(place(x, y).x - u, place(x, y).y - v))).toFixed(2);
  const { registration } = composed;
  const work = planWorkGrid(source, answer).source;
  const stretch = stretchAffine(source, answer);
  const best = bestAffine(from, to);
  console.log(
    [
      name.padEnd(8),
      String(matches.length).padStart(7),
      off((x, y) => mapPoint(stretch, { x, y })).padStart(10),
      off((x, y) => mapPoint(best, { x, y })).padStart(12),
      off((x, y) => mapPoint(invertAffine(registration.matrix) as Affine, { x, y })).padStart(13),
      off((x, y) => placeOf(registration, x, y, source, work)).padStart(16),
      ` ${composed.mode.padEnd(10)}`,
      composed.change.fraction.toFixed(3).padStart(7),
      registration.confidence.toFixed(2).padStart(11),
      ms.toFixed(0).padStart(5),
    ].join(' '),
  );
  if (values.sheet === undefined) continue;
  const compared = await composed.compared(neverAborted);
  if (compared === null) throw new Error('aborted');
  const { delta } = composed;
  const shown =
    delta === null ? source : layPixelsOver(source, maskedWithin(boundsOf(source), { ...delta, pixels: delta.pixels as Pixels }));
  const mask = pixelsFrom(
    compared,
    Uint8ClampedArray.from({ length: compared.coverage.length * 4 }, (_, i) => (i % 4 === 3 ? 255 : compared.coverage[i >> 2])),
  );
  for (const picture of [source, answer, shown, mask])
    tiles.push(
      await sharp(Buffer.from(picture.data.buffer, picture.data.byteOffset, picture.data.length), {
        raw: { width: picture.width, height: picture.height, channels: 4 },
      })
        .resize(480, 360, { fit: 'contain' })
        .jpeg()
        .toBuffer(),
    );
}
if (values.sheet !== undefined)
  await sharp({ create: { width: 4 * 480, height: (tiles.length / 4) * 360, channels: 3, background: '#444' } })
    .composite(tiles.map((input, i) => ({ input, left: (i % 4) * 480, top: Math.floor(i / 4) * 360 })))
    .toFile(values.sheet);
