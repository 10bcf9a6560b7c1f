/**
 * Blend modes as functions of one backdrop and one source value (0 to 1), or of three for those that mix channels.
 * Names are PSD's four letters. Formulas: W3C Compositing and Blending Level 1, §10, and ISO 32000-2, 11.3.5; linear
 * burn, linear, vivid, pin light and hard mix, darker and lighter colour, subtract and divide as Photoshop's manual
 * describes them.
 */
export type Separable = (backdrop: number, source: number) => number;
export type Rgb = readonly [number, number, number];
export type NonSeparable = (backdrop: Rgb, source: Rgb) => Rgb;

const clamp = (v: number): number => Math.min(1, Math.max(0, v));
const screen: Separable = (b, s) => b + s - b * s;
const hardLight: Separable = (b, s) => (s <= 0.5 ? 2 * b * s : screen(b, 2 * s - 1));
const colorDodge: Separable = (b, s) => (b === 0 ? 0 : s >= 1 ? 1 : Math.min(1, b / (1 - s)));
const colorBurn: Separable = (b, s) => (b >= 1 ? 1 : s <= 0 ? 0 : 1 - Math.min(1, (1 - b) / s));
const vividLight: Separable = (b, s) => (s <= 0.5 ? colorBurn(b, 2 * s) : colorDodge(b, 2 * s - 1));

function softLight(b: number, s: number): number {
  if (s <= 0.5) return b - (1 - 2 * s) * b * (1 - b);
  const d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b);
  return b + (2 * s - 1) * (d - b);
}

export const separable: Readonly<Record<string, Separable>> = {
  'mul ': (b, s) => b * s,
  scrn: screen,
  over: (b, s) => hardLight(s, b),
  dark: Math.min,
  lite: Math.max,
  'div ': colorDodge,
  idiv: colorBurn,
  hLit: hardLight,
  sLit: softLight,
  diff: (b, s) => Math.abs(b - s),
  smud: (b, s) => b + s - 2 * b * s,
  lddg: (b, s) => Math.min(1, b + s),
  lbrn: (b, s) => Math.max(0, b + s - 1),
  lLit: (b, s) => clamp(b + 2 * s - 1),
  vLit: vividLight,
  pLit: (b, s) => (s <= 0.5 ? Math.min(b, 2 * s) : Math.max(b, 2 * s - 1)),
  hMix: (b, s) => (b + s >= 1 ? 1 : 0),
  fsub: (b, s) => Math.max(0, b - s),
  fdiv: (b, s) => (s === 0 ? (b === 0 ? 0 : 1) : Math.min(1, b / s)),
};

const luminosity = ([r, g, b]: Rgb): number => 0.3 * r + 0.59 * g + 0.11 * b;
const saturation = (c: Rgb): number => Math.max(...c) - Math.min(...c);

/** Moves a colour to luminosity `l`, pulled towards grey where it would leave 0 to 1. */
function withLuminosity(c: Rgb, l: number): Rgb {
  const d = l - luminosity(c);
  const moved: Rgb = [c[0] + d, c[1] + d, c[2] + d];
  const low = Math.min(...moved);
  const high = Math.max(...moved);
  const pull = (v: number): number => {
    let out = v;
    if (low < 0) out = l + ((out - l) * l) / (l - low);
    if (high > 1) out = l + ((out - l) * (1 - l)) / (high - l);
    return out;
  };
  return [pull(moved[0]), pull(moved[1]), pull(moved[2])];
}

function withSaturation(c: Rgb, s: number): Rgb {
  const low = Math.min(...c);
  const range = Math.max(...c) - low;
  if (range === 0) return [0, 0, 0];
  return [((c[0] - low) * s) / range, ((c[1] - low) * s) / range, ((c[2] - low) * s) / range];
}

export const nonSeparable: Readonly<Record<string, NonSeparable>> = {
  'hue ': (b, s) => withLuminosity(withSaturation(s, saturation(b)), luminosity(b)),
  'sat ': (b, s) => withLuminosity(withSaturation(b, saturation(s)), luminosity(b)),
  colr: (b, s) => withLuminosity(s, luminosity(b)),
  'lum ': (b, s) => withLuminosity(b, luminosity(s)),
  dkCl: (b, s) => (luminosity(s) < luminosity(b) ? s : b),
  lgCl: (b, s) => (luminosity(s) > luminosity(b) ? s : b),
};

/** Modes that are drawn as they are meant. Dissolve ('diss') is drawn as normal. */
export const isExactMode = (mode: string): boolean => mode === 'norm' || mode === 'pass' || mode in separable || mode in nonSeparable;
