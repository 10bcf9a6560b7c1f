/** What the offline model's tests share: a clock, small pictures with known colours, one call, and how to measure. */
import { readFileSync } from 'node:fs';
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import type { EditAnswer, EditRequest, LabelledPicture, Turn, TurnPicture } from '../../shared/core/model.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { editLayerPrompt } from '../../shared/core/prompts/editLayer.ts';
import { compile } from '../../shared/core/prompts/promptText.ts';
import type { Result } from '../../shared/core/result.ts';
import { wordsIn } from '../../shared/core/said.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';

export const codec = createNodeCodec();

export const wallClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => new Promise((resolve) => setTimeout(() => resolve(!signal.aborted), ms)),
};

export const still = createOffline({ codec, clock: wallClock, drift: false });

export const cellOf = (extent: Extent): EditRequest['cell'] => ({ ratio: null, size: '1K', extent });

export interface Ask {
  readonly pictures?: readonly LabelledPicture[];
  readonly extent?: Extent;
  readonly turns?: readonly Turn[];
  readonly prompt?: EditRequest['prompt'];
}

export function requestOf(instruction: string, picture: Pixels | null, ask: Ask = {}): EditRequest {
  const pictures = ask.pictures ?? (picture === null ? [] : [{ role: 'subject' as const, label: '', pixels: picture }]);
  return {
    model: 'offline',
    cell: cellOf(ask.extent ?? (picture === null ? { width: 320, height: 320 } : { width: picture.width, height: picture.height })),
    pictures,
    instruction,
    prompt: ask.prompt ?? compile(editLayerPrompt, { instruction, references: Math.max(0, pictures.length - 1) }),
    turns: ask.turns ?? [],
    thinking: null,
  };
}

export const ask = (
  instruction: string,
  picture: Pixels | null,
  more: Ask = {},
  signal: AbortSignal = neverAborted,
): Promise<Result<EditAnswer, Failure>> => still.edit(requestOf(instruction, picture, more), signal);

/** The answer's pixels; fails the test when there is none. */
export async function edited(instruction: string, picture: Pixels, more: Ask = {}): Promise<Pixels> {
  const answer = await ask(instruction, picture, more);
  if (!answer.ok) throw new Error(`“${instruction}”: ${JSON.stringify(answer.error)}`);
  return answer.value.picture.pixels;
}

/** The words of an answer without a picture. */
export async function words(instruction: string, picture: Pixels | null, more: Ask = {}): Promise<string> {
  const answer = await ask(instruction, picture, more);
  if (answer.ok || answer.error.kind !== 'no-image' || answer.error.reason !== 'words-only')
    throw new Error(`“${instruction}” gave ${answer.ok ? wordsIn(answer.value.said) : JSON.stringify(answer.error)}`);
  return answer.error.said;
}

/** A picture as an earlier turn holds it. */
export async function turnPicture(pixels: Pixels): Promise<TurnPicture> {
  const bytes = await codec.encode(pixels, { type: 'image/png' }, neverAborted);
  if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
  return { role: 'subject', label: '', type: 'image/png', bytes: bytes.value };
}

export async function photo(name: string): Promise<Pixels> {
  const decoded = await codec.decode(readFileSync(new URL(`../fixtures/photos/${name}`, import.meta.url)), neverAborted);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

/** A beige wall in uneven light with a red square (left), a blue one (right) and a green strip below; shaded from top to bottom. */
export function room(side = 320): Pixels {
  const pixels = createPixels(side, side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const u = x / side;
      const v = y / side;
      const lamp = 1 + 0.1 * Math.sin(7 * u) + 0.06 * Math.cos(5 * v + 2 * u);
      let rgb = [212 * lamp, 192 * lamp, 164 * lamp];
      if (inside(redPart, u, v)) rgb = [176, 38, 40];
      else if (inside(bluePart, u, v)) rgb = [42, 84, 190];
      else if (inside(greenPart, u, v)) rgb = [52, 142, 70];
      const shade = 1.08 - 0.3 * v;
      const i = (y * side + x) * 4;
      for (let c = 0; c < 3; c++) pixels.data[i + c] = (rgb[c] as number) * shade;
      pixels.data[i + 3] = 255;
    }
  return pixels;
}

/** A red disc with a darker spot on a plain ground. */
export function product(side = 320, ground: readonly number[] = [240, 238, 232]): Pixels {
  const pixels = createPixels(side, side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const r = Math.hypot((x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5);
      const inDisc = Math.min(1, Math.max(0, (0.3 - r) * side + 0.5));
      const rgb = r < 0.1 ? [120, 20, 24] : [188, 40, 42];
      const i = (y * side + x) * 4;
      for (let c = 0; c < 3; c++) pixels.data[i + c] = (rgb[c] as number) * inDisc + (ground[c] as number) * (1 - inDisc);
      pixels.data[i + 3] = 255;
    }
  return pixels;
}

/** Shares of the side: left, top, right, bottom. */
type Part = readonly [number, number, number, number];
export const redPart: Part = [0.1, 0.2, 0.4, 0.6];
export const bluePart: Part = [0.6, 0.2, 0.9, 0.6];
export const greenPart: Part = [0.2, 0.75, 0.8, 0.9];
export const wallPart: Part = [0.42, 0.02, 0.58, 0.7];
export const all: Part = [0, 0, 1, 1];

const inside = ([left, top, right, bottom]: Part, u: number, v: number): boolean => u >= left && u < right && v >= top && v < bottom;

const boundsOfPart = (pixels: Extent, [left, top, right, bottom]: Part, inset = 0.03): Bounds => ({
  x: Math.round((left + inset) * pixels.width),
  y: Math.round((top + inset) * pixels.height),
  width: Math.round((right - left - 2 * inset) * pixels.width),
  height: Math.round((bottom - top - 2 * inset) * pixels.height),
});

/** Mean RGB of a part, a little inside its border. */
export function mean(pixels: Pixels, part: Part): [number, number, number] {
  const b = boundsOfPart(pixels, part, part === all ? 0 : 0.03);
  const sum: [number, number, number] = [0, 0, 0];
  for (let y = b.y; y < b.y + b.height; y++)
    for (let x = b.x; x < b.x + b.width; x++)
      for (let c = 0; c < 3; c++) sum[c as 0] += pixels.data[(y * pixels.width + x) * 4 + c] as number;
  return sum.map((v) => v / (b.width * b.height)) as [number, number, number];
}

export const light = ([r, g, b]: readonly [number, number, number]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Largest channel difference of two means. */
export const apart = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((v, c) => Math.abs(v - (b[c] as number))));

/** Standard deviation of luma in a part, levels. */
export function deviation(pixels: Pixels, part: Part): number {
  const b = boundsOfPart(pixels, part);
  let sum = 0;
  let squares = 0;
  for (let y = b.y; y < b.y + b.height; y++)
    for (let x = b.x; x < b.x + b.width; x++) {
      const i = (y * pixels.width + x) * 4;
      const l = light([pixels.data[i] as number, pixels.data[i + 1] as number, pixels.data[i + 2] as number]);
      sum += l;
      squares += l * l;
    }
  const n = b.width * b.height;
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}

/** Mean distance between the largest and smallest channel: how colourful a part is. */
export function colourfulness(pixels: Pixels, part: Part): number {
  const b = boundsOfPart(pixels, part);
  let sum = 0;
  for (let y = b.y; y < b.y + b.height; y++)
    for (let x = b.x; x < b.x + b.width; x++) {
      const i = (y * pixels.width + x) * 4;
      const rgb = [pixels.data[i], pixels.data[i + 1], pixels.data[i + 2]] as number[];
      sum += Math.max(...rgb) - Math.min(...rgb);
    }
  return sum / (b.width * b.height);
}

/** Mean absolute difference of neighbouring pixels' luma: fine detail. */
export function detail(pixels: Pixels): number {
  let sum = 0;
  for (let y = 0; y < pixels.height; y++)
    for (let x = 1; x < pixels.width; x++) {
      const i = (y * pixels.width + x) * 4 + 1;
      sum += Math.abs((pixels.data[i] as number) - (pixels.data[i - 4] as number));
    }
  return sum / (pixels.width * pixels.height);
}

/** Mean absolute channel difference over all pixels. */
export function difference(a: Pixels, b: Pixels): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) if (i % 4 !== 3) sum += Math.abs((a.data[i] as number) - (b.data[i] as number));
  return sum / (a.width * a.height * 3);
}
