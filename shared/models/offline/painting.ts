/**
 * A picture from words alone, without any knowledge of what words mean: a calm ground, a few large overlapping forms in
 * the colours that were named, then the shapes and the quoted words. It is decoration and is described as such.
 */
import type { Extent } from '../../core/geometry.ts';
import { createPixels, type Pixels } from '../../core/pixels.ts';
import type { NamedColor, Rgb } from './colors.ts';
import { type ShapeName, shapeNames } from './commands.ts';
import { missingLetter } from './lettering.ts';
import { fromLab, type Lab, smoothstep, toLab } from './oklab.ts';
import { rasterise } from './outline.ts';
import { addShape, addText, moved, paint } from './overlay.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { draws } from './random.ts';
import { shapeOf, tokenise } from './words.ts';

/** Pairs and triples that go together, light to dark; one is drawn when the words name no colour. */
const palettes: readonly (readonly Rgb[])[] = [
  [
    [247, 235, 220],
    [240, 164, 117],
    [205, 92, 80],
    [62, 48, 92],
  ],
  [
    [232, 240, 236],
    [150, 200, 190],
    [44, 122, 128],
    [20, 52, 76],
  ],
  [
    [250, 240, 214],
    [240, 190, 84],
    [212, 98, 60],
    [38, 66, 92],
  ],
  [
    [238, 232, 246],
    [186, 164, 222],
    [110, 92, 180],
    [36, 34, 80],
  ],
  [
    [243, 240, 228],
    [168, 186, 140],
    [88, 124, 92],
    [38, 62, 60],
  ],
];

export interface Painting {
  readonly pixels: Pixels;
  /** Names of what the words decided: colours, shapes, quoted words. */
  readonly used: readonly string[];
}

export function* paintFromWords(instruction: string, extent: Extent, seed: number): Work<Painting> {
  const next = draws(seed);
  const colors: NamedColor[] = [];
  const shapes: ShapeName[] = [];
  const texts: string[] = [];
  const known = new Set<string>(shapeNames);
  for (const token of tokenise(instruction)) {
    if (token.kind === 'color' && !colors.some((color) => color.name === token.color.name)) colors.push(token.color);
    if (token.kind === 'quote' && missingLetter(token.text) === null && token.text !== '') texts.push(token.text);
    if (token.kind === 'word') {
      const shape = shapeOf(token.word);
      if (shape !== null && known.has(shape) && !shapes.includes(shape as ShapeName)) shapes.push(shape as ShapeName);
    }
  }
  const palette = paletteOf(colors, next);
  const pixels = createPixels(extent.width, extent.height);
  yield* ground(pixels, palette[0] as Rgb, palette[1] as Rgb, next() * Math.PI);
  const short = Math.min(extent.width, extent.height);
  // Behind shapes and words the forms step back.
  const quiet = shapes.length + texts.length > 0 ? 0.5 : 1;
  const count = 5;
  for (let i = 0; i < count; i++) {
    yield;
    // Large behind, small before; their middles near a diagonal, so that the whole leans one way.
    const size = short * (0.62 - 0.1 * i) * (0.8 + 0.4 * next());
    const t = (i + 0.5) / count;
    const x = extent.width * (0.1 + 0.8 * t + 0.18 * (next() - 0.5));
    const y = extent.height * (0.88 - 0.72 * t + 0.22 * (next() - 0.5));
    const color = palette[1 + (i % (palette.length - 1))] as Rgb;
    const form = rasterise(moved([disc(i % 3 === 2)], x, y, size));
    if (form !== null) paint(pixels, form, color, (0.5 + 0.3 * next()) * quiet);
  }
  const places = ['centre', 'left', 'right'] as const;
  for (let i = 0; i < Math.min(3, shapes.length); i++)
    yield* addShape(pixels, {
      kind: 'shape',
      shape: shapes[i] as ShapeName,
      place: { vertical: 'middle', horizontal: places[i] as 'centre' },
      color: colors[Math.min(i, colors.length - 1)] ?? null,
      size: 1.2,
    });
  for (let i = 0; i < Math.min(2, texts.length); i++)
    yield* addText(pixels, {
      kind: 'text',
      text: texts[i] as string,
      place: { vertical: i === 0 ? (shapes.length > 0 ? 'bottom' : 'middle') : 'top', horizontal: 'centre' },
      color: null,
      size: i === 0 ? 1.2 : 0.7,
    });
  return {
    pixels,
    used: [
      ...colors.map((color) => color.name),
      ...shapes.slice(0, 3).map((shape) => `a ${shape}`),
      ...texts.slice(0, 2).map((text) => `“${text}”`),
    ],
  };
}

/** Ground first. Named colours are filled up with lighter and darker kin of the first, so that there are always four. */
function paletteOf(colors: readonly NamedColor[], next: () => number): Rgb[] {
  if (colors.length === 0) return [...(palettes[Math.floor(next() * palettes.length)] as readonly Rgb[])];
  const rgbs = colors.slice(0, 5).map((color) => color.rgb);
  const first = rgbs[0] as Rgb;
  const out: Rgb[] = [kin(first, 0.9, 0.25), ...rgbs];
  if (out.length < 3) out.push(kin(first, 0.62, 0.85));
  if (out.length < 4) out.push(kin(first, 0.3, 0.7));
  return out;
}

/** The colour at another OKLab lightness, with a share of its chroma. */
function kin(rgb: Rgb, lightness: number, share: number): Rgb {
  const lab: Lab = [0, 0, 0];
  const out: [number, number, number] = [0, 0, 0];
  toLab(rgb[0], rgb[1], rgb[2], lab);
  fromLab(lightness, lab[1] * share, lab[2] * share, out);
  return [Math.round(out[0]), Math.round(out[1]), Math.round(out[2])];
}

function* ground(pixels: Pixels, from: Rgb, to: Rgb, angle: number): Work<void> {
  const { width, height, data } = pixels;
  const a: Lab = [0, 0, 0];
  const b: Lab = [0, 0, 0];
  toLab(from[0], from[1], from[2], a);
  toLab(to[0], to[1], to[2], b);
  // 1024 steps, and a fixed grain of one level, so that no bands show.
  const ramp = new Float32Array(1025 * 3);
  const rgb: [number, number, number] = [0, 0, 0];
  for (let i = 0; i <= 1024; i++) {
    const t = 0.62 * smoothstep(0, 1, i / 1024);
    fromLab(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t, rgb);
    ramp.set(rgb, i * 3);
  }
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let x = 0; x < width; x++) {
      const t = 0.5 + ((x + 0.5) / width - 0.5) * dx * 0.7 + ((y + 0.5) / height - 0.5) * dy * 0.7;
      const k = 3 * Math.round(1024 * Math.min(1, Math.max(0, t)));
      const grain = (((x * 7 + y * 13) ^ (x * y)) & 7) / 8 - 0.44;
      const i = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) data[i + c] = (ramp[k + c] as number) + grain;
      data[i + 3] = 255;
    }
  }
}

/** A circle, or its upper half. */
function disc(isHalf: boolean): number[] {
  const out: number[] = [];
  const steps = 240;
  for (let i = 0; i <= steps; i++) {
    const angle = (isHalf ? Math.PI : 2 * Math.PI) * (i / steps) + Math.PI;
    out.push(Math.cos(angle), Math.sin(angle));
  }
  return out;
}
