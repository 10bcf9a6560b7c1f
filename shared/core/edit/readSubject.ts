/**
 * First room of the walk: what the user selected becomes a `Subject`. With a region, only the part around it is read
 * and sent, with enough context for the model to join the change to its surroundings.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, boundsOf, intersection, isEmpty, longSide, pad } from '../geometry.ts';
import type { History } from '../history/take.ts';
import { takeAt, takesInOrder } from '../history/tree.ts';
import type { Host, LayerInfo, LayerRef, ReadPixels } from '../host.ts';
import { createPace, type Pace, unhurried } from '../pace.ts';
import { coveredBounds, cropMask, isFullyTransparent, type Mask } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { layMaskedOver, withAlphaTimes } from './layPixelsOver.ts';
import type { Subject } from './types.ts';

/** A region is shown to the model with at least this much around and in it, px. */
const leastContextPx = 512;

/** The part of `within` that gives a region its context: half its size around it, at least 512 px in all. */
export function contextAround(region: Bounds, within: Bounds): Bounds {
  const margin = Math.max(Math.ceil(longSide(region) / 2), Math.ceil((leastContextPx - Math.min(region.width, region.height)) / 2), 32);
  return intersection(pad(region, margin), within);
}

export async function readSubject(
  host: Host,
  of: LayerRef | 'visible',
  region: Mask | null,
  history: History,
  signal: AbortSignal,
  more: { readonly bounds?: Bounds | null; readonly except?: readonly LayerRef[]; readonly clock?: Clock } = {},
): Promise<Result<Subject, Failure>> {
  const document = await host.document();
  if (!document.ok) return document;
  const canvas = boundsOf(document.value.extent);

  let name = document.value.title;
  let beneath: LayerRef | 'visible' | null = null;
  let whole = canvas;
  let hasMask = false;
  if (of !== 'visible') {
    const layers = await host.layers();
    if (!layers.ok) return layers;
    const layer = layers.value.find((candidate) => candidate.ref === of);
    if (layer === undefined) return err({ kind: 'no-such-layer', name: of, existing: layers.value.map((one) => one.name) });
    name = layer.name;
    hasMask = layer.hasMask;
    // What lies beyond the canvas is not seen by the user, so it is not sent either.
    whole = intersection(layer.bounds, canvas);
    const take = takeAt(history, of);
    if (take !== null && (take.source.of === 'visible' || layers.value.some(({ ref }) => ref === take.source.of))) {
      // A take holds the change alone: what the user sees, and goes on from, is the change on what it was made from.
      beneath = take.source.of;
      whole = beneathAll(history, of, layers.value, canvas);
    }
    if (isEmpty(whole)) return err({ kind: 'empty-layer', name, why: 'no-pixels' });
  }

  let bounds = whole;
  let within: Mask | null = null;
  if (region !== null) {
    const covered = coveredBounds(region);
    if (isEmpty(covered)) return err({ kind: 'bad-mask', why: 'empty', got: region.bounds, wanted: document.value.extent });
    const inside = intersection(covered, whole);
    if (isEmpty(inside)) return err({ kind: 'bad-region', region: covered, extent: document.value.extent });
    bounds = contextAround(inside, whole);
    within = cropMask(region, bounds);
  }
  if (more.bounds != null) {
    bounds = intersection(more.bounds, whole);
    if (isEmpty(bounds)) return err({ kind: 'empty-layer', name, why: 'no-pixels' });
    within = region === null ? null : cropMask(region, bounds);
  }

  const depth = document.value.depth === 8 ? 8 : 16;
  const read =
    beneath === null
      ? await host.readPixels({ of, bounds, depth, except: more.except ?? [] }, signal)
      : await readTake(host, of, bounds, history, signal, more.clock === undefined ? unhurried : createPace(more.clock, signal));
  if (!read.ok) return read;
  if (isFullyTransparent(read.value.pixels)) return err({ kind: 'empty-layer', name, why: hasMask ? 'masked' : 'transparent' });
  const { pixels, deep, notes } = read.value;
  return ok({
    of,
    name,
    bounds,
    canvas: document.value.extent,
    pixels,
    ...(deep === undefined ? {} : { deep: { pixels: deep } }),
    region: within,
    notes,
  });
}

/** A take was perhaps made of a part: what it looks like reaches as far as the layer that lies beneath all takes. */
function beneathAll(history: History, of: LayerRef, layers: readonly LayerInfo[], canvas: Bounds): Bounds {
  const seen = new Set<LayerRef>();
  for (let at: LayerRef | 'visible' = of; at !== 'visible' && !seen.has(at); ) {
    seen.add(at);
    const layer = layers.find(({ ref }) => ref === at);
    const take = takeAt(history, at);
    if (layer === undefined) break;
    if (take === null) return intersection(layer.bounds, canvas);
    at = take.source.of;
  }
  return canvas;
}

/** A take as it looks: the layer that it was made from, itself perhaps a take, with its change on top. */
async function readTake(
  host: Host,
  of: LayerRef | 'visible',
  bounds: Bounds,
  history: History,
  signal: AbortSignal,
  pace: Pace,
): Promise<Result<ReadPixels, Failure>> {
  const over = await host.readPixels({ of, bounds }, signal);
  const take = takeAt(history, of);
  if (take === null || !over.ok || over.value.standsAlone === true) return over;
  const ordered = takesInOrder(history);
  const before = ordered.slice(0, ordered.indexOf(take));
  // Of all that shows, the takes are left out that came later than what this one was made from.
  const since = ordered.slice(before.length).flatMap(({ placed }) => (placed === null ? [] : [placed.layer]));
  const earlier = { ...history, takes: new Map(before.map((each) => [each.id, each])) };
  const under =
    take.source.of === 'visible'
      ? await host.readPixels({ of: 'visible', bounds, except: since }, signal)
      : await readTake(host, take.source.of, bounds, earlier, signal, pace);
  if (!under.ok) return under;
  const { sharedOpacity = 1 } = over.value;
  const [ground, change] = [under.value.pixels, over.value.pixels].map((pixels) => withAlphaTimes(pixels, 1 / sharedOpacity));
  const laid = await layMaskedOver(ground, bounds, { pixels: change, bounds, mask: null }, pace);
  if (laid === null) return err({ kind: 'cancelled' });
  const pixels = withAlphaTimes(laid, sharedOpacity);
  return ok({ pixels, notes: [...under.value.notes, ...over.value.notes] });
}
