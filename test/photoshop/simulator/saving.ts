/** Files that Photoshop itself writes and opens. */
import { boundsOf } from '../../../shared/core/geometry.ts';
import type { Application } from './application.ts';
import { composite } from './blend.ts';
import type { SimDocument } from './document.ts';
import { photoshopError } from './errors.ts';
import { encodePicture } from './pictures.ts';
import { highestId, readPsd } from './psd/readPsd.ts';
import { writePsd } from './psd/writePsd.ts';

/** The disk as Photoshop sees it, through entries that a plug-in handed over or by path. */
export interface FileAccess {
  readonly path: (entry: object | string) => string;
  readonly read: (path: string) => Uint8Array;
  readonly write: (path: string, bytes: Uint8Array) => void;
}

export async function writeFile(
  app: Application,
  document: SimDocument,
  entry: object | string,
  format: 'psd' | 'png',
  isCopy: boolean,
): Promise<void> {
  const path = app.files.path(entry);
  app.files.write(path, format === 'psd' ? writePsd(document) : pngOf(document));
  if (isCopy) return;
  document.path = path;
  document.title = nameIn(path);
  document.saved = true;
}

export async function openFile(app: Application, entry: object | string): Promise<SimDocument> {
  const path = app.files.path(entry);
  const { state, xmp } = readPsd(app.files.read(path), app.nextId);
  app.skipIds(highestId(state));
  const document = app.add(nameIn(path), state);
  document.path = path;
  document.xmp = xmp;
  return document;
}

export const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What shows, in sRGB, at the document's depth. */
function pngOf(document: SimDocument): Uint8Array {
  const { state, meaning } = document;
  if (meaning === null || state.depth === 32) throw photoshopError(-1, 'Could not save…');
  return encodePicture(composite(state.layers, boundsOf(state), state.depth, document.channelCount), meaning);
}
