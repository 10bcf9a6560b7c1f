import type { ImageContents } from './imageData.ts';
import type { PlacedFile } from './pictures.ts';
export function encodeJpeg(_contents: ImageContents): Uint8Array {
  throw new Error('JPEG comes next');
}
export function readJpeg(_bytes: Uint8Array): PlacedFile {
  throw new Error('JPEG comes next');
}
