import type { SimDocument } from '../document.ts';
export function writePsd(_document: SimDocument): Uint8Array {
  throw new Error('saving as PSD comes next');
}
