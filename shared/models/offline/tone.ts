/**
 * Light and colour of a picture: brightness, contrast, warmth, saturation, and the looks made of a map from lightness
 * to colour (black and white, sepia, duotone, tint, night). Each changes the pixels in place.
 */
import { createPixels, type Pixels } from '../../core/pixels.ts';
import type { NamedColor } from './colors.ts';
import { fromLab, type Lab, linearOf, smoothstep, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';

type Table = Uint8ClampedArray;

const tableOf = (curve: (v: number) => number): Table => Uint8ClampedArray.from({ length: 256 }, (_, i) => 255 * curve(i / 255));

function* mapChannels(pixels: Pixels, red: Table, green: Table, blue: Table): Work<void> {
  const { data, width, height } = pixels;
  const breath = rowsPerYield(width) * 4;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      data[i] = red[data[i] as number] as number;
      data[i + 1] = green[data[i + 1] as number] as number;
      data[i + 2] = blue[data[i + 2] as number] as number;
    }
  }
}

/** The default "brighter" multiplies a middle grey by this; "20% brighter" asks for 1.2. */
const brightnessStep = 0.32;

export function* brightness(pixels: Pixels, amount: number): Work<void> {
  const gain = 2 ** (Math.log2(1 + brightnessStep) * amount);
  // A shoulder keeps white white when it goes up, and highlights shine a little longer when it goes down.
  const up = (v: number, g: number): number => (g * v) / (1 + (g - 1) * v * v);
  const curve = (v: number): number => {
    if (gain < 1) return v * (gain + (1 - gain) * 0.25 * v * v);
    // The shoulder is monotone up to a gain of 2; more is done in two steps.
    return gain <= 1.9 ? up(v, gain) : up(up(v, Math.sqrt(gain)), Math.min(1.9, Math.sqrt(gain)));
  };
  const table = tableOf(curve);
  yield* mapChannels(pixels, table, table, table);
}

export function* contrast(pixels: Pixels, amount: number): Work<void> {
  const pivot = Math.min(0.65, Math.max(0.3, yield* meanLevel(pixels)));
  const slope = amount >= 0 ? 1 + 0.38 * amount : 1 / (1 - 0.45 * amount);
  const curve = (v: number): number => {
    if (slope <= 1) return pivot + (v - pivot) * slope;
    // Towards each end the distance to the end shrinks by a power, so nothing clips.
    return v < pivot ? pivot * (v / pivot) ** slope : 1 - (1 - pivot) * ((1 - v) / (1 - pivot)) ** slope;
  };
  const table = tableOf(curve);
  yield* mapChannels(pixels, table, table, table);
}

export function* warmth(pixels: Pixels, amount: number): Work<void> {
  // Gains in linear light, as a white balance has them; green keeps the lightness about where it was.
  const gains = [1.16 ** amount, 1.005 ** amount, 0.78 ** amount] as const;
  const [red, green, blue] = gains.map((gain) =>
    tableOf((v) => {
      const linear = v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      // The shoulder again: a warm white is still near white.
      const l = gain > 1 ? (gain * linear) / (1 + (gain - 1) * linear * linear) : gain * linear;
      return l <= 0.0031308 ? 12.92 * l : 1.055 * l ** (1 / 2.4) - 0.055;
    }),
  ) as [Table, Table, Table];
  yield* mapChannels(pixels, red, green, blue);
}

export function* saturation(pixels: Pixels, amount: number): Work<void> {
  const { data, width, height } = pixels;
  const up = amount > 0;
  const factor = up ? 0.55 * amount : Math.max(0, 1 + 0.5 * amount);
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      const r = data[i] as number;
      const g = data[i + 1] as number;
      const b = data[i + 2] as number;
      const grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      // What is vivid already gets less of it, so faces do not burn before skies turn blue.
      const vivid = up ? (Math.max(r, g, b) - Math.min(r, g, b)) / 255 : 0;
      const k = up ? 1 + factor * (1 - 0.7 * vivid) : factor;
      data[i] = grey + (r - grey) * k;
      data[i + 1] = grey + (g - grey) * k;
      data[i + 2] = grey + (b - grey) * k;
    }
  }
}

export function* blackAndWhite(pixels: Pixels): Work<void> {
  yield* mapLightness(
    pixels,
    colorRamp((t) => {
      // A little more contrast than plain luma, as a print has it.
      const v = t + 0.06 * Math.sin((t - 0.5) * 2 * Math.PI);
      return [v, 0, 0];
    }),
    1,
  );
}

export function* sepia(pixels: Pixels, amount: number): Work<void> {
  yield* mapLightness(
    pixels,
    colorRamp((t) => {
      const c = 0.062 * Math.sin(Math.PI * Math.min(1, 0.12 + 0.85 * t));
      return [0.1 + 0.87 * t, 0.28 * c, 0.96 * c];
    }),
    Math.min(1, 0.9 * amount),
  );
}

export function* duotone(pixels: Pixels, first: NamedColor, second: NamedColor): Work<void> {
  const a = labOf(first);
  const b = labOf(second);
  const [dark, light] = a[0] <= b[0] ? [a, b] : [b, a];
  yield* mapLightness(
    pixels,
    colorRamp((t) => {
      const s = t + 0.08 * Math.sin((t - 0.5) * 2 * Math.PI);
      return [dark[0] + (light[0] - dark[0]) * s, dark[1] + (light[1] - dark[1]) * s, dark[2] + (light[2] - dark[2]) * s];
    }),
    1,
    true,
  );
}

/** One hue over everything; light and shade stay. `share` 0 to 1 of the old colours is replaced. */
export function* tint(pixels: Pixels, color: NamedColor, share: number): Work<void> {
  const target = labOf(color);
  const c = Math.hypot(target[1], target[2]);
  const scale = c === 0 ? 0 : Math.min(c, 0.17) / c;
  const lift = (target[0] - 0.6) * 0.35;
  yield* mapLightness(
    pixels,
    colorRamp((t) => {
      // No colour in the deepest black and the whitest white.
      const bell = Math.sin(Math.PI * t ** 0.9) ** 0.7;
      const w = (Number.isFinite(bell) ? bell : 0) * scale;
      return [Math.min(1, t + lift * Math.sin(Math.PI * t)), target[1] * w, target[2] * w];
    }),
    Math.min(1, share),
  );
}

/** Everything in one hue, its mean lightness moved most of the way to the colour's own. `meanLightness` is OKLab's. */
export function* colorise(pixels: Pixels, color: NamedColor, meanLightness: number): Work<void> {
  const target = labOf(color);
  const c = Math.hypot(target[1], target[2]);
  const scale = c === 0 ? 0 : Math.min(c, 0.2) / c;
  const from = Math.min(0.9, Math.max(0.15, meanLightness));
  const to = Math.min(0.93, Math.max(0.15, target[0]));
  const power = Math.min(2.2, Math.max(0.42, Math.log(to) / Math.log(from))) ** 0.75;
  yield* mapLightness(
    pixels,
    colorRamp((t) => {
      const l = t ** power;
      // Full colour at the target's own lightness, none in the deepest black and the whitest white.
      const w = Math.min(1, l / (0.8 * to)) * Math.min(1, (1 - l) / (0.8 * (1 - to)));
      return [l, target[1] * w * scale, target[2] * w * scale];
    }),
    1,
  );
}

export function* night(pixels: Pixels, amount: number): Work<void> {
  const { data, width, height } = pixels;
  const lab: Lab = [0, 0, 0];
  const rgb: [number, number, number] = [0, 0, 0];
  const dark = 0.46 * Math.min(1.3, amount);
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
      const l = lab[0];
      // Lamps and windows stay lit: the brightest warm colours lose less light.
      const lamp = smoothstep(0.82, 0.98, l) * smoothstep(0.01, 0.07, lab[2]);
      const keep = 1 - dark * (1 - 0.55 * lamp);
      const l2 = l * keep * (0.82 + 0.18 * l);
      // The eye loses colour in the dark and what is left looks blue (Purkinje).
      const sat = 0.5 + 0.4 * lamp;
      const blue = (1 - lamp) * Math.min(1, amount) * smoothstep(0, 0.25, l2);
      fromLab(l2, lab[1] * sat - 0.012 * blue, lab[2] * sat - 0.052 * blue, rgb);
      data[i] = rgb[0];
      data[i + 1] = rgb[1];
      data[i + 2] = rgb[2];
    }
  }
}

export function* invert(pixels: Pixels): Work<void> {
  const table = tableOf((v) => 1 - v);
  yield* mapChannels(pixels, table, table, table);
}

export function labOf(color: NamedColor): Lab {
  const lab: Lab = [0, 0, 0];
  toLab(color.rgb[0], color.rgb[1], color.rgb[2], lab);
  return lab;
}

/** 256 sRGB triples over OKLab lightness 0 to 1. */
function colorRamp(at: (lightness: number) => readonly [number, number, number]): Uint8ClampedArray {
  const ramp = new Uint8ClampedArray(256 * 3);
  const rgb: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < 256; i++) {
    const [l, a, b] = at(i / 255);
    fromLab(l, a, b, rgb);
    ramp.set(rgb, i * 3);
  }
  return ramp;
}

/** OKLab lightness as 0 to 255 of the 4096 steps of linear luminance. */
const lightnessOfLuminance = Uint8Array.from({ length: 4097 }, (_, i) => Math.round(255 * Math.cbrt(i / 4096)));

/** Replaces each colour by the ramp's at its lightness, by `share`. `stretched`: over the lightness the picture uses. */
function* mapLightness(pixels: Pixels, ramp: Uint8ClampedArray, share: number, stretched = false): Work<void> {
  const { data, width, height } = pixels;
  const breath = rowsPerYield(width) * 2;
  const lightnessAt = (i: number): number =>
    lightnessOfLuminance[
      (4096 *
        (0.2126 * (linearOf[data[i] as number] as number) +
          0.7152 * (linearOf[data[i + 1] as number] as number) +
          0.0722 * (linearOf[data[i + 2] as number] as number)) +
        0.5) |
        0
    ] as number;
  let low = 0;
  let high = 255;
  if (stretched) {
    const histogram = new Uint32Array(256);
    // A prime step: every 13th pixel is plenty and no pattern of the picture is met in step.
    for (let i = 0; i < data.length; i += 4 * 13) (histogram[lightnessAt(i)] as number)++;
    const total = Math.ceil(data.length / (4 * 13));
    const edge = total * 0.004;
    for (let seen = 0; low < 100 && (seen += histogram[low] as number) < edge; low++);
    for (let seen = 0; high > 155 && (seen += histogram[high] as number) < edge; high--);
  }
  const span = 255 / (high - low);
  const index = Uint16Array.from({ length: 256 }, (_, l) => 3 * Math.min(255, Math.max(0, Math.round((l - low) * span))));
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      const k = index[lightnessAt(i)] as number;
      for (let c = 0; c < 3; c++) {
        const old = data[i + c] as number;
        data[i + c] = old + ((ramp[k + c] as number) - old) * share;
      }
    }
  }
}

function* meanLevel(pixels: Pixels): Work<number> {
  yield;
  const { data } = pixels;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i += 4 * 13) {
    sum += 0.2126 * (data[i] as number) + 0.7152 * (data[i + 1] as number) + 0.0722 * (data[i + 2] as number);
    count++;
  }
  return sum / count / 255;
}

export function copyOf(pixels: Pixels): Pixels {
  const out = createPixels(pixels.width, pixels.height, pixels.profile);
  out.data.set(pixels.data);
  return out;
}
