/** How a camera held a JPEG: EXIF's orientation, and pixels turned by it. Source: CIPA DC-008 (Exif 2.32), tag 0x0112. */
import { emptyLike, type Pixels } from '../core/pixels.ts';

/** 1 (upright) to 8; 1 where it is not told. */
export function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const end = at + 2 + view.getUint16(at + 2);
    if (bytes[at + 1] === 0xe1 && end <= bytes.length && view.getUint32(at + 4) === 0x45786966)
      return exifOrientation(new DataView(bytes.buffer, bytes.byteOffset + at + 10, end - at - 10));
    at = end;
  }
  return 1;
}

/** `tiff` begins with the byte order. */
function exifOrientation(tiff: DataView): number {
  if (tiff.byteLength < 14) return 1;
  const little = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, little);
  if (first + 2 > tiff.byteLength) return 1;
  const count = tiff.getUint16(first, little);
  for (let i = 0; i < count; i++) {
    const entry = first + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) break;
    if (tiff.getUint16(entry, little) !== 0x0112) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** The picture as it is meant to be seen. */
export function oriented(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height } = pixels;
  const isTurned = orientation >= 5;
  const out = emptyLike(pixels, isTurned ? { width: height, height: width } : { width, height });
  const from = new Uint32Array(pixels.data.buffer, pixels.data.byteOffset, width * height);
  const to = new Uint32Array(out.data.buffer, out.data.byteOffset, width * height);
  // Where the first stored row and column are seen: 2 and 3 right, 3 and 4 bottom; the others likewise, transposed.
  const flipsX = [2, 3, 6, 7].includes(orientation);
  const flipsY = [3, 4, 7, 8].includes(orientation);
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      const sx = flipsX ? out.width - 1 - x : x;
      const sy = flipsY ? out.height - 1 - y : y;
      to[y * out.width + x] = from[isTurned ? sx * width + sy : sy * width + sx];
    }
  }
  return out;
}
