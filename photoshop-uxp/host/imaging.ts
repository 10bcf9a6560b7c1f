/**
 * Reads and writes through Photoshop's imaging module: in tiles, disposed in every case, tried again where it is known to
 * stumble. Colours cross as sRGB: Photoshop converts.
 */
import { neverAborted } from '../../shared/core/abort.ts';
import { type Bounds, type Extent, intersection, longSide, sameBounds, sizeText } from '../../shared/core/geometry.ts';
import { createPace, isStopped, type Pace } from '../../shared/core/pace.ts';
import { type Mask, sRGB } from '../../shared/core/pixels.ts';
import type { Clock } from '../../shared/core/ports.ts';
import type { ImagingAnswer, PsImageData, PsImaging, ReadPixelsOptions } from '../types/modules.ts';
import { emptyRect, type FullRect, type HostTile, layCoverage, layTile } from './fullRect.ts';
import { HostError, messageOf, psNumbers } from './hostError.ts';
import type { LayerOf } from './layerData.ts';
import { areaOf, createSamples, type LayerPixels, samplesOf } from './layerPixels.ts';
import type { ModalScope } from './modal.ts';
import { type SampleBits, type Samples, tablesTo } from './samples.ts';
import { fromEdges, tilesOf, toEdges } from './tiles.ts';

/** Without a profile's name colours come out black or negative [field]; sRGB's is Photoshop's own. */
const grayName = 'Gray Gamma 2.2';
/** "Code: -1 … Could not open…" comes and goes after writing; it has passed after about 60 ms [field]. */
const pauseMs = 80;

export interface Imaging {
  readonly imaging: PsImaging;
  readonly clock: Clock;
}

export interface PixelSource {
  readonly documentId: number;
  /** Null for the composite. */
  readonly layerId: number | null;
  /** Where the source has pixels: nothing is asked for beyond. */
  readonly content: Bounds;
  /** What the document stores. Never 8 of a deeper one: "Code: -1" [field]. */
  readonly bits: SampleBits;
  /** A layer that surely holds pixels, where the source may turn out to show none at all. */
  readonly witness?: { readonly layerId: number; readonly bounds: Bounds } | undefined;
}

/** Lays what the source shows over `onto`. Its own numbers: no mask, no opacity of a layer. */
export async function readInto(onto: FullRect, source: PixelSource, tools: Imaging, scope: ModalScope): Promise<void> {
  const { content, witness } = source;
  const ask: Ask = (at, size) => tools.imaging.getPixels({ ...askFor(source, at), ...size });
  const overview = (): Promise<Overview> =>
    readOverview(content, ask).catch(async (cause) => {
      if (witness === undefined) throw cause;
      const { bounds, layerId } = witness;
      const seen = await readOverview(bounds, (at, size) => tools.imaging.getPixels({ ...askFor({ ...source, layerId }, at), ...size }));
      return { ...seen, ...nothing };
    });
  await readTiles(intersection(onto.bounds, content), overview, ask, (tile) => layTile(onto, tile), tools, scope);
}

/** The source at about `sidePx` on its longer side, trimmed to what holds pixels: for the eye, not for the model. */
export async function readSmall(source: PixelSource, sidePx: number, { imaging, clock }: Imaging): Promise<FullRect> {
  const { content } = source;
  const targetSize =
    content.width >= content.height ? { width: Math.min(sidePx, content.width) } : { height: Math.min(sidePx, content.height) };
  const { imageData } = await again(() => imaging.getPixels({ ...askFor(source, content), targetSize }), clock);
  const tile = await takeData(imageData);
  const bounds = { x: 0, y: 0, width: tile.width, height: tile.height };
  const rect = emptyRect(bounds, false);
  layTile(rect, { ...tile, bounds });
  return rect;
}

const nothing = { width: 0, height: 0 } as const;

/** Coverage over `bounds`, 0 to 255, and 0 where `ask` has none. */
export async function readCoverage(bounds: Bounds, ask: Ask, tools: Imaging, scope: ModalScope): Promise<Uint8ClampedArray> {
  const coverage = new Uint8ClampedArray(bounds.width * bounds.height);
  await readTiles(
    bounds,
    () => readOverview(bounds, ask),
    ask,
    (tile) => layCoverage(coverage, bounds, tile),
    tools,
    scope,
  );
  return coverage;
}

/**
 * A layer's user mask over `bounds`; throws where Photoshop tells less of it, because nothing says what a mask is beyond
 * what is told: black, or white.
 */
export async function readMask(layer: LayerOf, bounds: Bounds, { imaging, clock }: Imaging, scope: ModalScope): Promise<Mask> {
  const data = new Uint8ClampedArray(bounds.width * bounds.height);
  const pace = createPace(clock, scope.signal);
  for (const tile of tilesOf(bounds)) {
    await breathe(pace);
    const ask = { documentID: layer.documentId, layerID: layer.layerId, kind: 'user', sourceBounds: toEdges(tile) } as const;
    const told = await tileFrom(await again(() => imaging.getLayerMask(ask), clock));
    if (!sameBounds(told.bounds, tile)) throw new HostError('a part of the mask was not told');
    layCoverage(data, bounds, told);
  }
  return { bounds, data };
}

/** A read of some bounds, made smaller where a size is given. */
export type Ask = (at: Bounds, size?: { readonly targetSize: { width: number } | { height: number } }) => Promise<ImagingAnswer>;

/**
 * An area in which nothing is at all is refused as other reads are, in no words of its own. A small picture of the whole,
 * in which there is something, tells one from the other.
 */
async function readTiles(
  part: Bounds,
  look: () => Promise<Overview>,
  ask: Ask,
  lay: (tile: HostTile) => void,
  { clock }: Imaging,
  scope: ModalScope,
): Promise<void> {
  const tiles = tilesOf(part);
  const pace = createPace(clock, scope.signal);
  let overview: Overview | null | undefined;
  for (const [i, tile] of tiles.entries()) {
    await breathe(pace);
    try {
      lay(await tileFrom(await again(() => ask(tile), clock)));
    } catch (cause) {
      if (overview === undefined) overview = await look().catch(() => null);
      if (overview === null || showsAnything(overview, tile)) throw cause;
    }
    scope.progress((i + 1) / tiles.length);
  }
}

export interface PixelTarget {
  readonly documentId: number;
  /** Of a new, empty pixel layer. */
  readonly layerId: number;
  readonly bits: SampleBits;
}

/** Writes what a new layer holds. Tiles that are fully transparent are left as they are: empty. */
export async function writePixels(target: PixelTarget, layer: LayerPixels, tools: Imaging, scope: ModalScope): Promise<void> {
  const tiles = tilesOf(areaOf(layer));
  const pace = createPace(tools.clock, scope.signal);
  for (const [i, tile] of tiles.entries()) {
    await breathe(pace);
    const samples = samplesOf(layer, tile, target.bits);
    if (samples === null) continue;
    await withImageData(tools, samples, { ...tile, components: 4, colorSpace: 'RGB', colorProfile: sRGB.name }, (imageData) =>
      tools.imaging.putPixels({
        documentID: target.documentId,
        layerID: target.layerId,
        imageData,
        replace: false,
        targetBounds: { left: tile.x, top: tile.y },
      }),
    );
    scope.progress((i + 1) / tiles.length);
  }
}

/**
 * Writes a mask where the layer has a user mask already, over `area`: black is written too, so that Photoshop tells all of the
 * mask that the layer's pixels lie under when the take is read again.
 */
export async function writeMask(target: PixelTarget, mask: Mask, area: Bounds, tools: Imaging, scope: ModalScope): Promise<void> {
  const pace = createPace(tools.clock, scope.signal);
  const { alpha } = tablesTo(target.bits, 255);
  for (const tile of tilesOf(area)) {
    await breathe(pace);
    const samples = createSamples(target.bits, tile.width * tile.height);
    const covered = intersection(tile, mask.bounds);
    for (let y = covered.y; y < covered.y + covered.height; y++) {
      const from = (y - mask.bounds.y) * mask.bounds.width + (covered.x - mask.bounds.x);
      const to = (y - tile.y) * tile.width + (covered.x - tile.x);
      for (let i = 0; i < covered.width; i++) samples[to + i] = alpha[mask.data[from + i]];
    }
    await withImageData(tools, samples, { ...tile, components: 1, colorSpace: 'Grayscale', colorProfile: grayName }, (imageData) =>
      tools.imaging.putLayerMask({
        documentID: target.documentId,
        layerID: target.layerId,
        kind: 'user',
        imageData,
        replace: false,
        targetBounds: { left: tile.x, top: tile.y },
      }),
    );
  }
}

interface DataShape {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly colorSpace: string;
  readonly colorProfile: string;
}

async function withImageData(
  { imaging, clock }: Imaging,
  samples: Samples,
  { width, height, components, colorSpace, colorProfile }: DataShape,
  put: (imageData: PsImageData) => Promise<void>,
): Promise<void> {
  const imageData = await imaging.createImageDataFromBuffer(samples, {
    width,
    height,
    components,
    chunky: true,
    colorSpace,
    colorProfile,
    fullRange: false,
  });
  try {
    await again(() => put(imageData), clock);
  } finally {
    imageData.dispose();
  }
}

async function breathe(pace: Pace): Promise<void> {
  if (await isStopped(pace)) throw new HostError('cancelled', psNumbers.userCancelled);
}

const askFor = ({ documentId, layerId, bits }: PixelSource, at: Bounds): ReadPixelsOptions => ({
  documentID: documentId,
  ...(layerId === null ? {} : { layerID: layerId }),
  sourceBounds: toEdges(at),
  colorSpace: 'RGB',
  colorProfile: sRGB.name,
  componentSize: bits,
});

/** Once more after a pause, where the error is one that passes. */
async function again<T>(ask: () => Promise<T>, clock: Clock): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!/Code: -1\b/.test(messageOf(cause))) throw cause;
    await clock.sleep(pauseMs, neverAborted);
    return ask();
  }
}

async function tileFrom({ imageData, sourceBounds }: ImagingAnswer): Promise<HostTile> {
  const bounds = fromEdges(sourceBounds);
  const tile = await takeData(imageData);
  if (tile.width !== bounds.width || tile.height !== bounds.height) {
    throw new HostError(`a picture of ${sizeText(tile)} for ${sizeText(bounds)}`);
  }
  return { ...tile, bounds };
}

/** The samples; what held them is disposed. */
async function takeData(imageData: PsImageData): Promise<Extent & Omit<HostTile, 'bounds'>> {
  try {
    const { width, height, components, componentSize } = imageData;
    const data = await imageData.getData({ chunky: true, fullRange: false });
    if (data.length !== width * height * components) throw new HostError(`${data.length} samples for ${width} × ${height} × ${components}`);
    return { width, height, data, components, isLinear: componentSize === 32 };
  } finally {
    imageData.dispose();
  }
}

/** A small picture of all that a source shows. */
interface Overview extends Omit<HostTile, 'isLinear'> {
  readonly width: number;
  readonly height: number;
}

const overviewPx = 256;

async function readOverview(whole: Bounds, ask: Ask): Promise<Overview> {
  const targetSize = whole.width >= whole.height ? { width: overviewPx } : { height: overviewPx };
  const { imageData, sourceBounds, level } = await (longSide(whole) <= overviewPx ? ask(whole) : ask(whole, { targetSize }));
  const taken = await takeData(imageData);
  // Bounds are counted in pixels of the level that was used: each is half as large as the one before.
  const scale = 2 ** (level ?? 0);
  const { x, y, width, height } = fromEdges(sourceBounds);
  return { ...taken, bounds: { x: x * scale, y: y * scale, width: width * scale, height: height * scale } };
}

/** Whether it shows anything where `part` is, with a pixel's room around. */
function showsAnything({ bounds, width, height, data, components }: Overview, part: Bounds): boolean {
  const left = Math.floor(((part.x - bounds.x) / bounds.width) * width) - 1;
  const top = Math.floor(((part.y - bounds.y) / bounds.height) * height) - 1;
  const right = Math.ceil(((part.x + part.width - bounds.x) / bounds.width) * width) + 1;
  const bottom = Math.ceil(((part.y + part.height - bounds.y) / bounds.height) * height) + 1;
  // The last component is alpha, or coverage; opaque colours alone always show.
  const isOpaque = components === 3;
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      if (isOpaque || data[(y * width + x) * components + components - 1] !== 0) return true;
    }
  }
  return false;
}
