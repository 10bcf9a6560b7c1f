/** `retake merge` from the shell to a file, on pictures as they come from other tools, good and bad. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { valueIn } from '../documents/valueIn.ts';
import { ensureBuilt, Folder, inLanes, retake } from './runRetake.ts';

vi.setConfig({ testTimeout: 180_000 });
const here = import.meta.dirname;
const photo = (name: string) => join(here, '../fixtures/photos', name);

beforeAll(ensureBuilt);

const spot = { left: 250, top: 150, width: 90, height: 70 };

/** The coffee with a green patch. */
const edited = () =>
  sharp(photo('coffee.png')).composite([
    { input: { create: { ...spot, channels: 3, background: '#2a8f4a' } }, left: spot.left, top: spot.top },
  ]);

/** As a model returns it: another size and ratio, a tint, JPEG. */
async function returned(): Promise<Buffer> {
  const flat = await edited().png().toBuffer();
  return sharp(flat).resize(1184, 800, { fit: 'fill' }).linear([1.01, 1, 0.99], [2, 0, 1]).jpeg({ quality: 92 }).toBuffer();
}

const report = (folder: Folder, name = 'report.json') => JSON.parse(folder.read(name).toString());

test('a merge is the source untouched, the change with its mask, and the full answer hidden beneath', async () => {
  using folder = new Folder();
  folder.photo('coffee.png');
  folder.put('result.jpg', await returned());
  const ended = await retake(['merge', 'coffee.png', 'result.jpg', '--report', 'report.json'], folder.path);
  expect(ended).toMatchObject({ code: 0, stdout: 'coffee-merged.psd\n' });

  const psd = JSON.parse(
    execFileSync('/usr/bin/python3', [join(here, '../documents/readPsd.py'), folder.at('coffee-merged.psd'), 'plain'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  expect(psd.layers.map((layer: { name: string }) => layer.name)).toEqual(['coffee', 'result.jpg']);
  const [answer, take] = psd.layers[1].children;
  expect(answer).toMatchObject({ visible: false, size: [600, 400] });
  expect(take).toMatchObject({ visible: true, maskHash: expect.any(String) });
  const original = await sharp(folder.at('coffee.png')).ensureAlpha().raw().toBuffer();
  const layer = execFileSync('convert', [`${folder.at('coffee-merged.psd')}[1]`, '-depth', '8', 'rgba:-'], { maxBuffer: 2 ** 24 });
  expect(Buffer.compare(layer, original)).toBe(0);

  const told = report(folder);
  expect(told).toMatchObject({
    schema: 1,
    source: { width: 600, height: 400 },
    result: { width: 1184, height: 800 },
    mode: 'delta',
    registration: { accepted: true, confidence: expect.any(Number), residualPx: expect.any(Number), reason: null },
    tone: { applied: true, maxShift: expect.any(Number) },
    change: { fraction: expect.any(Number), bounds: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)] },
    kept: { changedPixelsOutside: 0 },
    peakRssMb: expect.any(Number),
    output: 'coffee-merged.psd',
  });
  expect(Object.keys(told.timingsMs)).toEqual(['decode', 'register', 'tone', 'change', 'lift', 'compose', 'encode', 'total']);
  expect(told.registration.matrix[0]).toBeCloseTo(600 / 1184, 3);
  expect(told.registration.matrix[3]).toBeCloseTo(400 / 800, 3);
  expect(told.change.fraction).toBeCloseTo((spot.width * spot.height) / (600 * 400), 2);
});

test('as a PNG it is the change alone: laid over the source, every pixel away from the change is the source’s', async () => {
  using folder = new Folder();
  folder.photo('coffee.png');
  folder.put('result.jpg', await returned());
  const ended = await retake(['merge', 'coffee.png', 'result.jpg', '-o', 'change.png'], folder.path);
  expect(ended.code).toBe(0);
  const delta = await sharp(folder.at('change.png')).raw().toBuffer({ resolveWithObject: true });
  expect([delta.info.width, delta.info.height, delta.info.channels]).toEqual([600, 400, 4]);
  let inside = 0;
  let outside = 0;
  for (let y = 0; y < 400; y++) {
    for (let x = 0; x < 600; x++) {
      const alpha = delta.data[(y * 600 + x) * 4 + 3];
      const u = Math.max(spot.left - x, x - spot.left - spot.width + 1);
      const v = Math.max(spot.top - y, y - spot.top - spot.height + 1);
      if (Math.max(u, v) <= -2 && alpha < 250) inside++;
      if (Math.max(u, v) > 8 && alpha > 0) outside++;
    }
  }
  expect({ inside, outside }).toEqual({ inside: 0, outside: 0 });
  const at = (x: number, y: number) => [...delta.data.subarray((y * 600 + x) * 4, (y * 600 + x) * 4 + 3)];
  const green = [0x2a, 0x8f, 0x4a];
  for (const [c, value] of at(spot.left + 45, spot.top + 35).entries()) expect(Math.abs(value - green[c])).toBeLessThan(12);
});

describe('a source of 16 bits', () => {
  /** Fine gradients: levels that 8 bits do not have. */
  const deep = () => sharp(photo('coffee.png')).removeAlpha().pipelineColourspace('rgb16').blur(3).toColourspace('rgb16').png().toBuffer();
  const lit = { left: 180, top: 90, width: 240, height: 200 };

  /** Half of it brightened, as a model returns it: with 8 bits. */
  async function brightened(source: Buffer): Promise<Buffer> {
    const flat = await sharp(source).toColourspace('srgb').png().toBuffer();
    const part = await sharp(flat).extract(lit).linear(1.25, 12).png().toBuffer();
    const whole = await sharp(flat)
      .composite([{ input: part, left: lit.left, top: lit.top }])
      .png()
      .toBuffer();
    return sharp(whole).resize(1200, 800, { fit: 'fill' }).png().toBuffer();
  }

  test('gets a change of 16 bits: as a PNG, and in a PSD of 16 bits beside the untouched source', async () => {
    using folder = new Folder();
    const source = await deep();
    folder.put('deep.png', source);
    folder.put('lit.png', await brightened(source));
    const asPng = await retake(['merge', 'deep.png', 'lit.png', '-o', 'change.png', '--report', 'report.json'], folder.path);
    expect(asPng.code, asPng.stderr).toBe(0);
    expect(report(folder)).toMatchObject({ mode: 'delta', kept: { changedPixelsOutside: 0 } });
    const change = decode(folder.read('change.png'));
    expect(change).toMatchObject({ width: 600, height: 400, depth: 16, channels: 4 });
    const original = decode(source);
    const levels = new Set<number>();
    let outside = 0;
    for (let y = 0; y < 400; y++) {
      for (let x = 0; x < 600; x++) {
        const i = (y * 600 + x) * 4;
        const isInside = x > lit.left + 12 && x < lit.left + lit.width - 12 && y > lit.top + 12 && y < lit.top + lit.height - 12;
        const isFar = x < lit.left - 12 || x >= lit.left + lit.width + 12 || y < lit.top - 12 || y >= lit.top + lit.height + 12;
        if (isFar && change.data[i + 3] > 0) outside++;
        if (isInside) levels.add(change.data[i + 1]);
      }
    }
    expect(outside).toBe(0);
    // 8 bits have 256.
    expect(levels.size).toBeGreaterThan(5000);

    const asPsd = await retake(['merge', 'deep.png', 'lit.png', '-o', 'change.psd'], folder.path);
    expect(asPsd.code, asPsd.stderr).toBe(0);
    const host = valueIn(await openDocument(folder.read('change.psd'), 'change.psd', createNodeCodec(), neverAborted));
    expect(valueIn(await host.document()).depth).toBe(16);
    const layers = valueIn(await host.layers());
    const read = async (name: string) => {
      const layer = layers.find((one) => one.name === name);
      if (layer === undefined) throw new Error(`no layer ${name}`);
      return valueIn(await host.readPixels({ of: layer.ref, bounds: { x: 0, y: 0, width: 600, height: 400 }, depth: 16 }, neverAborted))
        .deep;
    };
    const kept = await read('deep');
    const differing = [...(kept?.data ?? [])].filter((level, i) => i % 4 < 3 && level !== original.data[(i >> 2) * 3 + (i % 4)]);
    expect(differing).toEqual([]);
    expect(kept?.data).toHaveLength(600 * 400 * 4);
  });
});

describe('the source', () => {
  const noise = (width: number, height: number) => {
    let seed = 7;
    const bytes = Buffer.alloc(width * height * 3);
    for (let i = 0; i < bytes.length; i++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      bytes[i] = seed >> 16;
    }
    return sharp(bytes, { raw: { width, height, channels: 3 } });
  };
  const lines =
    '<svg width="600" height="400"><rect width="600" height="400" fill="white"/><path d="M60 340 L300 40 L540 340 Z M120 300 h360 M300 40 v300" stroke="black" stroke-width="2" fill="none"/><circle cx="300" cy="230" r="70" stroke="black" fill="none"/></svg>';
  const sources: Record<string, () => Promise<Buffer>> = {
    'one colour': () =>
      sharp({ create: { width: 400, height: 300, channels: 3, background: '#b07030' } })
        .png()
        .toBuffer(),
    noise: () => noise(400, 300).png().toBuffer(),
    'a repeating pattern': () =>
      sharp(
        Buffer.from(
          '<svg width="400" height="300"><defs><pattern id="p" width="20" height="20" patternUnits="userSpaceOnUse"><rect width="10" height="10"/></pattern></defs><rect width="400" height="300" fill="white"/><rect width="400" height="300" fill="url(#p)"/></svg>',
        ),
      )
        .png()
        .toBuffer(),
    'line art': () => sharp(Buffer.from(lines)).png().toBuffer(),
    'mostly transparent': () =>
      sharp({ create: { width: 400, height: 300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
        .composite([{ input: { create: { width: 60, height: 50, channels: 4, background: '#c33' } }, left: 100, top: 90 }])
        .png()
        .toBuffer(),
    '1 px wide': () => noise(1, 300).png().toBuffer(),
  };

  test('may be hard to lay anything over; the same picture again then changes nothing that shows', async () => {
    using folder = new Folder();
    const ends = await inLanes(Object.entries(sources), 2, async ([name, make]) => {
      const stem = name.replace(/\W+/g, '-');
      const bytes = await make();
      folder.put(`${stem}.png`, bytes);
      const { width = 1, height = 1 } = await sharp(bytes).metadata();
      folder.put(`${stem}-again.png`, await sharp(bytes).resize(width, height, { fit: 'fill' }).png().toBuffer());
      const ended = await retake(
        ['merge', `${stem}.png`, `${stem}-again.png`, '-o', `${stem}-out.png`, '--report', `${stem}.json`],
        folder.path,
      );
      return { name, ended, told: report(folder, `${stem}.json`) };
    });
    for (const { name, ended, told } of ends) {
      expect(ended.code, `${name}: ${ended.stderr}`).toBe(0);
      expect(['unchanged', 'whole'], `${name}: ${JSON.stringify(told)}`).toContain(told.mode);
      if (told.mode === 'whole') expect(told.registration.reason, name).toBeTruthy();
    }
  });
});

describe('a mask', () => {
  test('keeps the change within it; an empty one, or one of another size, is refused', async () => {
    using folder = new Folder();
    folder.photo('coffee.png');
    folder.put('result.jpg', await returned());
    const mask = (background: string, width = 600, height = 400) =>
      sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toBuffer();
    folder.put('empty.png', await mask('#000'));
    folder.put('full.png', await mask('#fff'));
    folder.put('small.png', await mask('#fff', 300, 200));
    const merged = (...args: string[]) => retake(['merge', 'coffee.png', 'result.jpg', '-f', '-o', 'out.png', ...args], folder.path);
    const empty = await merged('--mask', 'empty.png');
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('The mask is empty')]);
    const small = await merged('--mask', 'small.png');
    expect([small.code, small.stderr]).toEqual([2, expect.stringMatching(/300 × 200.*600 × 400/)]);
    expect(folder.names()).not.toContain('out.png');
    expect((await merged('--mask', 'full.png')).code).toBe(0);
    expect((await merged('--region', '250,150,40,70')).code).toBe(0);
    const { data } = await sharp(folder.at('out.png')).raw().toBuffer({ resolveWithObject: true });
    expect(data[(180 * 600 + 270) * 4 + 3]).toBe(255);
    expect(data[(180 * 600 + 300) * 4 + 3]).toBe(0);
  });
});

test('--whole shows all of the answer, --keep-tone leaves its colours', async () => {
  using folder = new Folder();
  folder.photo('coffee.png');
  folder.put('result.jpg', await returned());
  const whole = await retake(['merge', 'coffee.png', 'result.jpg', '--whole', '-o', 'whole.png', '--report', 'whole.json'], folder.path);
  expect(whole.code).toBe(0);
  expect(report(folder, 'whole.json')).toMatchObject({ mode: 'whole', registration: { accepted: true }, tone: { applied: true } });
  expect((await sharp(folder.at('whole.png')).stats()).isOpaque).toBe(true);
  const kept = await retake(['merge', 'coffee.png', 'result.jpg', '--keep-tone', '-o', 'kept.png', '--report', 'kept.json'], folder.path);
  expect(kept.code).toBe(0);
  expect(report(folder, 'kept.json').tone.applied).toBe(false);
});
