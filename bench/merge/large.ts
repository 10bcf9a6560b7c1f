/**
 * How long composing takes on large layers once the pictures are decoded, what of the memory's bandwidth that is, what memory
 * it needs above the pictures, how long the thread is held, and how soon it stops.
 *
 *   node --expose-gc test/run-ts.mjs bench/merge/large.ts [--mp 12] [--mp 24] [--kind recolour]
 */
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { compose } from '../../shared/core/compose/compose.ts';
import { findPhotos, imageOf, isRich, type Kind, kinds, makeCase, readPhoto } from './cases.ts';
import { loadOpenCv, registerWithEcc } from './opencv.ts';

const { values } = parseArgs({
  options: { mp: { type: 'string', multiple: true, default: ['12', '24'] }, kind: { type: 'string', default: 'recolour' } },
});
const ask = { region: null, tone: 'auto', scope: 'unknown', whole: false } as const;
const median = (numbers: readonly number[]): number => [...numbers].sort((p, q) => p - q)[numbers.length >> 1];
const signalOf = () => {
  const signal = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };
  return signal;
};
await loadOpenCv();

/** Bytes a second that a plain copy reads and writes. */
function bandwidth(): number {
  const from = new Uint8Array(64 << 20);
  const to = new Uint8Array(64 << 20);
  to.set(from);
  const start = performance.now();
  for (let i = 0; i < 8; i++) to.set(from);
  return (8 * 2 * from.length) / ((performance.now() - start) / 1000);
}

/** A thread that is held longer than this has not breathed, ms. */
let heldMs = 0;
let since = 0;
const breathing = {
  now: () => performance.now(),
  sleep: async () => {
    heldMs = Math.max(heldMs, performance.now() - since);
    await new Promise((next) => setImmediate(next));
    since = performance.now();
    return true;
  },
};

const isKind = (name: string): name is Kind => (kinds as readonly string[]).includes(name);
const kind = values.kind;
if (!isKind(kind)) throw new Error(`one of ${kinds.join(', ')}`);
const largest: string[] = [];
for (const photo of findPhotos()) {
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  if (width * height > 14e6 && (await isRich(photo))) largest.push(photo);
}
if (largest.length === 0) throw new Error('No photo of more than 14 MP: install Debian’s mate-backgrounds or plasma-workspace-wallpapers.');

for (const mp of values.mp.map(Number)) {
  const one = await makeCase([largest[0]], kind, 1, 0, mp, async (path) => {
    const photo = await readPhoto(path, mp);
    const scale = Math.sqrt((mp * 1e6) / (photo.width * photo.height));
    if (scale < 1.02) return photo;
    const enlarged = await imageOf(photo)
      .resize(Math.round(photo.width * scale))
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { ...photo, width: enlarged.info.width, height: enlarged.info.height, data: new Uint8ClampedArray(enlarged.data) };
  });
  const { source, answer } = one;
  const runs: { readonly ms: number; readonly stages: Readonly<Record<string, number>>; readonly full: number }[] = [];
  let fraction = 0;
  let held = 0;
  let peak = 0;
  for (let k = 0; k < 7; k++) {
    globalThis.gc?.();
    const before = process.memoryUsage();
    const most = { rss: 0 };
    since = performance.now();
    heldMs = 0;
    const start = performance.now();
    const watched = {
      now: breathing.now,
      sleep: async () => {
        const { external, heapUsed } = process.memoryUsage();
        most.rss = Math.max(most.rss, external + heapUsed);
        return breathing.sleep();
      },
    };
    const composed = await compose(source, answer, ask, watched, signalOf());
    const ms = performance.now() - start;
    heldMs = Math.max(heldMs, performance.now() - since);
    if (composed === null) throw new Error('not aborted');
    fraction = composed.change.fraction;
    held = Math.max(held, heldMs);
    const delta = composed.delta === null ? 0 : composed.delta.pixels.data.length + composed.delta.mask.data.length;
    peak = Math.max(peak, most.rss - before.external - before.heapUsed - delta);
    const startFull = performance.now();
    await composed.answer(signalOf());
    runs.push({ ms, stages: composed.timingsMs, full: performance.now() - startFull });
  }
  const warm = runs.slice(2);
  const stops: number[] = [];
  for (let k = 0; k < 12; k++) {
    const signal = signalOf();
    const after = (median(warm.map(({ ms }) => ms)) * (k + 0.5)) / 12;
    const start = performance.now();
    const clock = {
      now: () => {
        const now = performance.now();
        if (!signal.aborted && now - start > after) {
          signal.aborted = true;
        }
        return now;
      },
      sleep: breathing.sleep,
    };
    const composed = await compose(source, answer, ask, clock, signal);
    if (composed === null) stops.push(performance.now() - start - after);
  }
  const naive: number[] = [];
  for (let k = 0; k < 5; k++) {
    const start = performance.now();
    await imageOf(answer).resize(source.width, source.height, { fit: 'fill' }).raw().toBuffer();
    naive.push(performance.now() - start);
  }
  const ecc = await registerWithEcc(source, answer);
  const total = median(warm.map(({ ms }) => ms));
  // Reading both pictures and the mask, and writing the delta, once.
  const touched = source.data.length + answer.data.length + source.width * source.height * fraction * 5;
  const perSecond = bandwidth();
  console.log(
    `\n${(source.width * source.height) / 1e6} MP source, ${(answer.width * answer.height) / 1e6} MP answer, ${kind}, ${(fraction * 100).toFixed(1)} % changed, median of ${warm.length}`,
  );
  for (const stage of ['register', 'tone', 'change', 'lift']) {
    const ms = median(warm.map(({ stages }) => stages[stage]));
    console.log(`  ${stage.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms ${((100 * ms) / total).toFixed(0).padStart(4)} %`);
  }
  console.log(`  ${'whole composition'.padEnd(34)} ${total.toFixed(0).padStart(6)} ms; the first of all ${runs[0].ms.toFixed(0)} ms`);
  console.log(
    `  ${'memory bandwidth used'.padEnd(34)} ${((100 * touched) / perSecond / (total / 1000)).toFixed(1).padStart(6)} % of ${(perSecond / 1e9).toFixed(1)} GB/s read and written; the floor would be ${((1000 * touched) / perSecond).toFixed(0)} ms`,
  );
  console.log(
    `  ${'the full answer, kept hidden'.padEnd(34)} ${median(warm.map(({ full }) => full))
      .toFixed(0)
      .padStart(6)} ms more`,
  );
  console.log(
    `  ${'largest growth of heap and buffers'.padEnd(34)} ${(peak / 1e6).toFixed(0).padStart(6)} MB above pictures and delta, what was collected meanwhile taken off`,
  );
  console.log(`  ${'thread held at most'.padEnd(34)} ${held.toFixed(0).padStart(6)} ms`);
  console.log(
    `  ${'stopped after an abort, at most'.padEnd(34)} ${Math.max(...stops)
      .toFixed(0)
      .padStart(6)} ms (${stops.length} of 12 were in time)`,
  );
  console.log(`  ${'sharp: the answer stretched'.padEnd(34)} ${median(naive).toFixed(0).padStart(6)} ms`);
  console.log(`  ${'OpenCV: register by ECC'.padEnd(34)} ${ecc.ms.toFixed(0).padStart(6)} ms`);
}
