/** The document that a host is bound to, found again in every modal scope: it may have been closed or switched meanwhile. */
import type { Failure } from '../../shared/core/failure.ts';
import { type Bounds, boundsOf } from '../../shared/core/geometry.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { PsApp, PsDocument } from '../types/modules.ts';
import type { SampleBits } from './samples.ts';

export function findDocument(app: PsApp, id: number): Result<PsDocument, Failure> {
  const found = Array.from(app.documents).find((document) => document.id === id);
  return found === undefined ? err({ kind: 'no-document' }) : ok(found);
}

/** The document that is in front; null when none is open. */
export const frontDocumentId = (app: PsApp): number | null => {
  try {
    return app.activeDocument?.id ?? null;
  } catch {
    // Some versions throw instead of answering null [field].
    return null;
  }
};

/** Throws in a scope that was cancelled, as every change does. */
export function bringToFront(app: PsApp, document: PsDocument | null): void {
  if (document !== null && frontDocumentId(app) !== document.id) app.activeDocument = document;
}

export const canvasOf = ({ width, height }: PsDocument): Bounds => boundsOf({ width: Math.round(width), height: Math.round(height) });

export function bitsOf({ bitsPerChannel }: PsDocument): SampleBits {
  if (bitsPerChannel === 'bitDepth16') return 16;
  return bitsPerChannel === 'bitDepth32' ? 32 : 8;
}

/** Modes whose pixels the imaging module reads and writes. CMYK brings Photoshop down (26.9), others are refused [field]. */
export const hasDirectPixels = ({ mode }: PsDocument): boolean =>
  mode === 'RGBColorMode' || mode === 'grayscaleMode' || mode === 'labColorMode';
