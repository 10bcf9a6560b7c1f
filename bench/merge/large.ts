/**
 * How long composing takes on large layers once the pictures are decoded, what of the memory's bandwidth that is, what memory
 * it needs above the pictures, how long the thread is held, and how soon it stops; beside sharp and OpenCV in the same run.
 * Each size is composed in a process of its own.
 *
 *   node test/run-ts.mjs bench/merge/large.ts [--mp 12] [--mp 24] [--kind recolour]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import sharp from 'sharp';
import { type Case, findPhotos, imageOf, isRich, type Kind, kinds, makeCase, readPhoto } from './cases.ts';
import type { LargeRuns, Run } from './largeRuns.ts';
import { loadOpenCv, registerWithEcc } from './opencv.ts';

const { values } = parseArgs({
  options: { mp: { type: 'string', multiple: true, default: ['12', '24'] }, kind: { type: 'string', default: 'recolour' } },
});
const here = dirname(resolve(process.argv[1]));
const median = (numbers: readonly number[]): number => [...numbers].sort((p, q) => p - q)[numbers.length >> 1];
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

const isKind = (name: string): name is Kind => (kinds as readonly string[]).includes(name);
const kind = values.kind;
if (!isKind(kind)) throw new Error(`one of ${kinds.join(', ')}`);

async function largestPhoto(): Promise<string> {
  for (const photo of findPhotos()) {
    const { width = 0, height = 0 } = await sharp(photo).metadata();
    if (width * height > 14e6 && (await isRich(photo))) return photo;
  }
  throw new Error('No photo of more than 14 MP: install Debian’s mate-backgrounds or plasma-workspace-wallpapers.');
}
const largest = await largestPhoto();

const caseOf = (mp: number, of: Kind): Promise<Case> =>
  makeCase([largest], of, 1, 0, mp, async (path) => {
    const photo = await readPhoto(path, mp);
    const scale = Math.sqrt((mp * 1e6) / (photo.width * photo.height));
    if (scale < 1.02) return photo;
    const enlarged = await imageOf(photo)
      .resize(Math.round(photo.width * scale))
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { ...photo, width: enlarged.info.width, height: enlarged.info.height, data: new Uint8ClampedArray(enlarged.data) };
  });

async function runsOf({ source, answer }: Case): Promise<LargeRuns> {
  const folder = await mkdtemp(join(tmpdir(), 'large-'));
  try {
    await writeFile(join(folder, 'source'), source.data);
    await writeFile(join(folder, 'answer'), answer.data);
    const extentOf = ({ width, height }: Case['source']) => ({ width, height });
    await writeFile(join(folder, 'pictures.json'), JSON.stringify({ source: extentOf(source), answer: extentOf(answer) }));
    const args = ['--expose-gc', join(here, '../../test/run-ts.mjs'), join(here, 'largeRuns.ts'), folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
    return JSON.parse(stdout) as LargeRuns;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const line = (name: string, figure: number, rest: string): void =>
  console.log(`  ${name.padEnd(40)} ${figure.toFixed(0).padStart(6)} ${rest}`);

/** The longest hold of each run: the middle run's and the worst, by the clock on the wall and by the processor's. */
const holds = (runs: readonly Run[]): string =>
  `ms in the middle run, ${Math.max(...runs.map(({ heldMs }) => heldMs)).toFixed(0)} in the worst; of the processor ${median(
    runs.map(({ heldCpuMs }) => heldCpuMs),
  ).toFixed(0)} and ${Math.max(...runs.map(({ heldCpuMs }) => heldCpuMs)).toFixed(0)}`;

async function peers({ source, answer }: Case): Promise<{ readonly stretchedMs: number; readonly eccMs: number }> {
  const stretched: number[] = [];
  for (let k = 0; k < 5; k++) {
    const start = performance.now();
    await imageOf(answer).resize(source.width, source.height, { fit: 'fill' }).raw().toBuffer();
    stretched.push(performance.now() - start);
  }
  return { stretchedMs: median(stretched), eccMs: (await registerWithEcc(source, answer)).ms };
}

for (const mp of values.mp.map(Number)) {
  const one = await caseOf(mp, kind);
  const { source, answer } = one;
  const { fraction, first, warm, laidOver, stops } = await runsOf(one);
  const { stretchedMs, eccMs } = await peers(one);
  const total = median(warm.map(({ ms }) => ms));
  // Reading both pictures and the mask, and writing the delta, once.
  const touched = source.data.length + answer.data.length + source.width * source.height * fraction * 5;
  const perSecond = bandwidth();
  const mpOf = ({ width, height }: Case['source']): string => ((width * height) / 1e6).toFixed(1);
  console.log(
    `\n${mpOf(source)} MP source, ${mpOf(answer)} MP answer, ${kind}, ${(fraction * 100).toFixed(1)} % changed, median of ${warm.length} warm runs`,
  );
  for (const stage of ['register', 'tone', 'change', 'lift'] as const) {
    const ms = median(warm.map(({ stages }) => stages[stage]));
    line(stage, ms, `ms ${((100 * ms) / total).toFixed(0).padStart(4)} %`);
  }
  line('whole composition', total, `ms, ${median(warm.map(({ cpuMs }) => cpuMs)).toFixed(0)} of the processor`);
  line('  the first of a process', first.ms, `ms, ${first.cpuMs.toFixed(0)} of the processor`);
  const share = ((100 * touched) / perSecond / (total / 1000)).toFixed(2);
  line(
    '  the floor, everything touched once',
    (1000 * touched) / perSecond,
    `ms; used: ${share} % of ${(perSecond / 1e9).toFixed(1)} GB/s`,
  );
  line('  resident above the pictures, first run', first.residentBytes / 1e6, 'MB, the delta included');
  line('    in later runs', Math.max(...warm.map(({ residentBytes }) => residentBytes)) / 1e6, 'MB at most');
  line('  thread held at most', median(warm.map(({ heldMs }) => heldMs)), holds(warm));
  line('    in the first run', first.heldMs, `ms; of the processor ${first.heldCpuMs.toFixed(0)}`);
  line('  stopped after an abort', median(stops), `ms, ${Math.max(...stops).toFixed(0)} at most (${stops.length} of 20 were in time)`);
  line(
    'laid over, with the full answer',
    median(laidOver.map(({ ms }) => ms)),
    `ms, ${median(laidOver.map(({ cpuMs }) => cpuMs)).toFixed(0)} of the processor`,
  );
  line('  thread held at most', median(laidOver.map(({ heldMs }) => heldMs)), holds(laidOver));
  line('sharp: the answer stretched', stretchedMs, 'ms');
  line('OpenCV: register by ECC', eccMs, 'ms');
}
