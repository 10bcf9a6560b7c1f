import type { DocumentState, NextId } from '../document.ts';
export function readPsd(_bytes: Uint8Array, _nextId: NextId): { state: DocumentState; xmp: string } {
  throw new Error('opening PSD comes next');
}
