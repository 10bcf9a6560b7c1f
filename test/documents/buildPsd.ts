/**
 * Makes layered PSD files for the tests with ag-psd, a writer that is not ours, and adds by hand what it leaves out:
 * an ICC profile, a resource and blocks that nobody knows.
 */
import { readFileSync } from 'node:fs';
import { initializeCanvas, type Layer, type Psd, writePsdUint8Array } from 'ag-psd';
import type { Mask, Pixels } from '../../shared/core/pixels.ts';
import { createPixels } from '../../shared/core/pixels.ts';
import type { DocumentPlan, LayerPlan } from '../contracts/memoryHost.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';

const noCanvas = (): never => {
  throw new Error('the tests have no canvas');
};
initializeCanvas(noCanvas, (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as ImageData);

type AgImage = { width: number; height: number; data: Uint8ClampedArray };
const agImage = ({ width, height, data }: Pixels): AgImage => ({ width, height, data: data.slice() });

export interface RichLayerPlan extends Omit<LayerPlan, 'children'> {
  readonly blend?: NonNullable<Layer['blendMode']>;
  readonly clipping?: boolean;
  readonly children?: readonly RichLayerPlan[];
  /** Value of the mask outside its bounds, 0 when left out. */
  readonly maskOutside?: number;
}

export interface RichPlan extends Omit<DocumentPlan, 'layers'> {
  readonly layers: readonly RichLayerPlan[];
}

function agMask(mask: Mask, outside: number): NonNullable<Layer['mask']> {
  const image = createPixels(mask.bounds.width, mask.bounds.height);
  for (let i = 0; i < mask.data.length; i++) image.data.set([mask.data[i], mask.data[i], mask.data[i], 255], i * 4);
  const { x, y, width, height } = mask.bounds;
  return { left: x, top: y, right: x + width, bottom: y + height, defaultColor: outside, imageData: agImage(image) };
}

function agLayer(plan: RichLayerPlan): Layer {
  const at = plan.at ?? { x: 0, y: 0 };
  return {
    name: plan.name,
    hidden: plan.visible === false,
    opacity: plan.opacity ?? 1,
    blendMode: plan.blend ?? (plan.children ? 'pass through' : 'normal'),
    clipping: plan.clipping ?? false,
    ...(plan.locked ? { protected: { transparency: true, composite: true, position: true } } : {}),
    ...(plan.mask ? { mask: agMask(plan.mask, plan.maskOutside ?? 0) } : {}),
    ...(plan.children
      ? { children: [...plan.children].reverse().map(agLayer), opened: true }
      : plan.pixels
        ? { left: at.x, top: at.y, right: at.x + plan.pixels.width, bottom: at.y + plan.pixels.height, imageData: agImage(plan.pixels) }
        : {}),
  };
}

/** Top-first plan to bytes. The merged picture is `merged`, else plain white. */
export function buildPsd(
  plan: RichPlan,
  extra: { merged?: Pixels; psb?: boolean; imageResources?: Psd['imageResources'] } = {},
): Uint8Array {
  const { width, height } = plan.extent;
  const psd: Psd = {
    width,
    height,
    children: [...plan.layers].reverse().map(agLayer),
    imageData: agImage(extra.merged ?? plainPixels(width, height, [255, 255, 255, 255])) as never,
    ...(extra.imageResources ? { imageResources: extra.imageResources } : {}),
  };
  return writePsdUint8Array(psd, { generateThumbnail: false, psb: extra.psb ?? false, noBackground: true }).slice();
}

/** Resource section lies behind the header (26) and the colour mode data. */
export function withRawResource(psd: Uint8Array, id: number, data: Uint8Array): Uint8Array {
  const view = new DataView(psd.buffer, psd.byteOffset, psd.byteLength);
  const at = 26 + 4 + view.getUint32(26);
  const length = view.getUint32(at);
  const padded = data.length + (data.length % 2);
  const resource = new Uint8Array(12 + padded);
  resource.set([0x38, 0x42, 0x49, 0x4d, id >> 8, id & 255, 0, 0]);
  new DataView(resource.buffer).setUint32(8, data.length);
  resource.set(data, 12);
  const out = new Uint8Array(psd.length + resource.length);
  out.set(psd.subarray(0, at + 4 + length));
  out.set(resource, at + 4 + length);
  out.set(psd.subarray(at + 4 + length), at + 4 + length + resource.length);
  new DataView(out.buffer).setUint32(at, length + resource.length);
  return out;
}

/** A block nobody knows, at the end of the layer section. */
export function withUnknownBlock(psd: Uint8Array, key: string, data: Uint8Array): Uint8Array {
  const view = new DataView(psd.buffer, psd.byteOffset, psd.byteLength);
  const resources = 26 + 4 + view.getUint32(26);
  const at = resources + 4 + view.getUint32(resources);
  const length = view.getUint32(at);
  const block = new Uint8Array(12 + Math.ceil(data.length / 4) * 4);
  block.set([...'8BIM', ...key].map((char) => char.charCodeAt(0)));
  new DataView(block.buffer).setUint32(8, data.length);
  block.set(data, 12);
  const end = at + 4 + length;
  const out = new Uint8Array(psd.length + block.length);
  out.set(psd.subarray(0, end));
  out.set(block, end);
  out.set(psd.subarray(end), end + block.length);
  new DataView(out.buffer).setUint32(at, length + block.length);
  return out;
}

/** The profile of a public-domain photo of the fixtures is not needed: a matrix profile is written by hand. */
export function matrixIcc(gamma: number, primaries: readonly (readonly [number, number, number])[], description = 'Test RGB'): Uint8Array {
  const tags: [string, Uint8Array][] = [];
  const xyz = (values: readonly [number, number, number]): Uint8Array => {
    const data = new Uint8Array(20);
    const view = new DataView(data.buffer);
    view.setUint32(0, 0x58595a20);
    for (let i = 0; i < 3; i++) view.setInt32(8 + i * 4, Math.round(values[i] * 65536));
    return data;
  };
  const curve = new Uint8Array(16);
  new DataView(curve.buffer).setUint32(0, 0x63757276);
  new DataView(curve.buffer).setUint32(8, 1);
  new DataView(curve.buffer).setUint16(12, Math.round(gamma * 256));
  const text = new Uint8Array(12 + description.length + 1 + 78 + ((description.length + 1) % 2));
  new DataView(text.buffer).setUint32(0, 0x64657363);
  new DataView(text.buffer).setUint32(8, description.length + 1);
  text.set(
    [...description].map((char) => char.charCodeAt(0)),
    12,
  );
  tags.push(
    ['desc', text],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['cprt', Uint8Array.from([0x74, 0x65, 0x78, 0x74, 0, 0, 0, 0, 0x43, 0x43, 0x30, 0])],
  );
  for (const [i, name] of ['rXYZ', 'gXYZ', 'bXYZ'].entries()) tags.push([name, xyz(primaries[i])]);
  for (const name of ['rTRC', 'gTRC', 'bTRC']) tags.push([name, curve]);
  let at = 128 + 4 + tags.length * 12;
  const placed = tags.map(([name, data]) => {
    const from = at;
    at += Math.ceil(data.length / 4) * 4;
    return { name, data, from };
  });
  const out = new Uint8Array(at);
  const view = new DataView(out.buffer);
  const put = (offset: number, chars: string): void =>
    out.set(
      [...chars].map((char) => char.charCodeAt(0)),
      offset,
    );
  view.setUint32(0, at);
  view.setUint32(8, 0x02400000);
  put(12, 'mntrRGB XYZ ');
  put(36, 'acsp');
  for (const [i, value] of [0.9642, 1, 0.8249].entries()) view.setInt32(68 + i * 4, Math.round(value * 65536));
  view.setUint32(128, tags.length);
  for (const [i, { name, data, from }] of placed.entries()) {
    put(132 + i * 12, name);
    view.setUint32(136 + i * 12, from);
    view.setUint32(140 + i * 12, data.length);
    out.set(data, from);
  }
  return out;
}

/** Adobe RGB (1998)'s primaries under D50, gamma 2.2 (563/256). */
export const adobeRgbIcc = (): Uint8Array =>
  matrixIcc(2.19921875, [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ]);

export const photo = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../fixtures/photos/${name}`, import.meta.url)));

const stripes = (bounds: Mask['bounds']): Mask => ({
  bounds,
  data: new Uint8ClampedArray(bounds.width * bounds.height).map((_, i) => ((i % bounds.width) * 255) / bounds.width),
});

/** Nested groups, masks, hidden and locked layers, opacity, blend modes, clipping, odd sizes, names beyond Latin. */
export const richPlan: RichPlan = {
  extent: { width: 97, height: 71 },
  layers: [
    { name: 'hidden note', pixels: plainPixels(13, 11, [10, 20, 250, 255]), at: { x: 80, y: 3 }, visible: false },
    {
      name: 'Szene 場面',
      children: [
        { name: 'shade', pixels: plainPixels(31, 17, [90, 110, 130, 200]), at: { x: 12, y: 9 }, blend: 'multiply', clipping: true },
        {
          name: 'portrait',
          pixels: patternPixels(41, 33, 3),
          at: { x: 8, y: 5 },
          mask: stripes({ x: 10, y: 6, width: 37, height: 30 }),
          maskOutside: 255,
        },
        {
          name: 'props',
          blend: 'normal',
          opacity: 0.6,
          children: [{ name: 'glow 🌟', pixels: plainPixels(20, 20, [250, 220, 90, 140]), at: { x: 50, y: 30 }, blend: 'screen' }],
        },
      ],
    },
    { name: 'half', pixels: patternPixels(30, 25, 5), at: { x: -7, y: 52 }, opacity: 0.5 },
    { name: 'ground', pixels: patternPixels(97, 71, 1), locked: true },
  ],
};

/** The rich plan with a profile, guides, a resolution, a resource and a block that nobody knows. */
export function richPsd(): Uint8Array {
  const psd = buildPsd(richPlan, {
    merged: patternPixels(97, 71, 1),
    imageResources: {
      resolutionInfo: {
        horizontalResolution: 300,
        horizontalResolutionUnit: 'PPI',
        widthUnit: 'Centimeters',
        verticalResolution: 300,
        verticalResolutionUnit: 'PPI',
        heightUnit: 'Centimeters',
      },
      gridAndGuidesInformation: { guides: [{ location: 31, direction: 'vertical' }] },
    },
  });
  const unknown = Uint8Array.from({ length: 41 }, (_, i) => i * 3);
  return withUnknownBlock(withRawResource(withRawResource(psd, 1039, adobeRgbIcc()), 4711, unknown), 'rtkX', unknown);
}
