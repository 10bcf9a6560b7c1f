/**
 * Colours by name. `rgb` is what a thing becomes when it is made that colour; `seen` is what counts as that colour in
 * a photograph, which is much wider: a "red" jacket is anywhere from brick to crimson, in sun and in shade.
 * CSS names: CSS Color Module Level 4, §6.1. The everyday ones are set a little calmer than CSS's full primaries,
 * which no dye and no paint has.
 */
import { chroma, fromLab, hueDegrees, type Lab, toLab } from './oklab.ts';

export type Rgb = readonly [number, number, number];

export interface NamedColor {
  readonly name: string;
  readonly rgb: Rgb;
  readonly seen: Appearance;
}

export type Appearance =
  /** OKLCH hue in degrees ± half the window; lightness limits 0 to 1. */
  | {
      readonly kind: 'hue';
      readonly hue: number;
      readonly halfWindow: number;
      readonly lightness: readonly [number, number];
      /** Below it, in chroma divided by lightness, nothing is called by this name. */
      readonly minSaturation: number;
    }
  | { readonly kind: 'grey'; readonly lightness: readonly [number, number] };

type Family = readonly [hex: string, hue: number, halfWindow: number, low: number, high: number, minSaturation: number];

/** Windows in OKLCH, set on photographs (skin lies at hue 45 to 70 with a saturation below 0.15). */
const families: Readonly<Record<string, Family>> = {
  red: ['#c81e2b', 22, 20, 0.12, 0.85, 0.16],
  orange: ['#f07b16', 48, 22, 0.25, 0.92, 0.16],
  yellow: ['#f5c518', 97, 19, 0.45, 1, 0.1],
  lime: ['#9bd023', 123, 16, 0.4, 1, 0.1],
  green: ['#2a9149', 145, 34, 0.12, 0.97, 0.06],
  turquoise: ['#2ec4b6', 187, 20, 0.2, 1, 0.05],
  teal: ['#0f8080', 195, 22, 0.15, 0.8, 0.05],
  cyan: ['#18b6d4', 208, 22, 0.3, 1, 0.05],
  blue: ['#2158c4', 257, 40, 0.1, 0.95, 0.05],
  navy: ['#16264f', 262, 34, 0, 0.42, 0.05],
  purple: ['#7a35b0', 305, 26, 0.1, 0.9, 0.05],
  violet: ['#6f42c8', 298, 24, 0.1, 0.9, 0.05],
  magenta: ['#c9268f', 340, 22, 0.2, 0.95, 0.1],
  pink: ['#ef7fb0', 358, 28, 0.5, 1, 0.05],
  brown: ['#70452a', 55, 28, 0.2, 0.58, 0.06],
  maroon: ['#721c2a', 20, 20, 0.08, 0.48, 0.12],
  gold: ['#cf9f2e', 85, 18, 0.4, 0.92, 0.12],
  beige: ['#ddcbb0', 78, 26, 0.66, 0.96, 0.02],
};

const greys: Readonly<Record<string, readonly [hex: string, low: number, high: number]>> = {
  white: ['#f6f5f2', 0.85, 1],
  black: ['#17171a', 0, 0.36],
  grey: ['#85878a', 0.32, 0.85],
  silver: ['#c3c6ca', 0.6, 0.92],
  charcoal: ['#36393f', 0.15, 0.45],
};

/** Names that the fashion and paint trades use and CSS lacks, or sets otherwise. */
const trade: Readonly<Record<string, string>> = {
  amber: '#ffb000',
  apricot: '#fbb982',
  aubergine: '#4b2140',
  burgundy: '#6d1a2f',
  camel: '#c19a6b',
  caramel: '#b5713a',
  champagne: '#f1ddbc',
  cherry: '#b3112f',
  chocolate: '#4e2e1e',
  cobalt: '#1146a6',
  copper: '#b46a3c',
  cream: '#f5ecd4',
  denim: '#3f5f8a',
  ecru: '#d6cbb1',
  emerald: '#0f8a5f',
  fuchsia: '#d32c8c',
  jade: '#1f9c73',
  lavender: '#b9a7de',
  lemon: '#f7e04b',
  lilac: '#c3a3d4',
  mauve: '#a9789f',
  mint: '#9fdcc0',
  mustard: '#d1a021',
  ochre: '#c27c2a',
  olive: '#6f722f',
  peach: '#ffc4a0',
  petrol: '#0b5563',
  plum: '#6d2a5c',
  raspberry: '#b9285c',
  rose: '#e27d92',
  ruby: '#9d1338',
  rust: '#a8461f',
  sage: '#9caf88',
  sand: '#dac09a',
  sapphire: '#123f8c',
  scarlet: '#d5231e',
  tangerine: '#f6831f',
  taupe: '#8b7d72',
  terracotta: '#c3623f',
  ultramarine: '#2a2f9c',
  wine: '#5e1b30',
};

/** The other CSS names, packed as name and hex. */
const css =
  'aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff bisque ffe4c4 blanchedalmond ffebcd blueviolet 8a2be2 burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgrey a9a9a9 darkgreen 006400 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0 forestgreen 228b22 gainsboro dcdcdc ghostwhite f8f8ff goldenrod daa520 greenyellow adff2f honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgrey d3d3d3 lightgreen 90ee90 lightpink ffb6c1 lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 limegreen 32cd32 linen faf0e6 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead oldlace fdf5e6 olivedrab 6b8e23 orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f powderblue b0e0e6 rebeccapurple 663399 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c thistle d8bfd8 tomato ff6347 wheat f5deb3 whitesmoke f5f5f5 yellowgreen 9acd32';

const rgbOf = (hex: string): Rgb => {
  const value = Number.parseInt(hex.replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/** A colour by its numbers, seen in pictures as itself and its near kin. */
export function colorOf(name: string, rgb: Rgb): NamedColor {
  const lab: Lab = [0, 0, 0];
  toLab(rgb[0], rgb[1], rgb[2], lab);
  const c = chroma(lab[1], lab[2]);
  const lightness: readonly [number, number] = [Math.max(0, lab[0] - 0.3), Math.min(1, lab[0] + 0.28)];
  return {
    name,
    rgb,
    // Below 0.025 of chroma a hue is not seen; ivory and snow are whites.
    seen:
      c < 0.025
        ? { kind: 'grey', lightness: [Math.max(0, lab[0] - 0.16), Math.min(1, lab[0] + 0.16)] }
        : { kind: 'hue', hue: hueDegrees(lab[1], lab[2]), halfWindow: 22, lightness, minSaturation: Math.min(0.12, (0.35 * c) / lab[0]) },
  };
}

const named = new Map<string, NamedColor>();
const cssWords = css.split(' ');
for (let i = 0; i + 1 < cssWords.length; i += 2)
  named.set(cssWords[i] as string, colorOf(cssWords[i] as string, rgbOf(cssWords[i + 1] as string)));
for (const [name, hex] of Object.entries(trade)) named.set(name, colorOf(name, rgbOf(hex)));
for (const [name, [hex, hue, halfWindow, low, high, minSaturation]] of Object.entries(families))
  named.set(name, { name, rgb: rgbOf(hex), seen: { kind: 'hue', hue, halfWindow, lightness: [low, high], minSaturation } });
for (const [name, [hex, low, high]] of Object.entries(greys))
  named.set(name, { name, rgb: rgbOf(hex), seen: { kind: 'grey', lightness: [low, high] } });
named.set('gray', named.get('grey') as NamedColor);

/** Every name, lower case, without spaces. */
export const colorNames: ReadonlyMap<string, NamedColor> = named;

/** The names that an "I see …" sentence uses. */

/** Words that shift a colour: how far OKLab lightness moves, and what its chroma is multiplied by. */
export const colorShifts: Readonly<Record<string, readonly [lightness: number, chroma: number]>> = {
  light: [0.16, 0.75],
  lighter: [0.16, 0.75],
  pale: [0.2, 0.5],
  pastel: [0.2, 0.5],
  soft: [0.1, 0.6],
  bright: [0.08, 1.25],
  vivid: [0.02, 1.35],
  neon: [0.14, 1.6],
  hot: [0.02, 1.4],
  electric: [0.04, 1.5],
  deep: [-0.12, 1.05],
  dark: [-0.17, 0.85],
  darker: [-0.17, 0.85],
  rich: [-0.06, 1.15],
  dusty: [0.02, 0.5],
  muted: [0, 0.5],
  dull: [-0.04, 0.45],
};

/** "#c8202e" and "#c22" as colours. */
export function colorOfHex(text: string): NamedColor | null {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text)?.[1];
  if (hex === undefined) return null;
  const six = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  return colorOf(`#${six}`, rgbOf(six));
}

/** "dusty" of pink: the colour moved in lightness and chroma. */
export function shiftedColor(word: string, color: NamedColor): NamedColor {
  const [lightness, times] = colorShifts[word] ?? [0, 1];
  const lab: Lab = [0, 0, 0];
  toLab(color.rgb[0], color.rgb[1], color.rgb[2], lab);
  const out: [number, number, number] = [0, 0, 0];
  fromLab(Math.min(0.98, Math.max(0.05, lab[0] + lightness)), lab[1] * times, lab[2] * times, out);
  return colorOf(`${word} ${color.name}`, [Math.round(out[0]), Math.round(out[1]), Math.round(out[2])]);
}
