/** What is placed, made ready for Figma: pictures it can hold, the mask in their transparency, each at its place in the grid. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import { layPixelsOver, maskedWithin } from '../../../shared/core/edit/layPixelsOver.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { type Bounds, boundsOf, contains, intersection, union } from '../../../shared/core/geometry.ts';
import type { PlaceAsk, PlacedOn } from '../../../shared/core/host.ts';
import { cropPixels, type Pixels, sRGB, toEightBit } from '../../../shared/core/pixels.ts';
import type { PictureCodec } from '../../../shared/core/ports.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import type { Grid } from '../../wire/grid.ts';
import type { NodeDetail, PicturedInTiles, PicturedLikeFill, PlaceNode } from '../../wire/hostCalls.ts';
import { mostSidePx } from './grids.ts';

/** Straight alpha with the mask in it, 8 bits: what a take shows by itself. */
export function shownPixels({ pixels, bounds, mask }: Pick<PlaceAsk, 'pixels' | 'bounds' | 'mask'>): Pixels {
  return maskedWithin(bounds, { pixels: toEightBit(pixels), bounds, mask });
}

export interface TakePicture {
  readonly picture: PlaceNode['picture'];
  readonly grid: Grid;
  readonly notes: readonly string[];
}

/** `like`: the node whose picture is exchanged in a copy (or which gets a further fill); null to make a plain rectangle. */
export async function takePicture(
  codec: PictureCodec,
  {
    pixels,
    bounds,
    grid,
    like,
  }: { readonly pixels: Pixels; readonly bounds: Bounds; readonly grid: Grid; readonly like: NodeDetail | null },
  signal: AbortSignal,
): Promise<Result<TakePicture, Failure>> {
  if (like?.image != null) return likeFill(codec, pixels, bounds, grid, like, like.image, signal);
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
  pixels: Pixels,
  bounds: Bounds,
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
    grid: { ...grid, toNode, own: { picture: whole, shown: intersection(bounds, whole) } },
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

/** Beside its source a take is seen by itself: the layer as it was composed on, and the change on top. */
export function besideItsSource(
  layer: { readonly pixels: Pixels; readonly bounds: Bounds },
  over: PlacedOn | undefined,
  take: { readonly pixels: Pixels; readonly bounds: Bounds },
): { readonly pixels: Pixels; readonly bounds: Bounds } {
  const bounds = union(layer.bounds, take.bounds);
  let pixels = cropPixels(layer.pixels, layer.bounds, bounds);
  if (over !== undefined) {
    const at = intersection(over.bounds, bounds);
    // What the change was composed on has the layer in it, and perhaps earlier takes.
    for (let y = at.y; y < at.y + at.height; y++) {
      const from = ((y - over.bounds.y) * over.bounds.width + at.x - over.bounds.x) * 4;
      pixels.data.set(over.pixels.data.subarray(from, from + at.width * 4), ((y - bounds.y) * bounds.width + at.x - bounds.x) * 4);
    }
  }
  pixels = layPixelsOver(pixels, cropPixels(take.pixels, take.bounds, bounds));
  return { pixels: { ...pixels, profile: sRGB }, bounds };
}
