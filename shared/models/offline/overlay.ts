/** Words and shapes put onto a picture: where, how large, in which colour, and legible on what lies beneath. */
import type { Pixels } from '../../core/pixels.ts';
import type { Rgb } from './colors.ts';
import type { Effect, Place } from './commands.ts';
import { boxBlur, boxRadius, lightWithin } from './filters.ts';
import { accentRoom, setText } from './lettering.ts';
import { linearOf } from './oklab.ts';
import { boundsOfContours, type Contours, type Coverage, rasterise } from './outline.ts';
import type { Work } from './pace.ts';
import { shapeContours } from './shapes.ts';

/** Distance from the border, as a share of the short side. */
const marginShare = 0.055;
const nearWhite: Rgb = [250, 250, 248];
const nearBlack: Rgb = [20, 20, 23];
/** The default colour of a shape: seen on most pictures, and pleasant. */
const coral: Rgb = [242, 92, 70];

export function* addText(pixels: Pixels, effect: Extract<Effect, { kind: 'text' }>): Work<void> {
  const { width, height } = pixels;
  const short = Math.min(width, height);
  const margin = short * marginShare;
  const isCorner = effect.place.horizontal !== 'centre';
  const set = setText(effect.text, {
    maxWidth: (width - 2 * margin) * (isCorner ? Math.min(1, 0.52 * Math.max(1, effect.size)) : 1),
    maxHeight: (height - 2 * margin) * 0.5,
    wantedEm: short * (isCorner ? 0.115 : 0.145) * effect.size,
    align: effect.place.horizontal,
  });
  const top = effect.place.vertical === 'top' ? margin + accentRoom * set.emPx * 0.4 : 0;
  const at = placed(effect.place, pixels, { width: set.width, height: set.height }, margin, top);
  const box = { x: at.x, y: at.y, width: set.width, height: set.height };
  const beneath = lightWithin(pixels, box);
  const color = effect.color?.rgb ?? (beneath.mean > 0.42 ? nearBlack : nearWhite);
  const coverage = rasterise(moved(set.contours, at.x, at.y, 1));
  if (coverage === null) return;
  // A soft shade behind the letters where the ground is busy or too near in light (WCAG's 3 : 1 for large text).
  const ownLight = luminance(color);
  const ratio = (Math.max(ownLight, beneath.mean) + 0.05) / (Math.min(ownLight, beneath.mean) + 0.05);
  const need = Math.max(Math.min(1, beneath.unevenness / 60), ratio < 3 ? 1 : 0);
  if (need > 0.2) {
    const behind = ownLight > 0.25 ? nearBlack : nearWhite;
    yield* shade(pixels, coverage, behind, 0.5 * need, set.emPx * 4);
    yield* shade(pixels, coverage, behind, 0.6 * need, set.emPx);
  }
  yield;
  paint(pixels, coverage, color, 1);
}

export function* addShape(pixels: Pixels, effect: Extract<Effect, { kind: 'shape' }>): Work<void> {
  yield;
  const { width, height } = pixels;
  const short = Math.min(width, height);
  const color = effect.color?.rgb ?? coral;
  if (effect.shape === 'frame') {
    const inset = short * 0.03;
    const stroke = short * 0.014 * Math.max(0.6, effect.size);
    const box = (d: number): number[] => [d, d, width - d, d, width - d, height - d, d, height - d];
    const inner = box(inset + stroke);
    const turned = [inner[0], inner[1], inner[6], inner[7], inner[4], inner[5], inner[2], inner[3]] as number[];
    const coverage = rasterise([box(inset), turned]);
    if (coverage !== null) paint(pixels, coverage, color, 1);
    return;
  }
  const isCentre = effect.place.vertical === 'middle' && effect.place.horizontal === 'centre';
  // A line is as long as three other shapes are wide.
  const long = effect.shape === 'line' ? 3 : 1;
  const radius = long * Math.min(0.46 * short, short * (isCentre ? 0.19 : 0.115) * effect.size);
  const contours = shapeContours(effect.shape);
  const box = boundsOfContours(contours);
  const at = placed(
    effect.place,
    pixels,
    { width: (box.right - box.left) * radius, height: (box.bottom - box.top) * radius },
    short * marginShare,
    short * marginShare,
  );
  const coverage = rasterise(moved(contours, at.x - box.left * radius, at.y - box.top * radius, radius));
  if (coverage === null) return;
  yield* shade(pixels, coverage, nearBlack, 0.16, radius * 0.6);
  paint(pixels, coverage, color, 1);
}

/** Top left of a block of `size` at a place; `top` is the margin above. */
function placed(
  place: Place,
  pixels: Pixels,
  size: { width: number; height: number },
  margin: number,
  top: number,
): { x: number; y: number } {
  const x =
    place.horizontal === 'left'
      ? margin
      : place.horizontal === 'right'
        ? pixels.width - margin - size.width
        : (pixels.width - size.width) / 2;
  const y =
    place.vertical === 'top'
      ? Math.max(margin, top)
      : place.vertical === 'bottom'
        ? pixels.height - margin - size.height
        : (pixels.height - size.height) / 2;
  return { x, y };
}

export const moved = (contours: Contours, x: number, y: number, scale: number): Contours =>
  contours.map((contour) => contour.map((v, i) => v * scale + (i % 2 === 0 ? x : y)));

/** Paints a colour through coverage, in place. */
export function paint(pixels: Pixels, coverage: Coverage, color: Rgb, opacity: number): void {
  const { bounds } = coverage;
  for (let row = 0; row < bounds.height; row++) {
    const y = bounds.y + row;
    if (y < 0 || y >= pixels.height) continue;
    for (let col = 0; col < bounds.width; col++) {
      const x = bounds.x + col;
      const c = (coverage.data[row * bounds.width + col] as number) * opacity;
      if (c === 0 || x < 0 || x >= pixels.width) continue;
      const i = (y * pixels.width + x) * 4;
      for (let k = 0; k < 3; k++) {
        const old = pixels.data[i + k] as number;
        pixels.data[i + k] = old + ((color[k] as number) - old) * c;
      }
    }
  }
}

/** A blurred copy of the coverage, a little lower: a soft shadow or glow. */
function* shade(pixels: Pixels, coverage: Coverage, color: Rgb, opacity: number, emPx: number): Work<void> {
  const sigma = Math.max(1, emPx * 0.09);
  const grow = Math.ceil(sigma * 3);
  const { bounds } = coverage;
  const width = bounds.width + 2 * grow;
  const height = bounds.height + 2 * grow;
  const data = new Float32Array(width * height);
  for (let row = 0; row < bounds.height; row++)
    data.set(coverage.data.subarray(row * bounds.width, (row + 1) * bounds.width), (row + grow) * width + grow);
  const soft = yield* boxBlur({ width, height, data }, boxRadius(sigma), 3);
  const shadow = { x: bounds.x - grow, y: bounds.y - grow + Math.round(sigma * 0.25), width, height };
  paint(pixels, { bounds: shadow, data: soft.data }, color, opacity);
}

const luminance = (rgb: Rgb): number =>
  0.2126 * (linearOf[rgb[0]] as number) + 0.7152 * (linearOf[rgb[1]] as number) + 0.0722 * (linearOf[rgb[2]] as number);
