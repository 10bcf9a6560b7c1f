/** JPEG as Photoshop writes previews and reads placed files: 8-bit RGB, and the density of its JFIF header. */
import { decode, encode } from 'jpeg-js';
import { photoshopError } from './errors.ts';
import type { ImageContents } from './imageData.ts';
import type { PlacedFile } from './pictures.ts';

/** Of 3 components, 8 bits. */
export function encodeJpeg({ width, height, data }: ImageContents): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  return new Uint8Array(encode({ width, height, data: rgba }, 80).data);
}

export function readJpeg(bytes: Uint8Array): PlacedFile {
  try {
    const { width, height, data } = decode(bytes, { useTArray: true, formatAsRGBA: true, tolerantDecoding: false });
    const picture = { bounds: { x: 0, y: 0, width, height }, channels: 4, data: new Uint8Array(data) };
    return { picture, meaning: { space: 'RGB', profile: 'sRGB IEC61966-2.1' }, ppi: densityOf(bytes) };
  } catch {
    throw photoshopError(-1, 'Could not open…');
  }
}

/** JFIF's units: 1 is dots per inch, 2 per centimetre, 0 says nothing. */
function densityOf(bytes: Uint8Array): number {
  const isJfif = bytes[2] === 0xff && bytes[3] === 0xe0 && String.fromCharCode(...bytes.subarray(6, 10)) === 'JFIF';
  const units = isJfif ? bytes[13] : 0;
  const density = (bytes[14] << 8) | bytes[15];
  return units === 1 ? density : units === 2 ? density * 2.54 : 72;
}
