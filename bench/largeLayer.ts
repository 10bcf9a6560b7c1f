/**
 * The 12-megapixel path: `retake edit` on a layered PSD and on a JPEG, against the local server through the real SDK, by
 * stage; and the parts that others do too, side by side in the same run. Run it by
 * `node test/run-ts.mjs bench/largeLayer.ts [PICTURE]`; without a picture it makes one of that size.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { initializeCanvas, type Layer, readPsd, writePsdUint8Array } from 'ag-psd';
import sharp from 'sharp';
import { neverAborted } from '../shared/core/abort.ts';
import { resize } from '../shared/core/compose/resample.ts';
import { pixelsFrom } from '../shared/core/pixels.ts';
import { createNodeCodec } from '../standalone/command/nodeCodec.ts';
import { openDocument } from '../standalone/documents/openDocument.ts';
import { startGeminiServer } from '../test/geminiServer/server.ts';

const runs = 3;
const size = { width: 4000, height: 3000 };

const folder = await mkdtemp(join(tmpdir(), 'retake-bench-'));

async function sourcePicture(path: string | undefined): Promise<Buffer> {
  const from = path ?? 'test/fixtures/photos/coffee.png';
  return sharp(from).resize(size.width, size.height, { fit: 'cover' }).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
}

async function layeredPsd(picture: Buffer): Promise<Uint8Array> {
  initializeCanvas(noCanvas, (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as ImageData);
  const data = new Uint8ClampedArray(await sharp(picture).ensureAlpha().raw().toBuffer());
  const imageData = { ...size, data } as unknown as ImageData;
  const layer = (name: string, hidden = false): Layer => ({ name, left: 0, top: 0, imageData, hidden });
  return writePsdUint8Array({
    ...size,
    imageData,
    children: [layer('Background'), layer('Older', true), layer('Photo'), layer('Look', true)],
  });
}

function noCanvas(): never {
  throw new Error('no canvas here');
}

type Input = readonly [label: string, file: string, options: readonly string[]];

async function editStages(inputs: readonly Input[]): Promise<void> {
  const server = await startGeminiServer();
  const env = { ...process.env, GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url };
  try {
    for (const [label, file, options] of inputs) {
      const reports = [];
      for (let run = 0; run < runs; run++) {
        const report = join(folder, 'report.json');
        const args = ['edit', file, ...options, '-i', 'make it warmer', '-o', join(folder, `${label}-${run}.psd`), '--report', report];
        await promisify(execFile)(process.execPath, ['standalone/bin/retake.js', ...args], { env });
        reports.push(JSON.parse(await readFile(report, 'utf8')));
      }
      const [{ sent, result }] = reports;
      console.log(
        `\n${label}: sent ${sent[0].width} × ${sent[0].height} as ${sent[0].type}, ${mb(sent[0].byteLength)}; answer ${result.width} × ${result.height}`,
      );
      for (const stage of Object.keys(reports[0].timingsMs)) {
        const note = stage === 'request' ? '  (the local server, which makes its answer itself)' : '';
        row(stage, median(reports.map((one) => one.timingsMs[stage])), note);
      }
      const ours = reports.map(({ timingsMs: t }) => t.total - t.request);
      row('total less request', median(ours));
      console.log(
        `${'peak memory'.padEnd(24)}${median(reports.map((one) => one.peakRssMb))
          .toFixed(0)
          .padStart(8)} MB`,
      );
    }
  } finally {
    await server.close();
  }
}

async function sideBySide(psdFile: string): Promise<void> {
  const bytes = new Uint8Array(await readFile(psdFile));
  const raw = await sharp(await sourcePicture(process.argv[2]))
    .ensureAlpha()
    .raw()
    .toBuffer();
  const pixels = pixelsFrom(size, raw);
  const pace = { breathe: () => false };
  const input = { raw: { ...size, channels: 4 as const } };
  const target = { width: 2048, height: 1536 };
  console.log(`\n${'side by side'.padEnd(34)}ours ms   theirs ms   ratio`);
  await compare(
    'reduce to 2048 px / sharp lanczos3',
    () => resize(pixels, target, pace),
    () => sharp(raw, input).resize(target.width, target.height, { fit: 'fill' }).raw().toBuffer(),
  );
  const large = { width: 4800, height: 3584 };
  const answer = await sharp(raw, input).resize(large.width, large.height, { fit: 'fill' }).raw().toBuffer();
  await compare(
    'carry 17 MP to 12 MP / sharp',
    () => resize(pixelsFrom(large, answer), size, pace),
    () =>
      sharp(answer, { raw: { ...large, channels: 4 } })
        .resize(size.width, size.height, { fit: 'fill' })
        .raw()
        .toBuffer(),
  );
  await compare(
    'open PSD, read one layer / ag-psd',
    async () => {
      const document = await openDocument(bytes, 'large.psd', createNodeCodec(), neverAborted);
      if (!document.ok) throw new Error(document.error.kind);
      const layers = await document.value.layers();
      if (!layers.ok) throw new Error(layers.error.kind);
      const read = await document.value.readPixels({ of: layers.value[0].ref, bounds: { x: 0, y: 0, ...size } }, neverAborted);
      if (!read.ok) throw new Error(read.error.kind);
    },
    async () => readPsd(bytes, { useImageData: true }),
  );
}

async function compare(label: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<void> {
  const times: [number, number][] = [];
  for (let run = 0; run <= runs; run++) {
    const pair: [number, number] = [await timed(ours), await timed(theirs)];
    // The first pair warms both up.
    if (run > 0) times.push(pair);
  }
  const a = median(times.map(([x]) => x));
  const b = median(times.map(([, x]) => x));
  console.log(`${label.padEnd(34)}${a.toFixed(0).padStart(7)}${b.toFixed(0).padStart(12)}${(a / b).toFixed(2).padStart(8)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (label: string, ms: number, note = ''): void => console.log(`${label.padEnd(24)}${ms.toFixed(0).padStart(8)} ms${note}`);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

try {
  const picture = await sourcePicture(process.argv[2]);
  const jpeg = join(folder, 'large.jpg');
  const psd = join(folder, 'large.psd');
  await writeFile(jpeg, await sharp(picture).jpeg({ quality: 92 }).toBuffer());
  await writeFile(psd, await layeredPsd(picture));
  console.log(
    `Source ${size.width} × ${size.height}; PSD with 4 layers ${mb((await stat(psd)).size)}, JPEG ${mb((await stat(jpeg)).size)}`,
  );
  await editStages([
    ['PSD', psd, ['-l', 'Photo']],
    ['JPEG', jpeg, []],
  ]);
  await sideBySide(psd);
} finally {
  await rm(folder, { recursive: true, force: true });
}
