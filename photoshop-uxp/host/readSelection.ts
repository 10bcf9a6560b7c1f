/** The user's selection as a region: any shape, feathered, inverted, partly or wholly beyond the canvas. */
import { type Bounds, contains, intersection, isEmpty } from '../../shared/core/geometry.ts';
import { type Mask, rectangleMask } from '../../shared/core/pixels.ts';
import type { PsDocument } from '../types/modules.ts';
import { canvasOf, hasDirectPixels } from './documents.ts';
import { HostError } from './hostError.ts';
import { readCoverage } from './imaging.ts';
import type { ModalScope } from './modal.ts';
import { type Renderer, toRgb } from './render.ts';
import { withCopy } from './scratch.ts';
import { fromEdges, toEdges } from './tiles.ts';

/** Null where nothing is selected, or everything. */
export async function readSelection(renderer: Renderer, document: PsDocument, scope: ModalScope): Promise<Mask | null> {
  const { selection } = document;
  const edges = selection.bounds;
  if (edges === null || edges === undefined) return null;
  const whole = roundedOut(fromEdges(edges));
  if (isEmpty(whole)) return null;
  const canvas = canvasOf(document);
  const bounds = intersection(whole, canvas);
  // Told as it is: the walk answers that the region lies outside the picture.
  if (isEmpty(bounds)) return rectangleMask(whole);
  if (selection.solid === true) return contains(whole, canvas) ? null : rectangleMask(bounds);
  const data = hasDirectPixels(document)
    ? await coverage(renderer, document, bounds, scope)
    : await fromCopy(renderer, document, bounds, scope);
  return { bounds, data };
}

const coverage = ({ tools }: Renderer, document: PsDocument, bounds: Bounds, scope: ModalScope): Promise<Uint8ClampedArray> =>
  readCoverage(
    bounds,
    (at, size) => tools.imaging.getSelection({ documentID: document.id, sourceBounds: toEdges(at), ...size }),
    tools,
    scope,
  );

/** The name of a channel that lasts for a moment, in a copy. */
const channelName = 'Retake selection';

/**
 * In CMYK imaging refuses selections too, and a copy of a document has none of its own: it goes over as a channel, which
 * the document itself loses again as if it had never been.
 */
async function fromCopy(renderer: Renderer, document: PsDocument, bounds: Bounds, scope: ModalScope): Promise<Uint8ClampedArray> {
  const { hostControl } = scope.context;
  const suspension = await hostControl.suspendHistory({ documentID: document.id, name: 'Retake' });
  try {
    await document.selection.save(channelName);
    return await withCopy(renderer.photoshop.app, scope, document, false, async (copy) => {
      const channel = Array.from(copy.channels).find(({ name }) => name === channelName);
      if (channel === undefined) throw new HostError('the selection was not copied');
      await copy.selection.load(channel);
      await toRgb(renderer.photoshop);
      return coverage(renderer, copy, bounds, scope);
    });
  } finally {
    await hostControl.resumeHistory(suspension, false);
  }
}

/** A feathered selection's edges may be fractions. */
function roundedOut({ x, y, width, height }: Bounds): Bounds {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return { x: left, y: top, width: Math.ceil(x + width) - left, height: Math.ceil(y + height) - top };
}
