import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { composeAffine, invertAffine, mapPoint, scaleAffine } from '../../shared/core/compose/affine.ts';
import { register } from '../../shared/core/compose/register.ts';
import type { Affine, Plane, Registration } from '../../shared/core/compose/types.ts';
import { warpPlane } from '../../shared/core/compose/warp.ts';

const pace = { breathe: () => false };

async function photo(name: string): Promise<Plane> {
  const file = join(import.meta.dirname, '../fixtures/photos', name);
  const { data, info } = await sharp(file).flatten().greyscale().raw().toColourspace('b-w').toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Float32Array.from(data) };
}

/** Park and Miller's generator: the same noise on every machine. */
function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
}

const mapped = (plane: Plane, value: (value: number, x: number, y: number) => number): Plane => ({
  ...plane,
  data: plane.data.map((v, i) => value(v, i % plane.width, Math.floor(i / plane.width))),
});

/** What a model would return: `toSource` maps the answer's px to the source's; re-toned, noisy, `edit` laid on top. */
async function answerOf(
  source: Plane,
  width: number,
  height: number,
  toSource: Affine,
  edit = (value: number, _x: number, _y: number) => value,
) {
  const twice = (await warpPlane(
    source,
    { width: width * 2, height: height * 2 },
    composeAffine(toSource, scaleAffine(0.5, 0.5)),
    null,
    pace,
  )) as Plane;
  const noise = createNoise(width * 7919 + height);
  return mapped({ width, height, data: new Float32Array(width * height) }, (_, x, y) => {
    const i = 4 * y * width + 2 * x;
    const { data } = twice;
    const mean = (data[i] + data[i + 1] + data[i + 2 * width] + data[i + 2 * width + 1]) / 4;
    return 245 * (Math.max(0, edit(mean, x, y)) / 255) ** 0.9 + 6 * noise();
  });
}

const registered = async (source: Plane, answer: Plane): Promise<Registration> => (await register(source, answer, pace)) as Registration;

/** The largest distance between where two maps put the corners, px of the answer. */
function worstAtCorners(found: Affine, truth: Affine, { width, height }: Plane): number {
  const back = invertAffine(truth) as Affine;
  const corners = [0, width].flatMap((x) => [0, height].map((y) => ({ x, y })));
  return Math.max(
    ...corners.map((corner) => {
      const at = mapPoint(back, mapPoint(found, corner));
      return Math.hypot(at.x - corner.x, at.y - corner.y);
    }),
  );
}

const turned = (plane: Plane): Plane => ({
  width: plane.height,
  height: plane.width,
  data: Float32Array.from({ length: plane.data.length }, (_, i) => {
    const x = i % plane.height;
    const y = Math.floor(i / plane.height);
    return plane.data[(plane.height - 1 - x) * plane.width + y];
  }),
});
const mirrored = (plane: Plane): Plane => mapped(plane, (_, x, y) => plane.data[y * plane.width + plane.width - 1 - x]);
const flat = (width: number, height: number, value: number): Plane => ({
  width,
  height,
  data: new Float32Array(width * height).fill(value),
});

/** A drawing of a few long, plain curves: most of them run much the same way. */
function longCurves(x: number, y: number): number {
  const rising = [0.4, 0.7, 1].map((slope) => 450 - y - slope * x + 0.0006 * x * x);
  const arcs = [-300, 900].map((middle) => Math.hypot(x - middle, y - 100) - (middle < 0 ? 560 : 380));
  const step = (distance: number): number => Math.max(-1, Math.min(1, distance));
  return 90 + 0.05 * x + 10 * rising.reduce((sum, d) => sum + step(d), 0) + 7 * arcs.reduce((sum, d) => sum + step(d), 0);
}

const [coffee, cat, astronaut] = await Promise.all(['coffee.png', 'chelsea.png', 'astronaut.png'].map(photo));

describe('an answer that shows the source', () => {
  test('lies where it is when nothing moved', async () => {
    const { accepted, matrix, confidence, flow } = await registered(coffee, coffee);
    expect(accepted).toBe(true);
    expect(worstAtCorners(matrix, [1, 0, 0, 1, 0, 0], coffee)).toBeLessThan(0.01);
    expect(confidence).toBeGreaterThan(0.9);
    expect(flow).toBeNull();
  });

  const moved: readonly (readonly [string, Affine])[] = [
    ['stretched unequally', [0.99, 0, 0, 1.03, 0, 0]],
    ['widened and shifted', [1.04, 0, 0, 1.02, -14.3, -9.6]],
    ['closer', [0.93, 0, 0, 0.94, 18.2, 12.7]],
    ['turned and sheared a little', [0.985, 0.012, -0.016, 1.01, 6.2, -4.1]],
  ];
  test.each(moved)('is found: %s', async (_, truth) => {
    for (const source of [coffee, cat, astronaut]) {
      const { accepted, matrix } = await registered(source, await answerOf(source, source.width, source.height, truth));
      expect(accepted).toBe(true);
      expect(worstAtCorners(matrix, truth, source)).toBeLessThan(0.2);
    }
  });

  test('is neither turned nor sheared unless the picture asks for it', async () => {
    const source: Plane = mapped(flat(720, 450, 0), (_, x, y) => longCurves(x + 0.5, y + 0.5));
    const truth: Affine = [0.99, 0, 0, 1.02, 3.4, -5.2];
    for (const of of [source, coffee, cat]) {
      const { accepted, matrix } = await registered(of, await answerOf(of, of.width, of.height, truth));
      expect(accepted).toBe(true);
      expect(Math.abs(matrix[1]) + Math.abs(matrix[2])).toBeLessThan(1e-9);
    }
    // A twelfth of a degree: half a pixel at the sides.
    const aLittle: Affine = [1.01, 0.0015, -0.0015, 1.01, 2.2, -3.1];
    for (const of of [coffee, cat]) {
      const { matrix } = await registered(of, await answerOf(of, of.width, of.height, aLittle));
      expect(worstAtCorners(matrix, aLittle, of)).toBeLessThan(0.2);
    }
  });

  test('is found beneath an edit that covers most of it', async () => {
    const truth: Affine = [1.01, 0, 0, 0.99, 4.4, -3.2];
    const answer = await answerOf(coffee, 600, 400, truth, (value, x, y) =>
      x > 130 && y > 60 ? astronaut.data[(y + 90) * astronaut.width + Math.min(511, x - 100)] : value,
    );
    const { accepted, matrix } = await registered(coffee, answer);
    expect(accepted).toBe(true);
    expect(worstAtCorners(matrix, truth, answer)).toBeLessThan(0.5);
  });

  test('is found under another light', async () => {
    const truth: Affine = [0.98, 0, 0, 1.01, 3.1, 2.2];
    const answer = await answerOf(cat, cat.width, cat.height, truth, (value, x) => value * (0.35 + x / 500));
    expect(worstAtCorners((await registered(cat, answer)).matrix, truth, answer)).toBeLessThan(0.3);
  });

  test('is found as a part of the source, between bars, and at another density', async () => {
    const part: Affine = [0.5, 0, 0, 0.5, 150, 110];
    const bars: Affine = [1, 0, 0, 1, 0, -100];
    const dense: Affine = [0.8, 0, 0, 0.8, 0, 0];
    const inBars = (value: number, _: number, y: number) => (y < 100 || y >= 500 ? 0 : value);
    const found = [
      await registered(coffee, await answerOf(coffee, 600, 400, part)),
      await registered(coffee, await answerOf(coffee, 600, 600, bars, inBars)),
      await registered(coffee, await answerOf(coffee, 750, 500, dense)),
    ];
    expect(found.map(({ accepted }) => accepted)).toEqual([true, true, true]);
    expect(worstAtCorners(found[0].matrix, part, coffee)).toBeLessThan(0.5);
    expect(worstAtCorners(found[1].matrix, bars, { ...coffee, height: 600 })).toBeLessThan(0.5);
    expect(worstAtCorners(found[2].matrix, dense, { ...coffee, width: 750, height: 500 })).toBeLessThan(0.3);
  });

  test('is found in the same place when both are mirrored', async () => {
    const truth: Affine = [1.02, 0, 0, 0.98, -5.3, 4.1];
    const answer = await answerOf(cat, cat.width, cat.height, truth);
    const { matrix } = await registered(mirrored(cat), mirrored(answer));
    const mirror: Affine = [-1, 0, 0, 1, cat.width, 0];
    expect(worstAtCorners(composeAffine(mirror, composeAffine(matrix, mirror)), truth, cat)).toBeLessThan(0.2);
  });

  test('is found the same way twice', async () => {
    const answer = await answerOf(cat, cat.width, cat.height, [1.02, 0, 0, 0.98, -5.3, 4.1]);
    expect(await register(cat, answer, pace)).toEqual(await register(cat, answer, pace));
  });
});

describe('an answer that does not belong on the source', () => {
  test('is refused when it shows another scene', async () => {
    for (const [source, answer] of [
      [coffee, cat],
      [cat, astronaut],
    ]) {
      const { accepted, confidence, reason, matrix } = await registered(source, answer);
      expect(accepted).toBe(false);
      expect(confidence).toBeLessThan(0.08);
      expect(reason).toMatch(/different scene/);
      expect(matrix).toEqual([source.width / answer.width, 0, 0, source.height / answer.height, 0, 0]);
    }
  });

  test('is refused with the reason when it is mirrored or turned', async () => {
    expect(await registered(coffee, mirrored(coffee))).toMatchObject({ accepted: false, reason: expect.stringMatching(/mirrored/) });
    expect(await registered(cat, turned(cat))).toMatchObject({ accepted: false, reason: expect.stringMatching(/turned by 90°/) });
  });

  test('is refused, or lies right, where the source has only stripes or soft gradients', async () => {
    const bar = createNoise(5);
    const levels = Array.from({ length: 60 }, () => 128 + 110 * bar());
    const vignette = (x: number, y: number): number => 1 - ((x - 300) ** 2 + (y - 200) ** 2) / 400_000;
    const stripes = mapped(flat(600, 400, 0), (_, x, y) => levels[Math.floor(x / 10)] * vignette(x, y));
    const gradients = mapped(flat(600, 400, 0), (_, x, y) => 120 + 60 * Math.sin(x / 90 + y / 200) + 40 * Math.cos(y / 110 - x / 260));
    const truth: Affine = [0.96, 0, 0, 0.93, 11.3, 15.7];
    const reasons: (string | null)[] = [];
    for (const source of [stripes, gradients]) {
      const { accepted, matrix, reason } = await registered(source, await answerOf(source, 600, 400, truth));
      if (accepted) expect(worstAtCorners(matrix, truth, source)).toBeLessThan(1);
      reasons.push(reason);
    }
    expect(reasons[0]).toMatch(/only stripes or soft gradients/);
  });

  test('is refused when there is nothing to go by', async () => {
    expect(await registered(flat(300, 200, 90), cat)).toMatchObject({
      accepted: false,
      reason: expect.stringMatching(/source is almost one colour/),
    });
    expect(await registered(cat, flat(300, 200, 0))).toMatchObject({
      accepted: false,
      reason: expect.stringMatching(/answer is almost one colour/),
    });
    const noise = (seed: number) => mapped(flat(300, 200, 0), () => 128 + 200 * random[seed]());
    const random = [createNoise(1), createNoise(2)];
    expect((await registered(noise(0), noise(1))).accepted).toBe(false);
    for (const [width, height] of [
      [1, 500],
      [16, 16],
      [500, 2],
    ])
      expect(await registered(flat(width, height, 3), cat)).toMatchObject({ accepted: false, reason: expect.stringMatching(/too small/) });
  });
});

test('registering stops when told to', async () => {
  let asked = 0;
  const impatient = { breathe: () => ++asked > 40 };
  expect(await register(coffee, cat, impatient)).toBeNull();
  expect(asked).toBe(41);
});
