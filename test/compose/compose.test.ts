import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { type Composed, compose } from '../../shared/core/compose/compose.ts';
import type { ComposeAsk } from '../../shared/core/compose/types.ts';
import { type Pixels, type Pixels16, pixelsFrom, rectangleMask, sRGB } from '../../shared/core/pixels.ts';

vi.setConfig({ testTimeout: 180_000 });

let ticks = 0;
const clock = { now: () => ticks++, sleep: async () => true };
const everywhere: ComposeAsk = { region: null, tone: 'auto', scope: 'local', whole: false };

async function photo(name: string, width: number, height: number): Promise<Pixels> {
  const file = new URL(`../fixtures/photos/${name}`, import.meta.url).pathname;
  return pixelsFrom({ width, height }, await sharp(file).resize(width, height, { fit: 'fill' }).ensureAlpha().raw().toBuffer());
}

const raw = ({ data, width, height }: Pixels) => sharp(Buffer.from(data), { raw: { width, height, channels: 4 } });

async function decoded(bytes: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return pixelsFrom(info, data);
}

/** What a model does to a picture on the way: another size with unequal scales, a shift, a tint, JPEG. */
async function returned(pixels: Pixels, width = 640, height = 500): Promise<Pixels> {
  const shifted = await raw(pixels)
    .extract({ left: 6, top: 4, width: pixels.width - 10, height: pixels.height - 9 })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .linear([1.02, 1, 0.99], [2, -1, 3])
    .jpeg({ quality: 92 })
    .toBuffer();
  return decoded(shifted);
}

const disc = { x: 300, y: 220, radius: 60 };

/** A disc of another picture's pixels. */
const pasted = (source: Pixels): Promise<Pixels> => pastedInto(source, 'chelsea.png', disc);

async function pastedInto(source: Pixels, name: string, at: typeof disc): Promise<Pixels> {
  const other = await photo(name, source.width, source.height);
  const out = { ...source, data: source.data.slice() };
  for (let y = 0; y < source.height; y++)
    for (let x = 0; x < source.width; x++)
      if (Math.hypot(x - at.x, y - at.y) < at.radius)
        out.data.set(other.data.subarray((y * source.width + x) * 4, (y * source.width + x) * 4 + 4), (y * source.width + x) * 4);
  return out;
}

async function composed(source: Pixels | Pixels16, answer: Pixels, ask = everywhere): Promise<Composed> {
  const result = await compose(source, answer, ask, clock, neverAborted);
  if (result === null) throw new Error('aborted');
  return result;
}

/** Coverage of the mask at a source position. */
function coverageAt({ delta }: Composed, x: number, y: number): number {
  if (delta === null) return 0;
  const { bounds, mask } = delta;
  const u = x - bounds.x;
  const v = y - bounds.y;
  return u < 0 || v < 0 || u >= bounds.width || v >= bounds.height ? 0 : mask.data[v * bounds.width + u] / 255;
}

/** Intersection over union with the disc that was pasted. */
function overlap(result: Composed, source: Pixels, at = disc): number {
  let both = 0;
  let either = 0;
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      const found = coverageAt(result, x, y) > 0.5;
      const truth = Math.hypot(x - at.x, y - at.y) < at.radius;
      if (found && truth) both++;
      if (found || truth) either++;
    }
  }
  return both / either;
}

describe('composing', () => {
  test('a picture with itself is unchanged, and so is a merely recompressed, resized and tinted one', async () => {
    for (const name of ['coffee.png', 'astronaut.png', 'chelsea.png']) {
      const source = await photo(name, 600, 460);
      expect((await composed(source, source)).mode, name).toBe('unchanged');
      const again = await composed(source, await returned(source));
      expect([again.mode, again.change.fraction], name).toEqual(['unchanged', 0]);
      expect(again.reason).toMatch(/same picture/);
    }
  });

  test('finds what was pasted, exactly there, and nothing else', async () => {
    const source = await photo('coffee.png', 600, 460);
    const result = await composed(source, await returned(await pasted(source)));
    expect(result.mode).toBe('delta');
    expect(overlap(result, source)).toBeGreaterThan(0.9);
    expect(result.tone.applied).toBe(true);
    const { a, d, e, f } = {
      a: result.registration.matrix[0],
      d: result.registration.matrix[3],
      e: result.registration.matrix[4],
      f: result.registration.matrix[5],
    };
    expect(a).toBeCloseTo(590 / 640, 2);
    expect(d).toBeCloseTo(451 / 500, 2);
    expect(Math.abs(e - 6)).toBeLessThan(0.5);
    expect(Math.abs(f - 4)).toBeLessThan(0.5);
  });

  test('the pasted pixels come back in the source’s tone', async () => {
    const source = await photo('coffee.png', 600, 460);
    const truth = await pasted(source);
    const { delta } = await composed(source, await returned(truth));
    if (delta === null) throw new Error('no delta');
    let off = 0;
    let count = 0;
    for (let y = disc.y - 40; y < disc.y + 40; y++) {
      for (let x = disc.x - 40; x < disc.x + 40; x++) {
        const k = (y - delta.bounds.y) * delta.bounds.width + x - delta.bounds.x;
        for (let c = 0; c < 3; c++) off += delta.pixels.data[k * 4 + c] - truth.data[(y * source.width + x) * 4 + c];
        count += 3;
      }
    }
    expect(Math.abs(off / count)).toBeLessThan(1.5);
  });

  test('mirrors along with its pictures', async () => {
    const source = await photo('astronaut.png', 600, 460);
    const answer = await returned(await pasted(source));
    const plain = await composed(source, answer);
    const flopped = await composed(
      await decoded(await raw(source).flop().png().toBuffer()),
      await decoded(await raw(answer).flop().png().toBuffer()),
    );
    expect(overlap(plain, source)).toBeGreaterThan(0.9);
    expect(overlap(flopped, source, { ...disc, x: 599 - disc.x })).toBeGreaterThan(0.9);
    expect(Math.abs(plain.change.fraction - flopped.change.fraction)).toBeLessThan(0.1 * plain.change.fraction);
  });

  test('stays within the region', async () => {
    const source = await photo('coffee.png', 600, 460);
    const region = rectangleMask({ x: 300, y: 100, width: 200, height: 300 });
    const result = await composed(source, await returned(await pasted(source)), { ...everywhere, region });
    expect(result.delta?.bounds.x).toBeGreaterThanOrEqual(300);
    expect(coverageAt(result, 330, 220)).toBeGreaterThan(0.9);
    expect(coverageAt(result, 280, 220)).toBe(0);
  });

  test('lays nothing of another scene over the source as if it belonged there', async () => {
    const result = await composed(await photo('coffee.png', 600, 460), await photo('rocket.jpg', 640, 480));
    expect(result.mode).toBe('whole');
    expect(result.registration.accepted).toBe(false);
    expect(result.reason).toBeTruthy();
    const whole = await result.answer(neverAborted);
    expect([whole?.width, whole?.height]).toEqual([600, 460]);
  });

  test('keeps the depth of 16 bits', async () => {
    const source = await photo('coffee.png', 600, 460);
    const deep: Pixels16 = { width: 600, height: 460, profile: sRGB, data: Uint16Array.from(source.data, (v) => v * 257) };
    const result = await composed(deep, await returned(await pasted(source)));
    expect(result.delta?.pixels.data).toBeInstanceOf(Uint16Array);
    expect(coverageAt(result, disc.x, disc.y)).toBe(1);
  });

  test('an asked-for change of all the light is not undone, and covers everything', async () => {
    const source = await photo('astronaut.png', 600, 460);
    const darker = await decoded(await raw(source).removeAlpha().linear(0.6, 0).png().toBuffer());
    const result = await composed(source, darker, { ...everywhere, scope: 'global' });
    expect(result.tone.applied).toBe(false);
    expect(result.change.fraction).toBeGreaterThan(0.99);
  });

  test('a change of everything reaches the rim that the answer does not show, and a change of a part does not', async () => {
    const source = await photo('coffee.png', 600, 460);
    const darker = await decoded(await raw(source).removeAlpha().linear([0.6, 0.62, 0.7], [0, 0, 0]).png().toBuffer());
    // `returned` cuts off 6 columns on the left and 5 rows below.
    const result = await composed(source, await returned(darker), { ...everywhere, scope: 'global' });
    expect(result.change.fraction).toBe(1);
    const { delta } = result;
    if (delta === null) throw new Error('nothing changed');
    for (const [x, y] of [
      [2, 200],
      [300, 458],
      [1, 1],
    ] as const) {
      const k = (y * 600 + x) * 4;
      for (let c = 0; c < 3; c++) expect(Math.abs(delta.pixels.data[k + c] - source.data[k + c] * [0.6, 0.62, 0.7][c])).toBeLessThan(26);
      expect(delta.mask.data[y * 600 + x]).toBe(255);
    }
    const part = await composed(source, await returned(await pasted(source)));
    expect(coverageAt(part, 2, 200)).toBe(0);
  });

  test('finds the same change in a part of the source', async () => {
    const source = await photo('coffee.png', 600, 460);
    const answer = await returned(await pasted(source));
    const whole = await composed(source, answer);
    const cut = { left: 60, top: 40, width: 480, height: 380 };
    const part = pixelsFrom(cut, await raw(source).extract(cut).raw().toBuffer());
    const found = await composed(part, answer);
    expect(found.mode).toBe('delta');
    const [a, , , d, e, f] = whole.registration.matrix;
    const [p, , , s, u, v] = found.registration.matrix;
    for (const [x, y] of [
      [0, 0],
      [640, 500],
    ]) {
      expect(Math.abs(a * x + e - cut.left - (p * x + u))).toBeLessThan(0.6);
      expect(Math.abs(d * y + f - cut.top - (s * y + v))).toBeLessThan(0.6);
    }
    expect(overlap(found, part, { ...disc, x: disc.x - cut.left, y: disc.y - cut.top })).toBeGreaterThan(0.9);
  });

  test('keeps a stroke as narrow as it was drawn, and a blurred part whole', async () => {
    const source = await photo('coffee.png', 600, 460);
    const line = Buffer.from(
      '<svg width="600" height="460"><path d="M80 90 Q300 20 520 340" stroke="#d21e28" stroke-width="5" fill="none"/></svg>',
    );
    const struck = await decoded(
      await raw(source)
        .composite([{ input: line }])
        .png()
        .toBuffer(),
    );
    const strokes = await composed(source, await returned(struck));
    const drawn = await sharp(line).raw().toBuffer();
    let both = 0;
    let either = 0;
    for (let i = 0; i < 600 * 460; i++) {
      const truth = drawn[i * 4 + 3] > 127;
      const found = coverageAt(strokes, i % 600, Math.floor(i / 600)) > 0.5;
      if (truth && found) both++;
      if (truth || found) either++;
    }
    expect(both / either).toBeGreaterThan(0.5);

    const soft = await decoded(await raw(source).blur(4).png().toBuffer());
    const blurred = { ...source, data: source.data.slice() };
    for (let y = 0; y < 460; y++)
      for (let x = 0; x < 600; x++) {
        const k = (y * 600 + x) * 4;
        if (Math.hypot(x - disc.x, y - disc.y) < 90) blurred.data.set(soft.data.subarray(k, k + 4), k);
      }
    const defocused = await composed(source, await returned(blurred));
    expect(overlap(defocused, source, { ...disc, radius: 90 })).toBeGreaterThan(0.5);
  });

  test('stops when it is told to', async () => {
    const source = await photo('coffee.png', 600, 460);
    const abort = new AbortController();
    let calls = 0;
    const stopping = {
      now: () => {
        if (++calls === 60) abort.abort();
        return calls * 10;
      },
      sleep: async () => !abort.signal.aborted,
    };
    expect(await compose(source, await returned(source), everywhere, stopping, abort.signal)).toBeNull();
    expect(calls).toBeLessThan(80);
  });

  test('stops at whichever breath it is told to, and breathes at every row of the picture', async () => {
    const source = await photo('coffee.png', 240, 184);
    const answer = await returned(await pastedInto(source, 'chelsea.png', { x: 120, y: 88, radius: 30 }), 256, 200);
    const region = rectangleMask({ x: 40, y: 30, width: 160, height: 130 });
    /** How often the host could breathe when stopped at the breath `last`, and what came of it. */
    const breathsUntil = async (last: number, ask: ComposeAsk) => {
      const abort = new AbortController();
      let now = 0;
      let breaths = 0;
      const eager = {
        now: () => (now += 1000),
        sleep: async () => {
          if (++breaths === last) abort.abort();
          return !abort.signal.aborted;
        },
      };
      const result = await compose(source, answer, ask, eager, abort.signal);
      if (result !== null) expect(await result.answer(abort.signal)).not.toBeNull();
      return { breaths, isNull: result === null };
    };
    for (const ask of [everywhere, { ...everywhere, region }]) {
      const { breaths: all } = await breathsUntil(Number.POSITIVE_INFINITY, ask);
      // Reduced, made local, registered, toned, compared, lifted, and the full answer: a breath a row each, and more.
      expect(all).toBeGreaterThan(20 * source.height);
      for (let k = 0; k < 8; k++) {
        // The answer, which is asked for afterwards, takes a row each.
        const last = 1 + Math.floor(((all - 2 * source.height) * k) / 8);
        expect(await breathsUntil(last, ask)).toEqual({ breaths: last, isNull: true });
      }
    }
  });

  test('the same pictures give the same bytes', async () => {
    const source = await photo('chelsea.png', 600, 460);
    const answer = await returned(await pasted(await photo('coffee.png', 600, 460)));
    const one = await composed(source, answer);
    const two = await composed(source, answer);
    expect(two.mode).toBe(one.mode);
    expect(two.delta?.pixels.data).toEqual(one.delta?.pixels.data);
  });
});
