/**
 * What composing reaches on cases with known truth, beside laying the stretched answer over the source (sharp) and
 * registering by ECC (OpenCV in WebAssembly).
 *
 *   node test/run-ts.mjs bench/merge/table.ts [--cases 120] [--seed 1] [--mp 2] [--rich] [--without-opencv] [--sheet FILE.png]
 */
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { neverAborted } from '../../shared/core/abort.ts';
import { composeAffine, invertAffine, mapPoint } from '../../shared/core/compose/affine.ts';
import { type Composed, compose } from '../../shared/core/compose/compose.ts';
import type { Affine } from '../../shared/core/compose/types.ts';
import { layPixelsOver, maskedWithin } from '../../shared/core/edit/layPixelsOver.ts';
import { boundsOf } from '../../shared/core/geometry.ts';
import { cropMask, type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';
import { type Case, findPhotos, imageOf, isRich, kinds, makeCase, photometric } from './cases.ts';
import { type EccFit, loadOpenCv, registerWithEcc } from './opencv.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    mp: { type: 'string', default: '2' },
    rich: { type: 'boolean', default: false },
    'without-opencv': { type: 'boolean', default: false },
    sheet: { type: 'string' },
  },
});
const clock = { now: () => performance.now(), sleep: async () => true };

interface Row {
  readonly kind: Case['kind'];
  readonly mode: Composed['mode'];
  readonly group: Case['group'];
  readonly framing: Case['framing'];
  readonly registrationPx: number;
  readonly eccPx: number;
  readonly eccMs: number;
  /** The same figures against the part of the edit that shows. */
  readonly visibleIou: number;
  readonly visibleTolerant: number;
  readonly visibleFound: number;
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
  const whole = boundsOf(source);
  if (delta === null) return { picture: source, coverage: new Uint8Array(source.width * source.height) };
  const over = maskedWithin(whole, { ...delta, pixels: delta.pixels as Pixels });
  return { picture: layPixelsOver(source, over), coverage: new Uint8Array(cropMask(delta.mask, whole).data) };
}

interface MaskFigures {
  readonly iou: number;
  readonly tolerant: number;
  readonly found: number;
}

function maskFigures(wanted: Uint8Array, got: Uint8Array, width: number, height: number): MaskFigures {
  const edge = Math.max(1, Math.round(2 * Math.sqrt((width * height) / 1.05e6)));
  const nearWanted = dilated(wanted, width, height, edge);
  const nearGot = dilated(got, width, height, edge);
  let both = 0;
  let either = 0;
  let bothNear = 0;
  let edit = 0;
  let covered = 0;
  for (let i = 0; i < wanted.length; i++) {
    const t = wanted[i] !== 0;
    const g = got[i] !== 0;
    if (t) {
      edit++;
      if (nearGot[i] !== 0) covered++;
    }
    if (!t && !g) continue;
    either++;
    if (t && g) both++;
    const falsely = g && nearWanted[i] === 0;
    const missed = t && nearGot[i] === 0;
    if (!falsely && !missed) bothNear++;
  }
  if (edit === 0) return { iou: Number.NaN, tolerant: Number.NaN, found: Number.NaN };
  return { iou: both / either, tolerant: bothNear / either, found: covered / edit };
}

/** Mean distance between where two maps lead, over a grid of places of the answer, px of the answer. */
function errorOf(truth: Affine, found: Affine, { width, height }: Pixels): number {
  const toAnswer = invertAffine(truth);
  if (toAnswer === null) return Number.NaN;
  const round = composeAffine(toAnswer, found);
  const places = [0.1, 0.5, 0.9].flatMap((u) => [0.1, 0.5, 0.9].map((v) => ({ x: u * width, y: v * height })));
  return places.reduce((sum, at) => sum + Math.hypot(mapPoint(round, at).x - at.x, mapPoint(round, at).y - at.y), 0) / places.length;
}

function measured(
  one: Case,
  composed: Composed,
  naive: Pixels,
  ecc: EccFit | null,
): { readonly row: Row; readonly picture: Pixels; readonly coverage: Uint8Array } {
  const { source, answer, truth, visible, ideal } = one;
  const { width, height } = source;
  const { picture, coverage } = laidOver(source, composed);
  const any = Uint8Array.from(truth, (v) => (v > 0.02 ? 1 : 0));
  const got = Uint8Array.from(coverage, (v) => (v > 127 ? 1 : 0));
  const outer = dilated(any, width, height, 8);
  let untouched = 0;
  let leaked = 0;
  let outside = 0;
  for (let i = 0; i < any.length; i++) {
    if (outer[i] === 0) {
      untouched++;
      if (coverage[i] > 0) leaked++;
    }
    if (coverage[i] === 0)
      for (let c = 0; c < 3; c++)
        if (picture.data[i * 4 + c] !== source.data[i * 4 + c]) {
          outside++;
          break;
        }
  }
  const hard = (mask: Float32Array) => Uint8Array.from(mask, (v) => (v > 0.5 ? 1 : 0));
  const painted = maskFigures(hard(truth), got, width, height);
  const seen = maskFigures(hard(visible), got, width, height);
  const isLocal = one.kind !== 'global';
  const inMask = photometric.includes(one.kind);
  const row: Row = {
    kind: one.kind,
    group: one.group,
    framing: one.framing,
    mode: composed.mode,
    registrationPx: composed.registration.accepted ? errorOf(one.matrix, composed.registration.matrix, answer) : Number.NaN,
    eccPx: ecc === null ? Number.NaN : ecc.matrix === null ? Number.NaN : errorOf(one.matrix, ecc.matrix, answer),
    eccMs: ecc?.ms ?? Number.NaN,
    iou: isLocal ? painted.iou : Number.NaN,
    tolerant: isLocal ? painted.tolerant : Number.NaN,
    found: painted.found,
    visibleIou: isLocal ? seen.iou : Number.NaN,
    visibleTolerant: isLocal ? seen.tolerant : Number.NaN,
    visibleFound: seen.found,
    leak: untouched === 0 ? Number.NaN : (100 * leaked) / untouched,
    maskDb: inMask ? psnr(picture, ideal, (i) => truth[i] > 0.98) : Number.NaN,
    naiveMaskDb: inMask ? psnr(naive, ideal, (i) => truth[i] > 0.98) : Number.NaN,
    wholeDb: psnr(picture, ideal, () => true),
    naiveDb: psnr(naive, ideal, () => true),
    outside,
    ms: composed.timingsMs,
  };
  return { row, picture, coverage };
}

if (!values['without-opencv']) await loadOpenCv();
const photos: string[] = [];
for (const photo of findPhotos()) if (!values.rich || (await isRich(photo))) photos.push(photo);
console.log(
  `${photos.length} pictures${photos.length > 4 ? '' : ': more come with Debian’s mate-backgrounds and plasma-workspace-wallpapers'}`,
);
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
  const ecc = values['without-opencv'] ? null : await registerWithEcc(one.source, one.answer);
  const { row, picture, coverage } = measured(one, composed, pixelsFrom(info, data), ecc);
  rows.push(row);
  console.error(
    `${i} ${row.kind} ${row.group} ${row.framing} ${row.mode} reg ${row.registrationPx.toFixed(3)} ecc ${row.eccPx.toFixed(2)} iou ${row.iou.toFixed(3)} ${row.visibleIou.toFixed(3)} tolerant ${row.tolerant.toFixed(3)} ${row.visibleTolerant.toFixed(3)} leak ${row.leak.toFixed(3)} % found ${row.found.toFixed(3)} ${row.visibleFound.toFixed(3)} in ${row.maskDb.toFixed(1)} all ${row.wholeDb.toFixed(1)} dB (${one.photo.split('/').slice(-4).join('/')}, confidence ${composed.registration.confidence.toFixed(2)})`,
  );
  if (values.sheet !== undefined) {
    const mask = pixelsFrom(one.source, new Uint8ClampedArray(coverage.length * 4));
    for (let k = 0; k < coverage.length; k++) mask.data.set([coverage[k], coverage[k], coverage[k], 255], k * 4);
    tiles.push(await tile(one.source), await tile(one.answer), await tile(picture), await tile(mask));
  }
}

function print(of: readonly Row[]): void {
  const line = (name: string, value: (row: Row) => number, marks: readonly [number, string][]): void =>
    console.log(`  ${name.padEnd(46)} ${marks.map(([at, mark]) => `${mark} ${quantile(of.map(value), at).toFixed(3)}`).join('   ')}`);
  const spread: readonly [number, string][] = [
    [0.5, 'median'],
    [0.95, 'p95'],
    [1, 'worst'],
  ];
  const low: readonly [number, string][] = [
    [0.5, 'median'],
    [0.1, 'p10'],
  ];
  line('registration, px of the answer: ours', (r) => r.registrationPx, [...spread]);
  const accepted = of.filter((r) => !Number.isNaN(r.registrationPx)).length;
  const within = of.filter((r) => r.registrationPx <= 0.5).length;
  console.log(`    placed ${accepted} of ${of.length}, within half a pixel ${((100 * within) / of.length).toFixed(0)} % of all`);
  if (!values['without-opencv']) {
    line('  OpenCV, ECC on a pyramid', (r) => r.eccPx, [...spread]);
    console.log(
      `    placed ${of.filter((r) => !Number.isNaN(r.eccPx)).length} of ${of.length}, within half a pixel ${((100 * of.filter((r) => r.eccPx <= 0.5).length) / of.length).toFixed(0)} % of all`,
    );
  }
  line('mask, IoU, of what shows', (r) => r.visibleIou, [...low]);
  line('  with edge tolerance', (r) => r.visibleTolerant, [...low]);
  line('  of all that was painted', (r) => r.iou, [...low]);
  line('  of all that was painted, with edge tolerance', (r) => r.tolerant, [...low]);
  line('strokes and text, IoU', (r) => (r.kind === 'strokes' || r.kind === 'text' ? r.visibleIou : Number.NaN), [
    [0.5, 'median'],
    [0, 'least'],
  ]);
  line('untouched picture in the delta, %', (r) => r.leak, [
    [0.5, 'median'],
    [0.9, 'p90'],
    [1, 'worst'],
  ]);
  line('share found, of what shows', (r) => r.visibleFound, [...low]);
  line('  of all that was painted', (r) => r.found, [...low]);
  line('light and colour inside the mask, dB: ours', (r) => r.maskDb, [...low]);
  line('  sharp: the answer stretched over', (r) => r.naiveMaskDb, [...low]);
  line('whole picture, dB: ours', (r) => r.wholeDb, [...low]);
  line('  sharp: the answer stretched over', (r) => r.naiveDb, [...low]);
  console.log(`  pixels changed outside the mask: ${of.reduce((sum, r) => sum + r.outside, 0)}`);
  for (const stage of ['register', 'tone', 'change', 'lift'] as const)
    line(`${stage}, ms`, (r) => r.ms[stage], [
      [0.5, 'median'],
      [0.9, 'p90'],
    ]);
  if (!values['without-opencv'])
    line('OpenCV, ECC, ms', (r) => r.eccMs, [
      [0.5, 'median'],
      [0.9, 'p90'],
    ]);
}

console.log(`${rows.length} cases, seed ${values.seed}, sources of at most ${values.mp} MP from ${photos.length} pictures`);
for (const group of ['rich', 'sparse'] as const) {
  const of = rows.filter((row) => row.group === group);
  if (of.length === 0) continue;
  console.log(`\n${group === 'rich' ? 'photographs and full pictures' : 'drawings on an even ground'}: ${of.length} cases`);
  print(of);
}
console.log('\nby kind, full pictures, medians');
for (const kind of kinds) {
  const of = rows.filter((r) => r.kind === kind && r.group === 'rich');
  const middle = (value: (r: Row) => number): string => quantile(of.map(value), 0.5).toFixed(3);
  console.log(
    `  ${kind.padEnd(12)} IoU ${middle((r) => r.visibleIou)} tolerant ${middle((r) => r.visibleTolerant)} leak ${middle((r) => r.leak)} % found ${middle((r) => r.visibleFound)} ${middle((r) => r.wholeDb)} dB  ${of.map((r) => r.mode).join(' ')}`,
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
