/** Blend modes by the DOM's word and by the file's four letters. */
const keys: Readonly<Record<string, string>> = {
  passThrough: 'pass',
  normal: 'norm',
  dissolve: 'diss',
  darken: 'dark',
  multiply: 'mul ',
  colorBurn: 'idiv',
  linearBurn: 'lbrn',
  lighten: 'lite',
  screen: 'scrn',
  colorDodge: 'div ',
  linearDodge: 'lddg',
  overlay: 'over',
  softLight: 'sLit',
  hardLight: 'hLit',
  difference: 'diff',
  exclusion: 'smud',
  blendSubtraction: 'fsub',
  hue: 'hue ',
  saturation: 'sat ',
  color: 'colr',
  luminosity: 'lum ',
};

export const blendKey = (mode: string): string => keys[mode] ?? 'norm';
export const blendMode = (key: string): string => Object.keys(keys).find((mode) => keys[mode] === key) ?? 'normal';

/** Label colours, by their number in the file. */
export const labelColors = ['none', 'red', 'orange', 'yellowColor', 'grain', 'blue', 'violet', 'gray'];
export const modeNumbers = { RGB: 3, Grayscale: 1, Lab: 9, CMYK: 4 } as const;
