/**
 * What composing reaches on cases with known truth, beside laying the stretched answer over the source.
 *
 *   node test/run-ts.mjs bench/merge/table.ts [--cases 39] [--seed 1] [--mp 2] [--sheet FILE.png]
 */
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { neverAborted } from '../../shared/core/abort.ts';
import { composeAffine, invertAffine, mapPoint } from '../../shared/core/compose/affine.ts';
import { type Composed, compose } from '../../shared/core/compose/compose.ts';
import { type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';
import { type Case, findPhotos, imageOf, kinds, makeCase, photometric } from './cases.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '39' },
    seed: { type: 'string', default: '1' },
    mp: { type: 'string', default: '2' },
    sheet: { type: 'string' },
  },
});
const clock = { now: () => performance.now(), sleep: async () => true };

interface Row {
  readonly kind: Case['kind'];
  readonly mode: Composed['mode'];
  readonly registrationPx: number;
  readonly iou: number;
  readonly tolerant: number;
  readonly leak: number;
  readonly found: number;
  readonly maskDb: number;
  readonly naiveMaskDb: number;
  readonly wholeDb: number;
  readonly naiveDb: number;
  readonly outside: number;
  readonly ms: Composed['timingsMs'];
}

function quantile(numbers: readonly number[], at: number): number {
  const sorted = numbers.filter(Number.isFinite).sort((p, q) => p - q);
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))];
}

/** Within `by` px of the mask, as squares. */
function dilated(mask: Uint8Array, width: number, height: number, by: number): Uint8Array {
  const across = new Uint8Array(mask.length);
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++)
    for (let x = 0, last = -1e9; x < width + by; x++) {
      if (x < width && mask[y * width + x] !== 0) last = x;
      const at = x - by;
      if (at >= 0 && last >= at - by) across[y * width + at] = 1;
    }
  for (let x = 0; x < width; x++)
    for (let y = 0, last = -1e9; y < height + by; y++) {
      if (y < height && across[y * width + x] !== 0) last = y;
      const at = y - by;
      if (at >= 0 && last >= at - by) out[at * width + x] = 1;
    }
  return out;
}

function psnr(one: Pixels, two: Pixels, within: (i: number) => boolean): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < one.width * one.height; i++) {
    if (!within(i)) continue;
    for (let c = 0; c < 3; c++) sum += (one.data[i * 4 + c] - two.data[i * 4 + c]) ** 2;
    count += 3;
  }
  return count === 0 ? Number.NaN : 10 * Math.log10((255 * 255 * count) / (sum + 1e-6));
}

function laidOver(source: Pixels, { delta }: Composed): { readonly picture: Pixels; readonly coverage: Uint8Array } {
  const picture = pixelsFrom(source, source.data.slice());
  const coverage = new Uint8Array(source.width * source.height);
  if (delta === null) return { picture, coverage };
  const { bounds, mask, pixels } = delta;
  for (let y = 0; y < bounds.height; y++) {
    for (let x = 0; x < bounds.width; x++) {
      const from = y * bounds.width + x;
      const to = (y + bounds.y) * source.width + x + bounds.x;
      coverage[to] = mask.data[from];
      const alpha = (mask.data[from] * pixels.data[from * 4 + 3]) / (255 * 255);
      for (let c = 0; c < 3; c++) {
        const before = source.data[to * 4 + c];
        picture.data[to * 4 + c] = Math.round(before + (pixels.data[from * 4 + c] - before) * alpha);
      }
    }
  }
  return { picture, coverage };
}

function measured(
  one: Case,
  composed: Composed,
  naive: Pixels,
): { readonly row: Row; readonly picture: Pixels; readonly coverage: Uint8Array } {
  const { source, answer, truth, ideal } = one;
  const { width, height } = source;
  const { picture, coverage } = laidOver(source, composed);
  const hard = Uint8Array.from(truth, (v) => (v > 0.5 ? 1 : 0));
  const any = Uint8Array.from(truth, (v) => (v > 0.02 ? 1 : 0));
  const got = Uint8Array.from(coverage, (v) => (v > 127 ? 1 : 0));
  const edge = Math.max(1, Math.round(2 * Math.sqrt((width * height) / 1.05e6)));
  const nearTruth = dilated(hard, width, height, edge);
  const nearGot = dilated(got, width, height, edge);
  const outer = dilated(any, width, height, 8);
  let both = 0;
  let either = 0;
  let bothNear = 0;
  let eitherNear = 0;
  let untouched = 0;
  let leaked = 0;
  let edit = 0;
  let covered = 0;
  let outside = 0;
  for (let i = 0; i < hard.length; i++) {
    const t = hard[i] !== 0;
    const g = got[i] !== 0;
    if (t && g) both++;
    if (t || g) either++;
    const falsely = g && nearTruth[i] === 0;
    const missed = t && nearGot[i] === 0;
    if (t || g) eitherNear++;
    if ((t || g) && !falsely && !missed) bothNear++;
    if (outer[i] === 0) {
      untouched++;
      if (coverage[i] > 0) leaked++;
    }
    if (t) {
      edit++;
      if (nearGot[i] !== 0) covered++;
    }
    if (coverage[i] === 0)
      for (let c = 0; c < 3; c++)
        if (picture.data[i * 4 + c] !== source.data[i * 4 + c]) {
          outside++;
          break;
        }
  }
  const toAnswer = invertAffine(one.matrix);
  let error = Number.NaN;
  if (toAnswer !== null && composed.registration.accepted) {
    const round = composeAffine(toAnswer, composed.registration.matrix);
    const places = [0.1, 0.5, 0.9].flatMap((u) => [0.1, 0.5, 0.9].map((v) => ({ x: u * answer.width, y: v * answer.height })));
    error = places.reduce((sum, at) => sum + Math.hypot(mapPoint(round, at).x - at.x, mapPoint(round, at).y - at.y), 0) / places.length;
  }
  const isEdit = edit > 0 && one.kind !== 'global';
  const inMask = photometric.includes(one.kind);
  const row: Row = {
    kind: one.kind,
    mode: composed.mode,
    registrationPx: error,
    iou: isEdit ? both / either : Number.NaN,
    tolerant: isEdit ? bothNear / eitherNear : Number.NaN,
    leak: untouched === 0 ? Number.NaN : (100 * leaked) / untouched,
    found: edit === 0 ? Number.NaN : covered / edit,
    maskDb: inMask ? psnr(picture, ideal, (i) => truth[i] > 0.98) : Number.NaN,
    naiveMaskDb: inMask ? psnr(naive, ideal, (i) => truth[i] > 0.98) : Number.NaN,
    wholeDb: psnr(picture, ideal, () => true),
    naiveDb: psnr(naive, ideal, () => true),
    outside,
    ms: composed.timingsMs,
  };
  return { row, picture, coverage };
}

const photos = findPhotos();
const rows: Row[] = [];
const tiles: Buffer[] = [];
const tilePx = 240;
const tile = (pixels: Pixels): Promise<Buffer> => imageOf(pixels).resize(tilePx, 160, { fit: 'fill' }).png().toBuffer();
for (let i = 0; i < Number(values.cases); i++) {
  const one = await makeCase(photos, kinds[i % kinds.length], Number(values.seed), i, Number(values.mp));
  const composed = await compose(
    one.source,
    one.answer,
    { region: null, tone: 'auto', scope: one.scope, whole: false },
    clock,
    neverAborted,
  );
  if (composed === null) throw new Error('aborted');
  const { data, info } = await imageOf(one.answer)
    .resize(one.source.width, one.source.height, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { row, picture, coverage } = measured(one, composed, pixelsFrom(info, data));
  rows.push(row);
  console.error(
    `${i} ${row.kind} ${row.mode} reg ${row.registrationPx.toFixed(3)} iou ${row.iou.toFixed(3)} tolerant ${row.tolerant.toFixed(3)} leak ${row.leak.toFixed(3)} % found ${row.found.toFixed(3)} dB ${row.wholeDb.toFixed(1)} (${one.photo.split('/').slice(-4).join('/')}, confidence ${composed.registration.confidence.toFixed(2)})`,
  );
  if (values.sheet !== undefined) {
    const mask = pixelsFrom(one.source, new Uint8ClampedArray(coverage.length * 4));
    for (let k = 0; k < coverage.length; k++) mask.data.set([coverage[k], coverage[k], coverage[k], 255], k * 4);
    tiles.push(await tile(one.source), await tile(one.answer), await tile(picture), await tile(mask));
  }
}

const column = (of: (row: Row) => number, at: number): string => quantile(rows.map(of), at).toFixed(3);
const three = (name: string, of: (row: Row) => number, marks: readonly [number, string][]): void =>
  console.log(`${name.padEnd(44)} ${marks.map(([at, mark]) => `${mark} ${column(of, at)}`).join('   ')}`);
console.log(`${rows.length} cases, seed ${values.seed}, sources of at most ${values.mp} MP from ${photos.length} photos`);
three('registration, px of the answer', (r) => r.registrationPx, [
  [0.5, 'median'],
  [0.95, 'p95'],
  [1, 'worst'],
]);
three('mask, IoU', (r) => r.iou, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('mask, IoU with edge tolerance', (r) => r.tolerant, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('strokes and text, IoU with edge tolerance', (r) => (r.kind === 'strokes' || r.kind === 'text' ? r.tolerant : Number.NaN), [
  [0.5, 'median'],
  [0, 'least'],
]);
three('untouched picture in the delta, %', (r) => r.leak, [
  [0.5, 'median'],
  [0.9, 'p90'],
  [1, 'worst'],
]);
three('share of the edit found', (r) => r.found, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('light and colour inside the mask, dB, ours', (r) => r.maskDb, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('  the answer stretched over (sharp)', (r) => r.naiveMaskDb, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('whole picture, dB, ours', (r) => r.wholeDb, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
three('  the answer stretched over (sharp)', (r) => r.naiveDb, [
  [0.5, 'median'],
  [0.1, 'p10'],
]);
console.log(`pixels changed outside the mask: ${rows.reduce((sum, r) => sum + r.outside, 0)}`);
for (const stage of ['register', 'tone', 'change', 'lift'] as const)
  three(`${stage}, ms`, (r) => r.ms[stage], [
    [0.5, 'median'],
    [0.9, 'p90'],
  ]);
for (const kind of kinds) {
  const of = rows.filter((r) => r.kind === kind);
  const middle = (value: (r: Row) => number): string => quantile(of.map(value), 0.5).toFixed(3);
  console.log(
    `${kind.padEnd(12)} IoU ${middle((r) => r.iou)} tolerant ${middle((r) => r.tolerant)} leak ${middle((r) => r.leak)} % found ${middle((r) => r.found)} ${middle((r) => r.wholeDb)} dB  ${of.map((r) => r.mode).join(' ')}`,
  );
}
if (values.sheet !== undefined) {
  const composite = tiles.map((input, i) => ({
    input,
    left: (i % 4) * tilePx + Math.floor(i / (4 * 20)) * 4 * tilePx,
    top: (Math.floor(i / 4) % 20) * 160,
  }));
  const columns = Math.ceil(tiles.length / (4 * 20));
  await sharp({ create: { width: columns * 4 * tilePx, height: Math.min(20, tiles.length / 4) * 160, channels: 3, background: '#444' } })
    .composite(composite)
    .png()
    .toFile(values.sheet);
}
