import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { invertAffine, mapPoint } from '../../shared/core/compose/affine.ts';
import { carryAnswer } from '../../shared/core/compose/carryAnswer.ts';
import { grainAt, measureGrain } from '../../shared/core/compose/grain.ts';
import { lift } from '../../shared/core/compose/lift.ts';
import { createPlane, reduceToPlanes } from '../../shared/core/compose/planes.ts';
import type { Affine, Aligned, Change, Delta, Plane, Registration, ToneFit } from '../../shared/core/compose/types.ts';
import type { Bounds } from '../../shared/core/geometry.ts';
import { createPixels, type Pixels, type Pixels16, pixelsFrom, sRGB } from '../../shared/core/pixels.ts';

const pace = { breathe: () => false };
const white = [255, 255, 255] as const;
const noTone: ToneFit = {
  applied: false,
  maxShift: 0,
  lattice: new Float32Array(17 ** 3 * 3),
  field: null,
  reason: null,
};

async function photo(name: string, width: number, height: number): Promise<Pixels> {
  const file = new URL(`../fixtures/photos/${name}`, import.meta.url).pathname;
  const raw = await sharp(file).resize(width, height, { fit: 'fill' }).ensureAlpha().raw().toBuffer();
  return pixelsFrom({ width, height }, raw);
}

/** Half the source's density, sitting exactly: what remains is lift's own part. */
const half: Registration = { accepted: true, matrix: [2, 0, 0, 2, 0, 0], confidence: 1, residualPx: 0, reason: null, flow: null };

async function reduced(pixels: Pixels | Pixels16): Promise<Pixels> {
  const extent = { width: pixels.width / 2, height: pixels.height / 2 };
  const { planes } = (await reduceToPlanes(pixels, extent, white, pace)) as NonNullable<Awaited<ReturnType<typeof reduceToPlanes>>>;
  const out = createPixels(extent.width, extent.height);
  for (let i = 0; i < planes.r.length; i++) out.data.set([planes.r[i], planes.g[i], planes.b[i], 255], i * 4);
  return out;
}

async function alignedOf(source: Pixels | Pixels16, answer: Pixels): Promise<Aligned> {
  const extent = { width: answer.width, height: answer.height };
  const from = await reduceToPlanes(source, extent, white, pace);
  const to = await reduceToPlanes(answer, extent, white, pace);
  if (from === null || to === null) throw new Error('aborted');
  const covered = createPlane(extent);
  covered.data.fill(1);
  const sourcePerWork = { x: source.width / answer.width, y: source.height / answer.height };
  return { ...extent, source: from.planes, answer: to.planes, covered, alpha: from.alpha, sourcePerWork, answerPerWork: 1 };
}

/** A disc on the work grid, soft over two pixels. */
function disc(width: number, height: number, radius: number): Plane {
  const plane = createPlane({ width, height });
  for (let i = 0; i < plane.data.length; i++) {
    const distance = Math.hypot((i % width) + 0.5 - width / 2, Math.floor(i / width) + 0.5 - height / 2);
    plane.data[i] = Math.max(0, Math.min(1, (radius - distance) / 2));
  }
  return plane;
}

const changeOf = (mask: Plane): Change => ({ mask, fraction: 0.2, noise: 1 });

/** `edit` of every colour within `radius` px of the middle. */
function edited(source: Pixels, radius: number, edit: (r: number, g: number, b: number) => readonly number[]): Pixels {
  const out = createPixels(source.width, source.height);
  out.data.set(source.data);
  for (let i = 0; i < source.data.length; i += 4) {
    const x = (i / 4) % source.width;
    const y = Math.floor(i / 4 / source.width);
    if (Math.hypot(x + 0.5 - source.width / 2, y + 0.5 - source.height / 2) > radius) continue;
    out.data.set(edit(source.data[i], source.data[i + 1], source.data[i + 2]), i);
  }
  return out;
}

/** Deviation of green from its four neighbours. */
function detailOf({ data, width }: Pixels, block: Bounds): number {
  let sum = 0;
  for (let y = block.y; y < block.y + block.height; y++) {
    for (let x = block.x; x < block.x + block.width; x++) {
      const i = (y * width + x) * 4 + 1;
      sum += (data[i] - (data[i - 4] + data[i + 4] + data[i - width * 4] + data[i + width * 4]) / 4) ** 2;
    }
  }
  return Math.sqrt(sum / (block.width * block.height));
}

/** As a model returns it: half of its finest detail lost, and noise in its place. */
function redrawn({ width, height, data }: Pixels): Pixels {
  const out = createPixels(width, height);
  const at = (x: number, y: number) => (Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))) * 4;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const noise = 2.5 * grainAt(x, y);
      for (let c = 0; c < 3; c++) {
        const around = data[at(x - 1, y) + c] + data[at(x + 1, y) + c] + data[at(x, y - 1) + c] + data[at(x, y + 1) + c];
        out.data[i + c] = 0.6 * data[i + c] + 0.1 * around + noise;
      }
      out.data[i + 3] = 255;
    }
  }
  return out;
}

/** Over the disc of `radius` around the middle. */
function psnrOf(delta: Delta, ideal: Pixels, radius: number): number {
  const { bounds, pixels } = delta;
  let sum = 0;
  let count = 0;
  for (let y = 0; y < bounds.height; y++) {
    for (let x = 0; x < bounds.width; x++) {
      const u = bounds.x + x;
      const v = bounds.y + y;
      if (Math.hypot(u + 0.5 - ideal.width / 2, v + 0.5 - ideal.height / 2) > radius) continue;
      for (let c = 0; c < 3; c++) {
        sum += (pixels.data[(y * bounds.width + x) * 4 + c] - ideal.data[(v * ideal.width + u) * 4 + c]) ** 2;
        count++;
      }
    }
  }
  return 10 * Math.log10((255 * 255 * count) / (sum + 1e-9));
}

async function lifted(source: Pixels | Pixels16, answer: Pixels, mask: Plane): Promise<Delta> {
  const delta = await lift(source, answer, await alignedOf(source, answer), half, noTone, changeOf(mask), pace);
  if (delta === null) throw new Error('aborted');
  return delta;
}

describe('lifting a change to the size of the source', () => {
  test('keeps all the detail of the source under another light', async () => {
    const source = await photo('chelsea.png', 400, 300);
    const ideal = edited(source, 110, (r, g, b) => [r * 0.6, g * 0.55, b * 0.7]);
    const delta = await lifted(source, await reduced(ideal), disc(200, 150, 54));
    expect(psnrOf(delta, ideal, 90)).toBeGreaterThan(44);
  });

  test('keeps all the detail of the source in another colour', async () => {
    const source = await photo('coffee.png', 400, 300);
    const ideal = edited(source, 110, (r, g, b) => [b, r, g]);
    const delta = await lifted(source, await reduced(ideal), disc(200, 150, 54));
    expect(psnrOf(delta, ideal, 90)).toBeGreaterThan(38);
  });

  test.each([
    ['lit', (r: number, g: number, b: number) => [r * 1.2 + 8, g * 1.1, b * 1.05 - 6]],
    ['recoloured', (r: number, g: number, b: number) => [b, r, g]],
  ] as const)('carries none of what the model softened and made anew into a part that is %s', async (_, edit) => {
    const source = await photo('coffee.png', 600, 400);
    const ideal = edited(source, 160, edit);
    const answer = redrawn(await reduced(ideal));
    expect(psnrOf(await lifted(source, answer, disc(300, 200, 79)), ideal, 140)).toBeGreaterThan(39);
  });

  test('keeps the detail of a colour that the answer’s file holds at half the density only', async () => {
    const source = await photo('coffee.png', 600, 400);
    const ideal = edited(source, 160, (r, g, b) => [b, r, g]);
    const { width, height, data } = await reduced(ideal);
    const file = sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
      .removeAlpha()
      .jpeg({ quality: 90, chromaSubsampling: '4:2:0' });
    const answer = pixelsFrom(
      { width, height },
      await sharp(await file.toBuffer())
        .ensureAlpha()
        .raw()
        .toBuffer(),
    );
    expect(psnrOf(await lifted(source, answer, disc(300, 200, 79)), ideal, 140)).toBeGreaterThan(41.2);
  });

  test('leaves no ghost of the source in other content', async () => {
    const source = await photo('chelsea.png', 400, 300);
    const other = await photo('astronaut.png', 400, 300);
    const smooth = await sharp(Buffer.from(other.data), { raw: { width: 400, height: 300, channels: 4 } })
      .blur(3)
      .raw()
      .toBuffer();
    const ideal = edited(source, 110, () => [0, 0, 0]);
    for (let i = 0; i < ideal.data.length; i += 4) {
      if (ideal.data[i] + ideal.data[i + 1] + ideal.data[i + 2] === 0) ideal.data.set(smooth.subarray(i, i + 3), i);
    }
    const delta = await lifted(source, await reduced(ideal), disc(200, 150, 54));
    expect(psnrOf(delta, ideal, 90)).toBeGreaterThan(38);
  });

  test('leaves the source out of focus where the answer has it so', async () => {
    const source = await photo('chelsea.png', 400, 300);
    const soft = await sharp(Buffer.from(source.data), { raw: { width: 400, height: 300, channels: 4 } })
      .blur(4)
      .raw()
      .toBuffer();
    const ideal = pixelsFrom(source, soft);
    const delta = await lifted(source, await reduced(ideal), disc(200, 150, 54));
    expect(psnrOf(delta, ideal, 90)).toBeGreaterThan(38);
  });

  test('keeps the faint edge of what was drawn into a picture that is lit anew, where nothing tells how noisy the answer is', async () => {
    const source = createPixels(400, 300);
    for (let i = 0; i < 400 * 300; i++) source.data.set([90 + (i % 400) / 8, 130, 180, 255], i * 4);
    const isLabel = (i: number) => i % 400 >= 80 && i % 400 < 330 && i >= 110 * 400 && i < 190 * 400;
    const ideal = createPixels(400, 300);
    for (let i = 0; i < 400 * 300; i++) {
      const level = isLabel(i) ? 0.48 : 0.6;
      ideal.data.set([source.data[i * 4] * level, 130 * level, 180 * level + 20, 255], i * 4);
    }
    const answer = await reduced(ideal);
    const mask = createPlane(answer);
    mask.data.fill(1);
    const change = { ...changeOf(mask), noise: 4.5 };
    const delta = await lift(source, answer, await alignedOf(source, answer), half, noTone, change, pace);
    if (delta === null) throw new Error('aborted');
    const { data } = delta.pixels;
    for (let x = 100; x < 310; x += 10) {
      const step = data[(106 * 400 + x) * 4 + 2] - data[(113 * 400 + x) * 4 + 2];
      // Of 21.6.
      expect(step).toBeGreaterThan(15);
    }
  });

  test('leaves nothing in focus where the whole part is a little out of it', async () => {
    const [width, height] = [450, 300];
    const source = await photo('chelsea.png', width, height);
    const soft = pixelsFrom(
      source,
      await sharp(Buffer.from(source.data), { raw: { width, height, channels: 4 } })
        .blur(2)
        .raw()
        .toBuffer(),
    );
    const ideal = edited(source, 100, () => [0, 0, 0]);
    for (let i = 0; i < ideal.data.length; i += 4)
      if (ideal.data[i] + ideal.data[i + 1] + ideal.data[i + 2] === 0) ideal.data.set(soft.data.subarray(i, i + 3), i);
    const { pixels, bounds } = await lifted(source, redrawn(await reduced(ideal)), disc(225, 150, 51));
    let sharpest = 0;
    for (let top = 90; top < 210; top += 20) {
      for (let left = 165; left < 285; left += 20) {
        const block = { x: left, y: top, width: 20, height: 20 };
        const [was, is] = [detailOf(source, block), detailOf(soft, block)];
        const got = detailOf(pixels as Pixels, { ...block, x: left - bounds.x, y: top - bounds.y });
        sharpest = Math.max(sharpest, (got - is) / (was - is));
      }
    }
    expect(sharpest).toBeLessThan(0.4);
  });

  test('has colour exactly where the mask is, within the tightest bounds, with the alpha of the source', async () => {
    const source = await photo('coffee.png', 200, 160);
    for (let i = 0; i < 200 * 160; i++) source.data[i * 4 + 3] = i % 200 < 90 ? 0 : i % 200 < 110 ? 128 : 255;
    const answer = await reduced(source);
    const { pixels, bounds, mask } = await lifted(source, answer, disc(100, 80, 20));
    let edges = 0;
    for (let i = 0; i < mask.data.length; i++) {
      const x = i % bounds.width;
      const y = Math.floor(i / bounds.width);
      const alpha = source.data[((bounds.y + y) * 200 + bounds.x + x) * 4 + 3];
      expect(pixels.data[i * 4 + 3]).toBe(mask.data[i] > 0 ? alpha : 0);
      if (pixels.data[i * 4 + 3] === 0) expect(pixels.data[i * 4] + pixels.data[i * 4 + 1] + pixels.data[i * 4 + 2]).toBe(0);
      if (mask.data[i] > 0)
        edges |= (x === 0 ? 1 : 0) | (y === 0 ? 2 : 0) | (x === bounds.width - 1 ? 4 : 0) | (y === bounds.height - 1 ? 8 : 0);
    }
    expect(edges).toBe(15);
    expect(mask.data[(bounds.height >> 1) * bounds.width + (bounds.width >> 1)]).toBe(255);
  });

  test('does not tint a half transparent edge with what it was sent on', async () => {
    const source = createPixels(128, 128);
    for (let i = 0; i < 128 * 128; i++) source.data.set([40, 60, 80, i % 128 < 64 ? 255 : i % 128 < 72 ? 100 : 0], i * 4);
    const over = (value: number, alpha: number) => (value * alpha + 255 * (255 - alpha)) / 255;
    const ideal = createPixels(128, 128);
    for (let i = 0; i < 128 * 128; i++) {
      const alpha = source.data[i * 4 + 3];
      ideal.data.set([over(90, alpha), over(60, alpha), over(80, alpha), 255], i * 4);
    }
    const { pixels, bounds } = await lifted(source, await reduced(ideal), disc(64, 64, 20));
    const at = ((64 - bounds.y) * bounds.width + 67 - bounds.x) * 4;
    expect(pixels.data[at + 3]).toBe(100);
    expect(Math.abs(pixels.data[at] - 90)).toBeLessThan(12);
    expect(Math.abs(pixels.data[at + 1] - 60)).toBeLessThan(12);
  });

  test('writes 16 bits for a source of 16 bits, finer than 8 can tell', async () => {
    const eight = await photo('chelsea.png', 200, 160);
    const source: Pixels16 = { width: 200, height: 160, profile: sRGB, data: Uint16Array.from(eight.data, (v) => v * 257) };
    const answer = await reduced(edited(eight, 500, (r, g, b) => [r * 0.8, g * 0.8, b * 0.8]));
    const delta = await lifted(source, answer, disc(100, 80, 30));
    expect(delta.pixels.data).toBeInstanceOf(Uint16Array);
    const middle = ((delta.bounds.height >> 1) * delta.bounds.width + (delta.bounds.width >> 1)) * 4;
    const from = (80 * 200 + 100) * 4;
    expect(Math.abs(delta.pixels.data[middle] / 257 - eight.data[from] * 0.8)).toBeLessThan(4);
    expect(delta.pixels.data[middle + 3]).toBe(65535);
    expect(delta.pixels.data.some((v) => v % 257 !== 0)).toBe(true);
  });

  test('does not step at the rim where only a rest of tone is left', async () => {
    const source = createPixels(256, 256);
    for (let i = 0; i < 256 * 256; i++) source.data.set([120 + ((i % 256) >> 3), 130, 140, 255], i * 4);
    const answer = await reduced(edited(source, 999, (r, g, b) => [r + 5, g + 5, b + 5]));
    const { pixels, bounds, mask } = await lifted(source, answer, disc(128, 128, 30));
    let most = 0;
    for (let i = 0; i < mask.data.length; i++) {
      if (mask.data[i] === 0 || mask.data[i] > 200) continue;
      most = Math.max(most, Math.abs(pixels.data[i * 4 + 1] - 130));
    }
    expect(bounds.width).toBeGreaterThan(100);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('reads an answer larger than the source without aliasing', async () => {
    const source = createPixels(64, 64);
    source.data.fill(255);
    const answer = createPixels(512, 512);
    for (let i = 0; i < 512 * 512; i++) answer.data.set(i % 2 === 0 ? [0, 0, 0, 255] : [200, 200, 200, 255], i * 4);
    const registration: Registration = { ...half, matrix: [0.125, 0, 0, 0.125, 0, 0] };
    const fromPlanes = await reduceToPlanes(source, source, white, pace);
    const toPlanes = await reduceToPlanes(answer, source, white, pace);
    if (fromPlanes === null || toPlanes === null) throw new Error('aborted');
    const covered = createPlane(source);
    covered.data.fill(1);
    const aligned: Aligned = {
      width: 64,
      height: 64,
      source: fromPlanes.planes,
      answer: toPlanes.planes,
      covered,
      alpha: null,
      sourcePerWork: { x: 1, y: 1 },
      answerPerWork: 8,
    };
    const delta = await lift(source, answer, aligned, registration, noTone, changeOf(disc(64, 64, 24)), pace);
    const carried = await carryAnswer(
      source,
      aligned.alpha && source,
      answer,
      registration,
      noTone,
      aligned,
      { x: 0, y: 0, width: 64, height: 64 },
      pace,
    );
    for (const pixels of [delta?.pixels, carried]) {
      const { data, width, height } = pixels as Pixels;
      expect(Math.abs(data[((height >> 1) * width + (width >> 1)) * 4] - 100)).toBeLessThan(3);
    }
  });

  test('answers nothing once it was aborted', async () => {
    const source = await photo('coffee.png', 200, 160);
    const answer = await reduced(source);
    const aligned = await alignedOf(source, answer);
    for (const after of [0, 3, 40, 150]) {
      let asked = 0;
      const aborting = { breathe: () => asked++ >= after };
      expect(await lift(source, answer, aligned, half, noTone, changeOf(disc(100, 80, 20)), aborting)).toBeNull();
    }
  });

  test('gives the same bytes every time', async () => {
    const source = await photo('coffee.png', 200, 160);
    const answer = await reduced(await photo('chelsea.png', 200, 160));
    const [one, two] = [await lifted(source, answer, disc(100, 80, 20)), await lifted(source, answer, disc(100, 80, 20))];
    expect(one).toEqual(two);
  });
});

describe('carrying the whole answer', () => {
  test('puts every pixel where the registration says, and nothing where the answer does not reach', async () => {
    const source = createPixels(200, 100);
    source.data.fill(255);
    const answer = createPixels(60, 50);
    for (let i = 0; i < 60 * 50; i++) answer.data.set([(i % 60) * 4, Math.floor(i / 60) * 4, 90, 255], i * 4);
    const registration: Registration = { ...half, matrix: [2, 0, 0, 2, 40, 0] };
    const out = await carryAnswer(
      source,
      null,
      answer,
      registration,
      noTone,
      await alignedOf(source, await reduced(source)),
      { x: 20, y: 0, width: 180, height: 100 },
      pace,
    );
    const pixel = (x: number, y: number) => out?.data.slice((y * 180 + x - 20) * 4, (y * 180 + x - 20) * 4 + 4);
    expect(pixel(30, 50)).toEqual(new Uint8ClampedArray(4));
    expect(pixel(180, 50)).toEqual(new Uint8ClampedArray(4));
    // Source x 100.5 is answer x 30.25: value (30.25 - 0.5) * 4.
    expect(pixel(100, 50)).toEqual(new Uint8ClampedArray([119, 99, 90, 255]));
  });

  test('follows a turned registration and its smooth rest', async () => {
    const source = createPixels(300, 200);
    source.data.fill(255);
    const answer = createPixels(160, 120);
    for (let i = 0; i < 160 * 120; i++) answer.data.set([20 + (i % 160), 20 + Math.floor(i / 160), 90, 255], i * 4);
    const turn = 0.03;
    const matrix = [2 * Math.cos(turn), 2 * Math.sin(turn), -2 * Math.sin(turn), 2 * Math.cos(turn), -8, -14] as const;
    const [columns, rows] = [11, 8];
    const flow = {
      cellPx: 16,
      columns,
      rows,
      dx: Float32Array.from({ length: columns * rows }, (_, n) => 2 * Math.sin((n % columns) / 2)),
      dy: Float32Array.from({ length: columns * rows }, (_, n) => 2 * Math.cos(Math.floor(n / columns) / 2)),
    };
    const aligned = await alignedOf(source, await reduced(source));
    const bounds = { x: 0, y: 0, width: 300, height: 200 };
    const out = (await carryAnswer(
      source,
      aligned.alpha && source,
      answer,
      { ...half, matrix, flow },
      noTone,
      aligned,
      bounds,
      pace,
    )) as Pixels;
    const inverse = invertAffine(matrix) as Affine;
    for (let y = 20; y < 180; y += 7) {
      for (let x = 20; x < 280; x += 7) {
        const at = mapPoint(inverse, { x: x + 0.5, y: y + 0.5 });
        const [u, v] = [(x + 0.5) / 2 / 16, (y + 0.5) / 2 / 16];
        const node = Math.floor(v) * columns + Math.floor(u);
        const [s, t] = [u - Math.floor(u), v - Math.floor(v)];
        const mixed = (plane: Float32Array) =>
          (plane[node] * (1 - s) + plane[node + 1] * s) * (1 - t) + (plane[node + columns] * (1 - s) + plane[node + columns + 1] * s) * t;
        const wanted = [at.x - 0.5 + mixed(flow.dx), at.y - 0.5 + mixed(flow.dy)];
        if (wanted[0] < 1 || wanted[1] < 1 || wanted[0] > 158 || wanted[1] > 118) continue;
        const k = (y * 300 + x) * 4;
        expect(Math.abs(out.data[k] - 20 - wanted[0])).toBeLessThan(0.75);
        expect(Math.abs(out.data[k + 1] - 20 - wanted[1])).toBeLessThan(0.75);
      }
    }
  });
});

describe('grain', () => {
  async function grainOf(source: Pixels): Promise<number> {
    const aligned = await alignedOf(source, await reduced(source));
    return measureGrain(source, aligned, createPlane(aligned), { x: 0, y: 0, width: aligned.width, height: aligned.height });
  }

  test('is measured to a tenth where the picture is smooth', async () => {
    const source = createPixels(240, 240);
    for (let i = 0; i < 240 * 240; i++) {
      const value = 120 + (i % 240) / 8 + 3 * grainAt(i % 240, Math.floor(i / 240));
      source.data.set([value, value, value, 255], i * 4);
    }
    expect(await grainOf(source)).toBeGreaterThan(2.7);
    expect(await grainOf(source)).toBeLessThan(3.3);
  });

  test('is none in a drawing', async () => {
    const source = createPixels(240, 240);
    for (let i = 0; i < 240 * 240; i++) source.data.set((i % 240) % 40 < 3 ? [0, 0, 0, 255] : [255, 255, 255, 255], i * 4);
    expect(await grainOf(source)).toBe(0);
  });
});
