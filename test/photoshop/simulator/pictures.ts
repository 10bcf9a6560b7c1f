/** Pictures as files: PNG at 8 and 16 bits, JPEG. */
import { decode, encode } from 'fast-png';
import { type ColorMeaning, convertRaster } from './color.ts';
import { photoshopError } from './errors.ts';
import { readJpeg } from './jpeg.ts';
import { createSamples, depthOf, type Raster } from './raster.ts';

export interface PlacedFile {
  readonly picture: Raster;
  readonly meaning: ColorMeaning;
  /** What the file says of its density; 72 where it says nothing. */
  readonly ppi: number;
}

const sRgb: ColorMeaning = { space: 'RGB', profile: 'sRGB IEC61966-2.1' };

/** Pixels and density of a PNG or JPEG. Throws what Photoshop says of a file that it cannot read. */
export function readPicture(bytes: Uint8Array): PlacedFile {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) throw photoshopError(-1, 'Could not open…');
  let png: ReturnType<typeof decode>;
  try {
    png = decode(bytes);
  } catch {
    throw photoshopError(-1, 'Could not open…');
  }
  const { width, height, channels, palette } = png;
  const isDeep = png.depth === 16;
  const data = createSamples(isDeep ? 16 : 8, width * height * 4);
  const full = isDeep ? 32768 : 255;
  const value = (v: number): number => (isDeep ? Math.round((v * 32768) / 65535) : v);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const color = palette ? palette[png.data[at]] : null;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = color ? color[c] : value(png.data[at + (channels > 2 ? c : 0)]);
    data[i * 4 + 3] = color ? (color[3] ?? 255) : channels % 2 === 0 ? value(png.data[at + channels - 1]) : full;
  }
  const ppi = png.resolution?.unit === 1 ? Math.round(png.resolution.x * 0.0254 * 100) / 100 : 72;
  return { picture: { bounds: { x: 0, y: 0, width, height }, channels: 4, data }, meaning: sRgb, ppi };
}

/** As a PNG in sRGB; 32 bits become 16. */
export function encodePicture(picture: Raster, meaning: ColorMeaning): Uint8Array {
  const depth = depthOf(picture.data) === 8 ? 8 : 16;
  const { data, bounds } = convertRaster(picture, meaning, sRgb, depth);
  const { width, height } = bounds;
  if (data instanceof Uint16Array)
    return encode({ width, height, channels: 4, depth: 16, data: data.map((v) => Math.round((v * 65535) / 32768)) });
  return encode({ width, height, channels: 4, data: data as Uint8Array });
}
