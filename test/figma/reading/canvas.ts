/** Things on a simulated canvas, and how they are read, for tests of reading. */
import { neverAborted } from '../../../shared/core/abort.ts';
import type { Bounds } from '../../../shared/core/geometry.ts';
import type { Host, LayerRef, PlaceAsk } from '../../../shared/core/host.ts';
import { createPixels, type Pixels, pixelsFrom } from '../../../shared/core/pixels.ts';
import { contractProvenance, contractStory } from '../../contracts/hostContract.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type OpenFigma, openFigma, pngOf } from '../openFigma.ts';
import type { FigmaFileOptions } from '../simulator/index.ts';

/** Smooth, so that any way to resample it agrees; red tells x, green y, blue which corner is which. */
export function slope(width: number, height: number, alpha = 255): Pixels {
  const pixels = createPixels(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
      pixels.data.set([20 + 200 * u, 20 + 200 * v, 240 - 100 * u - 100 * v, alpha], (y * width + x) * 4);
    }
  return pixels;
}

export interface Canvas extends OpenFigma {
  /** Builds with the user's hands, and selects what `build` answers. */
  draw(build: (figma: PluginAPI) => SceneNode): string;
  image(pixels: Pixels): string;
  select(...ids: readonly string[]): Promise<void>;
  /** What the core would read of the selection, whole. */
  readSelected(): Promise<{
    readonly of: LayerRef | 'visible';
    readonly bounds: Bounds;
    readonly pixels: Pixels;
    readonly notes: readonly string[];
  }>;
  /** As Figma renders it, its whole box, `width` pixels wide. */
  truth(id: string, width: number): Promise<Pixels>;
}

export function openCanvas(options: FigmaFileOptions = {}): Canvas {
  const open = openFigma(options);
  const { file, host } = open;
  return {
    ...open,
    draw(build) {
      const id = file.build((figma) => build(figma).id);
      file.user.select(id);
      return id;
    },
    image: (pixels) => file.addImage(pngOf(pixels)),
    async select(...ids) {
      file.user.select(...ids);
      await open.rest();
    },
    readSelected: () => readWhole(host),
    async truth(id, width) {
      const { data, ...extent } = await file.pixels(id, { useAbsoluteBounds: true, constraint: { type: 'WIDTH', value: width } });
      return pixelsFrom(extent, data);
    },
  };
}

export async function readWhole(host: Host) {
  const { of } = valueIn(await host.selection());
  if (of === null) throw new Error('nothing is selected');
  const layer = valueIn(await host.layers()).find(({ ref }) => ref === of);
  if (layer === undefined) throw new Error(`${of} is not listed`);
  const { bounds } = layer;
  const { pixels, notes } = valueIn(await host.readPixels({ of, bounds }, neverAborted));
  return { of, bounds, pixels, notes };
}

export const filled = (node: RectangleNode | EllipseNode | FrameNode, hash: string, more: Partial<ImagePaint> = {}): void => {
  node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: hash, ...more } as ImagePaint];
};

export const solid = (r: number, g: number, b: number, opacity = 1): SolidPaint => ({ type: 'SOLID', color: { r, g, b }, opacity });

/** The largest difference of what shows; colour counts as much as it is seen. */
export function worst(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height) throw new Error(`${a.width} × ${a.height} is not ${b.width} × ${b.height}`);
  let most = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    most = Math.max(most, Math.abs(a.data[i + 3] - b.data[i + 3]));
    for (let c = i; c < i + 3; c++) most = Math.max(most, Math.abs(a.data[c] * a.data[i + 3] - b.data[c] * b.data[i + 3]) / 255);
  }
  return most;
}

export const rgba = ({ data, width }: Pixels, x: number, y: number): readonly number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

/** A take of one colour at `bounds`. */
export const takeAt = (bounds: Bounds, above: LayerRef | 'visible', more: Partial<PlaceAsk> = {}): PlaceAsk => ({
  pixels: plainPixels(bounds.width, bounds.height, [250, 20, 30, 255]),
  bounds,
  mask: null,
  name: 'take 1',
  group: 'make it red',
  above,
  provenance: contractProvenance,
  story: contractStory,
  ...more,
});

export const place = async (host: Host, put: PlaceAsk): Promise<LayerRef> =>
  valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(put)));
