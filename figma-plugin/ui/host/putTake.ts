/** What is placed, made ready for Figma: pictures it can hold, the mask in their transparency, each at its place in the grid. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import { layPixelsOver, maskedWithin } from '../../../shared/core/edit/layPixelsOver.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { type Bounds, boundsOf, contains, intersection, union } from '../../../shared/core/geometry.ts';
import type { PlaceAsk, PlacedOn } from '../../../shared/core/host.ts';
import { cropMask, cropPixels, type Pixels, sRGB, toEightBit } from '../../../shared/core/pixels.ts';
import type { PictureCodec } from '../../../shared/core/ports.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import type { Grid } from '../../wire/grid.ts';
import type { NodeDetail, PicturedInTiles, PicturedLikeFill, PlaceNode } from '../../wire/hostCalls.ts';
import { mostSidePx } from './grids.ts';

/** Straight alpha with the mask in it, 8 bits: what a take shows by itself. */
export function shownPixels({ pixels, bounds, mask }: Pick<PlaceAsk, 'pixels' | 'bounds' | 'mask'>): Pixels {
  return maskedWithin(bounds, { pixels: toEightBit(pixels), bounds, mask });
}

/** What a take shows, and where. */
export interface Shown extends PlacedOn {
  /** The part of `bounds` that is seen, where the rest only is there for another crop. */
  readonly shown?: Bounds;
  /** All of the layer is in it. */
  readonly isAlone?: true;
}

export interface TakePicture {
  readonly picture: PlaceNode['picture'];
  readonly grid: Grid;
  readonly notes: readonly string[];
}

/** `like`: the node whose picture is exchanged in a copy (or which gets a further fill); null to make a plain rectangle. */
export async function takePicture(
  codec: PictureCodec,
  { pixels, bounds, shown = bounds, grid, like }: Shown & { readonly grid: Grid; readonly like: NodeDetail | null },
  signal: AbortSignal,
): Promise<Result<TakePicture, Failure>> {
  if (like?.image != null) return likeFill(codec, { pixels, bounds, shown }, grid, like, like.image, signal);
  const tiles: PicturedInTiles['tiles'][number][] = [];
  for (const part of tilesOf(bounds)) {
    const png = await codec.encode(cropPixels(pixels, bounds, part), { type: 'image/png' }, signal);
    if (!png.ok) return png;
    tiles.push({
      png: png.value,
      size: { width: part.width, height: part.height },
      toPage: composeAffine(grid.toPage, [1, 0, 0, 1, part.x, part.y]),
    });
  }
  const own = tiles.length === 1 ? { picture: bounds, shown: bounds } : null;
  const notes =
    own === null
      ? [`Figma holds pictures of at most ${mostSidePx} pixels a side: the take was placed as ${tiles.length} that fit together.`]
      : [];
  return ok({ picture: { kind: 'tiles', tiles }, grid: { ...grid, toNode: null, own }, notes });
}

async function likeFill(
  codec: PictureCodec,
  { pixels, bounds, shown }: Shown & { readonly shown: Bounds },
  grid: Grid,
  like: NodeDetail,
  image: NonNullable<NodeDetail['image']>,
  signal: AbortSignal,
): Promise<Result<TakePicture, Failure>> {
  const whole = boundsOf(grid.extent);
  // All of the picture's size, so that crop and filters mean the same.
  const png = await codec.encode(cropPixels(pixels, bounds, whole), { type: 'image/png' }, signal);
  if (!png.ok) return png;
  const { hash, paintIndex, extent, toNode } = image;
  const was: PicturedLikeFill['was'] = { size: like.size, toPage: like.toPage, pictureToNode: toNode, extent };
  return ok({
    picture: { kind: 'like-fill', node: like.id, paintIndex, hash, png: png.value, was },
    grid: { ...grid, toNode, own: { picture: whole, shown: intersection(shown, whole) } },
    notes: contains(whole, bounds) ? [] : ['What lay beyond the picture was left out: a fill ends with its picture.'],
  });
}

function tilesOf(bounds: Bounds, sidePx = mostSidePx): readonly Bounds[] {
  const tiles: Bounds[] = [];
  for (let y = bounds.y; y < bounds.y + bounds.height; y += sidePx)
    for (let x = bounds.x; x < bounds.x + bounds.width; x += sidePx)
      tiles.push(intersection(bounds, { x, y, width: sidePx, height: sidePx }));
  return tiles;
}

/**
 * The layer with the change in it, for a take that is seen by itself: where the mask is full the pixels of the take alone, not laid over
 * the old ones, which would show through wherever the layer is see-through. `on` is what the change was composed on.
 */
export function changedLayer(
  layer: PlacedOn,
  on: PlacedOn | undefined,
  put: Pick<PlaceAsk, 'pixels' | 'bounds' | 'mask'>,
): { readonly pixels: Pixels; readonly bounds: Bounds } {
  const bounds = union(layer.bounds, put.bounds);
  const pixels = { ...cropPixels(layer.pixels, layer.bounds, bounds), profile: sRGB };
  // It has the layer in it, and perhaps earlier takes.
  if (on !== undefined) copyInto(pixels, bounds, on);
  // Of a bare picture nothing tells where it replaces what is beneath.
  if (on === undefined && put.mask === null)
    return { pixels: layPixelsOver(pixels, cropPixels(toEightBit(put.pixels), put.bounds, bounds)), bounds };
  const mask = put.mask === null ? null : cropMask(put.mask, put.bounds).data;
  mixInto(pixels, bounds, { pixels: toEightBit(put.pixels), bounds: put.bounds }, mask);
  return { pixels, bounds };
}

function copyInto(to: Pixels, bounds: Bounds, from: PlacedOn): void {
  const at = intersection(from.bounds, bounds);
  for (let y = at.y; y < at.y + at.height; y++) {
    const start = ((y - from.bounds.y) * from.bounds.width + at.x - from.bounds.x) * 4;
    to.data.set(from.pixels.data.subarray(start, start + at.width * 4), ((y - bounds.y) * bounds.width + at.x - bounds.x) * 4);
  }
}

/** From the one to the other as far as the mask goes, colours weighted by how much they show. */
function mixInto(to: Pixels, bounds: Bounds, { pixels, bounds: at }: PlacedOn, mask: Uint8ClampedArray | null): void {
  const [{ data }, from] = [to, pixels.data];
  for (let y = 0, n = 0; y < at.height; y++) {
    let i = ((at.y - bounds.y + y) * bounds.width + at.x - bounds.x) * 4;
    for (let x = 0; x < at.width; x++, n++, i += 4) {
      const share = mask === null ? 255 : mask[n];
      if (share === 0) continue;
      const under = data[i + 3] * (255 - share);
      const over = from[n * 4 + 3] * share;
      const weight = under + over === 0 ? 0 : 1 / (under + over);
      for (let c = 0; c < 3; c++) data[i + c] = (data[i + c] * under + from[n * 4 + c] * over) * weight;
      data[i + 3] = (under + over) / 255;
    }
  }
}
