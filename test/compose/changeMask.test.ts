/** What is taken for changed, on small pictures made here: registered already, with the noise that a model leaves. */
import { expect, test } from 'vitest';
import { boxMean } from '../../shared/core/compose/boxFilter.ts';
import { findChange } from '../../shared/core/compose/change.ts';
import { createPlane } from '../../shared/core/compose/planes.ts';
import { fitTone } from '../../shared/core/compose/tone.ts';
import type { Aligned, Change, ComposeAsk } from '../../shared/core/compose/types.ts';

const width = 320;
const height = 240;
const extent = { width, height };
const pace = { breathe: () => false };
const ask: ComposeAsk = { region: null, tone: 'auto', scope: 'unknown', whole: false };

type Channels = readonly [Float32Array, Float32Array, Float32Array];

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function blurred(plane: Float32Array, radius: number): Promise<Float32Array> {
  const mean = await boxMean(plane, extent, radius, pace);
  if (mean === null) throw new Error('aborted');
  return mean;
}

/** A grey ground with texture of about 3 px, `contrast` levels strong. */
async function textured(contrast: number): Promise<Channels> {
  const random = randomOf(5);
  const fine = await blurred(
    Float32Array.from({ length: width * height }, () => (random() - 0.5) * contrast * 6),
    1,
  );
  return [fine.map((v) => 128 + v), fine.map((v) => 120 + v), fine.map((v) => 104 + v)];
}

/** As a model returns it: the finest detail half drawn anew, its colour blurred as JPEG does, grain over it. */
async function returned(channels: Channels): Promise<Channels> {
  const random = randomOf(9);
  const [r, g, b] = channels;
  const luma = g;
  const soft = await blurred(luma, 1);
  const red = await blurred(
    r.map((v, i) => v - luma[i]),
    1,
  );
  const blue = await blurred(
    b.map((v, i) => v - luma[i]),
    1,
  );
  const drawn = luma.map((v, i) => 0.7 * v + 0.3 * soft[i] + (random() + random() - 1) * 3);
  return [drawn.map((v, i) => v + red[i]), drawn, drawn.map((v, i) => v + blue[i])];
}

async function alignedPair(source: Channels, edited: Channels): Promise<Aligned> {
  const answer = await returned(edited);
  const covered = createPlane(extent);
  covered.data.fill(1);
  const planes = ([r, g, b]: Channels) => ({ ...extent, r, g, b });
  return {
    ...extent,
    source: planes(source),
    answer: planes(answer),
    covered,
    alpha: null,
    sourcePerWork: { x: 1, y: 1 },
    answerPerWork: 1,
  };
}

async function changeBetween(source: Channels, edited: Channels): Promise<Change> {
  const change = await findChange(await alignedPair(source, edited), ask, false, null, pace);
  if (change === null) throw new Error('aborted');
  return change;
}

const within = (is: (x: number, y: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => (is(i % width, Math.floor(i / width)) ? 1 : 0));

const painted = (channels: Channels, where: Uint8Array, paint: readonly [number, number, number]): Channels => {
  const [r, g, b] = channels.map((plane, c) => plane.map((v, i) => (where[i] === 1 ? paint[c] : v)));
  return [r, g, b];
};

function compared({ mask }: Change, truth: Uint8Array) {
  let both = 0;
  let either = 0;
  let wanted = 0;
  for (let i = 0; i < truth.length; i++) {
    const is = mask.data[i] > 0.5;
    if (truth[i] === 1) wanted++;
    if (is && truth[i] === 1) both++;
    if (is || truth[i] === 1) either++;
  }
  return { found: both / wanted, overlap: both / either };
}

test('red strokes are found whole and no wider than they were drawn, and the gaps between them stay open', async () => {
  const source = await textured(4);
  const strokes = within((x, y) => y > 60 && y < 180 && x > 90 && x < 230 && x % 12 < 4);
  const { found, overlap } = compared(await changeBetween(source, painted(source, strokes, [210, 30, 40])), strokes);
  expect(found).toBeGreaterThan(0.95);
  expect(overlap).toBeGreaterThan(0.6);
});

test('a part that went out of focus is found whole though its texture is faint, and no wider than it is', async () => {
  const source = await textured(5);
  const [r, g, b] = await Promise.all(source.map((plane) => blurred(plane, 4).then((once) => blurred(once, 4))));
  const disc = within((x, y) => Math.hypot(x - 170, y - 120) < 50);
  const mixed = (sharp: Float32Array, soft: Float32Array) => sharp.map((v, i) => (disc[i] === 1 ? soft[i] : v));
  const { found, overlap } = compared(await changeBetween(source, [mixed(source[0], r), mixed(source[1], g), mixed(source[2], b)]), disc);
  expect(found).toBeGreaterThan(0.95);
  expect(overlap).toBeGreaterThan(0.85);
});

test('texture that is drawn anew everywhere is no change', async () => {
  const source = await textured(8);
  expect((await changeBetween(source, source)).fraction).toBe(0);
});

test('behind a kept subject a replaced background does not pass for a drift, and the drift of the subject is undone', async () => {
  const source = await textured(6);
  const random = randomOf(21);
  const ground = await blurred(
    Float32Array.from({ length: width * height }, () => (random() - 0.5) * 200),
    2,
  );
  const disc = within((x, y) => Math.hypot(x - 170, y - 120) < 75);
  const [r, g, b] = source.map((plane, c) => plane.map((v, i) => (disc[i] === 1 ? v * 1.02 + 5 : [150, 143, 127][c] + ground[i])));
  const tone = await fitTone(await alignedPair(source, [r, g, b]), ask, pace);
  expect(tone?.reason).toBeNull();
  expect(tone?.maxShift).toBeLessThan(12);
});

test('where letters take the place of others, no edge of the old ones stays behind', async () => {
  const random = randomOf(3);
  /** Upright strokes with soft edges, 5 px wide, as letters are. */
  const lettered = (starts: readonly number[]): Channels => {
    const ink = (x: number, y: number): number => {
      if (y < 90 || y > 130) return 0;
      return Math.max(0, ...starts.map((start) => Math.min(1, 3.2 - Math.abs(x + 0.5 - start))));
    };
    const plane = (paper: number, dark: number) =>
      Float32Array.from({ length: width * height }, (_, i) => paper + (dark - paper) * ink(i % width, Math.floor(i / width)));
    return [plane(245, 32), plane(240, 36), plane(230, 44)];
  };
  const old = Array.from({ length: 18 }, (_, n) => 60 + n * 11 + 3 * random());
  const next = old.map((start) => start + 2.5 + 3 * random());
  const [source, edited] = [lettered(old), lettered(next)];
  const { mask } = await changeBetween(source, edited);
  // Levels by which the old ink still darkens the paper.
  const left = mask.data.map((m, i) => (edited[1][i] - source[1][i]) * (1 - m));
  expect(Math.max(...left)).toBeLessThan(30);
});
