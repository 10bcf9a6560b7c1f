/**
 * Copies of the user's document, in which may be hidden, moved and converted what the document itself must keep. Hiding
 * in the document and rolling back would not do: visibility is no part of Photoshop's history unless the user says so.
 */

import { sRGB } from '../../shared/core/pixels.ts';
import type { PsApp, PsDocument } from '../types/modules.ts';
import { bitsOf, bringToFront } from './documents.ts';
import { HostError } from './hostError.ts';
import type { ModalScope } from './modal.ts';

/** Runs `work` with a copy; merged, it is what shows, in one layer. */
export function withCopy<T>(
  app: PsApp,
  scope: ModalScope,
  document: PsDocument,
  isMerged: boolean,
  work: (copy: PsDocument) => Promise<T>,
): Promise<T> {
  return withScratch(app, scope, () => document.duplicate(`${document.name} (Retake reads)`, isMerged), work);
}

/** Runs `work` with an empty RGB document as large and as deep as `document`. */
export function withTransparent<T>(
  app: PsApp,
  scope: ModalScope,
  document: PsDocument,
  work: (empty: PsDocument) => Promise<T>,
): Promise<T> {
  const make = (): Promise<PsDocument | null> =>
    app.createDocument({
      name: `${document.name} (Retake places)`,
      width: document.width,
      height: document.height,
      resolution: document.resolution,
      mode: 'RGBColorMode',
      depth: bitsOf(document),
      fill: 'transparent',
      profile: sRGB.name,
    });
  return withScratch(app, scope, make, work);
}

/** Closed unsaved in every case; the document that was in front is so again. */
export async function withScratch<T>(
  app: PsApp,
  { context }: Pick<ModalScope, 'context'>,
  make: () => Promise<PsDocument | null>,
  work: (scratch: PsDocument) => Promise<T>,
): Promise<T> {
  const front = app.activeDocument;
  const known = new Set(Array.from(app.documents, ({ id }) => id));
  const scratch = await make();
  if (scratch == null || known.has(scratch.id)) throw new HostError('Photoshop made no document to work in');
  await context.hostControl.registerAutoCloseDocument(scratch.id);
  try {
    // What follows acts on the document in front.
    bringToFront(app, scratch);
    return await work(scratch);
  } finally {
    // Should closing be refused (Escape), the end of the scope closes it, and the gate's next scope looks after the front.
    await closeAnd(scratch, () => bringToFront(app, front)).catch(() => undefined);
  }
}

async function closeAnd(scratch: PsDocument, then: () => void): Promise<void> {
  await scratch.closeWithoutSaving();
  then();
}
