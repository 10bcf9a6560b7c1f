/**
 * What a layer, a group or everything shows, drawn by Photoshop itself: a plain layer's own pixels directly, all else as
 * the composite of a copy in which nothing but that is shown.
 */
import { type Bounds, intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { ActionDescriptor, PhotoshopModule, PsDocument } from '../types/modules.ts';
import { layerTarget, play } from './batchPlay.ts';
import { bitsOf, canvasOf, hasDirectPixels } from './documents.ts';
import { emptyRect, type FullRect, maskAlpha, scaleAlpha } from './fullRect.ts';
import { HostError, numberOf, psNumbers } from './hostError.ts';
import { type Imaging, readInto, readMask } from './imaging.ts';
import { groupsOf, isShown, type LayerRow, readRows } from './layerRows.ts';
import type { ModalScope } from './modal.ts';
import { withCopy } from './scratch.ts';
import { baseOf, isTogether, type TogetherRow } from './together.ts';
import { findLayer } from './tree.ts';

export interface Renderer {
  readonly photoshop: PhotoshopModule;
  readonly tools: Imaging;
}

export interface RenderAsk {
  readonly document: PsDocument;
  readonly rows: readonly LayerRow[];
  /** Null for everything that shows. */
  readonly layer: LayerRow | null;
  readonly except: ReadonlySet<number>;
  readonly bounds: Bounds;
  readonly isDeep: boolean;
}

export interface Rendered {
  readonly rect: FullRect;
  readonly notes: readonly string[];
}

export async function render(renderer: Renderer, ask: RenderAsk, scope: ModalScope): Promise<Rendered> {
  const { layer, bounds, isDeep } = ask;
  const rect = emptyRect(bounds, isDeep);
  if (isEmpty(intersection(bounds, reachOf(ask)))) return { rect, notes: [] };
  if (layer === null && !showsAnything(ask)) return { rect, notes: [] };
  const isDirect = layer === null ? !hidesAnything(ask) : isPlain(layer);
  if (isDirect && hasDirectPixels(ask.document)) {
    try {
      await readDirectly(rect, renderer, ask, scope);
      return { rect, notes: [] };
    } catch (cause) {
      // What cannot be told directly (-32005, a mask beyond its bounds) is drawn in a copy all the same.
      if (numberOf(cause) === psNumbers.userCancelled || scope.signal.aborted) throw cause;
    }
  }
  // Afresh: of what was tried nothing may show through.
  const drawn = isDirect ? emptyRect(bounds, isDeep) : rect;
  return { rect: drawn, notes: await readFromCopy(drawn, renderer, ask, scope) };
}

/** Where there can be anything to read: a layer's own pixels reach beyond the canvas, what is drawn does not. */
const reachOf = ({ layer, document }: RenderAsk): Bounds =>
  layer === null || layer.kind === 'adjustment' ? canvasOf(document) : layer.bounds;

/** Its numbers are what it shows, but for its opacity and a mask that can be read too. So are takes, which are read often. */
const isPlain = (layer: LayerRow): boolean =>
  (layer.kind === 'pixels' || layer.kind === 'smart-object') &&
  (!layer.hasUserMask || layer.isMaskPlain) &&
  !layer.hasVectorMask &&
  !layer.hasEffects &&
  !layer.isClipped;

/** A hidden Background too is taken out in a copy: with one, a composite may come without transparency. */
const hidesAnything = ({ rows, except }: RenderAsk): boolean =>
  rows.some((row) => (except.has(row.id) && isShown(row)) || (row.isBackground && !row.isVisible));

const showsAnything = ({ rows, except }: RenderAsk): boolean =>
  rows.some((row) => row.kind !== 'group' && isShown(row) && !except.has(row.id));

async function readDirectly(rect: FullRect, { tools }: Renderer, { document, layer, rows }: RenderAsk, scope: ModalScope): Promise<void> {
  const content = layer === null ? canvasOf(document) : layer.bounds;
  const source = { documentId: document.id, layerId: layer?.id ?? null, content, bits: bitsOf(document), witness: witnessOf(rows) };
  await readInto(rect, source, tools, scope);
  if (layer === null) return;
  const part = intersection(intersection(rect.bounds, layer.bounds), canvasOf(document));
  if (layer.hasUserMask && !isEmpty(part)) {
    // Pixels beyond the canvas, of whose mask nothing is told, are none that anybody sees.
    maskAlpha(rect, await readMask({ documentId: document.id, layerId: layer.id }, part, tools, scope));
  }
  const opacity = layer.opacity * layer.fillOpacity;
  if (opacity < 1) scaleAlpha(rect, opacity);
}

/** Any layer that holds pixels of its own: that it can be read, and the composite not, means that nothing shows. */
function witnessOf(rows: readonly LayerRow[]): { readonly layerId: number; readonly bounds: Bounds } | undefined {
  const row = rows.find(({ kind, isBackground, bounds }) => kind === 'pixels' && !isBackground && !isEmpty(bounds));
  return row && { layerId: row.id, bounds: row.bounds };
}

async function readFromCopy(rect: FullRect, renderer: Renderer, ask: RenderAsk, scope: ModalScope): Promise<readonly string[]> {
  const { photoshop } = renderer;
  return withCopy(photoshop.app, scope, ask.document, false, async (copy) => {
    const witness = witnessOf(await isolate(photoshop, copy, ask));
    const read = (from: PsDocument): Promise<void> =>
      readInto(rect, { documentId: from.id, layerId: null, content: canvasOf(from), bits: bitsOf(from), witness }, renderer.tools, scope);
    if (hasDirectPixels(copy)) {
      try {
        await read(copy);
        return [];
      } catch (cause) {
        if (ask.layer !== null || numberOf(cause) === psNumbers.userCancelled || scope.signal.aborted) throw cause;
      }
    }
    if (ask.layer !== null) {
      await toRgb(photoshop);
      await read(copy);
      return [convertedNote(ask)];
    }
    // Blended as the document blends them first, so that converting changes no more than colours out of reach.
    return withCopy(photoshop.app, scope, copy, true, async (merged) => {
      if (!hasDirectPixels(merged)) await toRgb(photoshop);
      await read(merged);
      return hasDirectPixels(copy) ? [] : [convertedNote(ask)];
    });
  });
}

/** Into the working space, layers kept; getPixels then converts to sRGB as from any other. The copy is in front. */
export const toRgb = ({ action }: PhotoshopModule): Promise<unknown> =>
  play(action, [{ _obj: 'convertMode', to: { _class: 'RGBColorMode' }, merge: false, rasterize: false }]);

const convertedNote = ({ document }: RenderAsk): string =>
  `“${document.name}” is ${document.mode === 'CMYKColorMode' ? 'CMYK' : 'not RGB'}: the picture was read from a copy in sRGB, and what is placed is converted back.`;

/**
 * Leaves nothing shown in a copy but what is asked for. A copy's layers have identifiers of their own, but the same order.
 * What groups around a layer do to it is no part of it: it is taken out of them. Answers the copy's layers as they were.
 */
async function isolate({ action }: PhotoshopModule, copy: PsDocument, { rows, layer, except }: RenderAsk): Promise<readonly LayerRow[]> {
  const copied = await readRows(action, copy.id);
  if (copied.length !== rows.length) throw new HostError('the copy has other layers');
  const each = (command: 'show' | 'hide' | 'delete', some: readonly LayerRow[]): ActionDescriptor[] =>
    some.map((row) => ({ _obj: command, _target: layerTarget(copy.id, copied[rows.indexOf(row)].id) }));
  const withoutThem = (some: readonly LayerRow[], kept: readonly LayerRow[] = []): ActionDescriptor[] => {
    const background = rows.filter((row) => row.isBackground && (!row.isVisible || some.includes(row)) && !kept.includes(row));
    return [
      ...each(
        'hide',
        some.filter((row) => !row.isBackground),
      ),
      ...each('delete', background),
    ];
  };
  const left = rows.filter(({ id }) => except.has(id) && id !== layer?.id);
  if (layer === null) {
    await play(action, withoutThem(left));
    return copied;
  }
  if (isTogether(layer)) {
    await bringTogether(copy, rows, copied, layer);
    const { members } = layer;
    // Hidden ones are no part of what shows, unless nothing would.
    const shown = layer.isVisible ? members.filter(isShown) : members;
    const others = rows.filter((row) => (members.includes(row) ? !shown.includes(row) : row.parent === null));
    await play(action, [...each('show', shown), ...withoutThem([...others, ...left], shown)]);
    return copied;
  }
  if (layer.kind === 'adjustment') {
    // What lies beneath it is all that it shows; what lies above it, or above a group around it, is no part of that.
    const chain = [layer, ...groupsOf(layer)];
    const above = rows.filter((row, i) => chain.some((one) => row.parent === one.parent && i < rows.indexOf(one)));
    await play(action, [...withoutThem([...above, ...left]), ...each('show', chain)]);
    return copied;
  }
  const own = copied[rows.indexOf(layer)];
  if (layer.isClipped) findLayer(copy.layers, own.id).isClippingMask = false;
  if (layer.parent !== null) await toTop(copy, own);
  const others = rows.filter((row) => row.parent === null && row !== layer);
  await play(action, [...each('show', [layer]), ...withoutThem([...others, ...left], [layer])]);
  return copied;
}

/** Out of whatever groups it is in. */
async function toTop(copy: PsDocument, own: LayerRow): Promise<void> {
  for (const group of groupsOf(own)) if (group.isLocked) findLayer(copy.layers, group.id).allLocked = false;
  const target = findLayer(copy.layers, own.id);
  if (own.isLocked) target.allLocked = false;
  const top = copy.layers[0];
  if (top.id !== own.id) await target.move(top, 'placeBefore');
}

/** The layers of a set side by side, in their order; those that are clipped to another of them still are. */
async function bringTogether(
  copy: PsDocument,
  rows: readonly LayerRow[],
  copied: readonly LayerRow[],
  { members }: TogetherRow,
): Promise<void> {
  const own = (row: LayerRow): LayerRow => copied[rows.indexOf(row)];
  const isClippedWithin = (row: LayerRow): boolean => members.some((member) => member === baseOf(rows, row));
  for (const row of members) if (row.isClipped && !isClippedWithin(row)) findLayer(copy.layers, own(row).id).isClippingMask = false;
  if (members.every(({ parent }) => parent === null)) return;
  for (const row of [...members].reverse()) {
    if (row.isBackground) continue;
    await toTop(copy, own(row));
    const moved = findLayer(copy.layers, own(row).id);
    if (isClippedWithin(row) && !moved.isClippingMask) moved.isClippingMask = true;
  }
}
