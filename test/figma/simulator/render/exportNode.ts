/** `exportAsync`: settings checked as Figma checks them, and a real picture. */
import sharp from 'sharp';
import { absoluteBox, isShown, painted, renderBounds } from '../geometry.ts';
import { around } from '../matrix.ts';
import { mustBeLoaded } from '../nodeRules.ts';
import type { Run } from '../run.ts';
import { boolean, byType, type Check, number, object, oneOf, string } from '../schema.ts';
import { notModelled, type Rect, refuse } from '../values.ts';
import { drawItem } from './draw.ts';
import type { Pixels } from './painter.ts';
import { imagesIn, sceneOf } from './scene.ts';
import { surface, toRgba } from './surface.ts';

const constraint = object({ type: oneOf('SCALE', 'WIDTH', 'HEIGHT'), value: number(0.01) });
const common: Record<string, Check> = {
  contentsOnly: boolean,
  useAbsoluteBounds: boolean,
  suffix: string,
  colorProfile: oneOf('DOCUMENT', 'SRGB', 'DISPLAY_P3_V4'),
};
const vector = { ...common, svgOutlineText: boolean, svgIdAttribute: boolean, svgSimplifyStroke: boolean };
const format = string;
const settingsByFormat: Record<string, Check> = {
  PNG: object({ format }, { ...common, constraint }),
  JPG: object({ format }, { ...common, constraint }),
  SVG: object({ format }, vector),
  SVG_STRING: object({ format }, vector),
  PDF: object({ format }, common),
  JSON_REST_V1: object({ format }),
};

interface ImageSettings {
  readonly format: 'PNG' | 'JPG';
  readonly contentsOnly?: boolean;
  readonly useAbsoluteBounds?: boolean;
  readonly constraint?: { readonly type: 'SCALE' | 'WIDTH' | 'HEIGHT'; readonly value: number };
}

const where = 'exportAsync';

/** Checks and takes the scene at once, answers later. */
export function exportNode(run: Run, id: string, given: unknown = { format: 'PNG' }): Promise<Uint8Array> {
  const settings = checked(given);
  const { document } = run;
  const node = document.at(id);
  mustBeLoaded(run, node, where, 'exportAsync');
  if (document.pageOf(id) === null) refuse(where, 'Node is detached');
  const bounds = node.type === 'PAGE' ? pageBounds(run, id) : boundsOf(run, id, settings);
  if (bounds === null || !(bounds.width > 0 && bounds.height > 0)) refuse(where, 'node has no visible content');
  const whole = settings.contentsOnly === false && node.type !== 'PAGE' ? (document.pageOf(id)?.id ?? id) : id;
  // A page is drawn by what lies on it; its own colour is no content.
  const items =
    whole === id && node.type !== 'PAGE' ? [sceneOf(document, id)] : document.children(whole).map((child) => sceneOf(document, child));
  const pictures = new Map([...new Set(items.flatMap((item) => [...imagesIn(item)]))].map((hash) => [hash, document.images.get(hash)]));
  return draw(items, bounds, settings, pictures);
}

function checked(given: unknown): ImageSettings {
  const asTyped = typeof given === 'object' && given !== null && 'format' in given ? { ...given, type: given.format } : given;
  // `byType` tells by `type`; Figma tells by `format`.
  const kind = byType(Object.fromEntries(Object.keys(settingsByFormat).map((name) => [name, () => null])))(asTyped, '');
  const wrong = kind?.replaceAll('at type', 'at format') ?? settingsByFormat[(given as ImageSettings).format](given, '');
  if (wrong !== null) refuse(where, `Property 'settings' failed validation: ${wrong}`);
  const settings = given as ImageSettings;
  if (settings.format !== 'PNG' && settings.format !== 'JPG') notModelled(`exportAsync as ${settings.format}`);
  return settings;
}

function boundsOf({ document }: Run, id: string, settings: ImageSettings): Rect | null {
  if (!isShown(document, id)) return null;
  return settings.useAbsoluteBounds === true ? absoluteBox(document, id) : renderBounds(document, id);
}

function pageBounds({ document }: Run, id: string): Rect | null {
  const boxes = document.children(id).map((child) => (isShown(document, child) ? painted(document, child) : null));
  return around(boxes.filter((box) => box !== null));
}

async function draw(
  items: ReturnType<typeof sceneOf>[],
  bounds: Rect,
  { format: kind, constraint: limit = { type: 'SCALE', value: 1 } }: ImageSettings,
  stored: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly isLost: boolean } | undefined>,
): Promise<Uint8Array> {
  const pictures = new Map<string, Pixels>();
  for (const [hash, image] of stored) if (image !== undefined && !image.isLost) pictures.set(hash, await decode(image.bytes));
  const scale = limit.type === 'SCALE' ? limit.value : limit.value / (limit.type === 'WIDTH' ? bounds.width : bounds.height);
  const side = (length: number): number => Math.max(1, Math.ceil(length * scale - 1e-4));
  const to = surface({ x: 0, y: 0, width: side(bounds.width), height: side(bounds.height) });
  const toPixels = [
    [scale, 0, -bounds.x * scale],
    [0, scale, -bounds.y * scale],
  ] as const;
  for (const item of items) drawItem(to, item, { toPixels, pictures });
  const data = toRgba(to);
  const raw = sharp(data, { raw: { width: to.width, height: to.height, channels: 4 } });
  const encoded =
    kind === 'PNG'
      ? raw.png({ compressionLevel: 2 })
      : raw.flatten({ background: '#fff' }).jpeg({ quality: 90, chromaSubsampling: '4:4:4' });
  return new Uint8Array(await encoded.toBuffer());
}

const decoded = new WeakMap<Uint8Array, Pixels>();

async function decode(bytes: Uint8Array): Promise<Pixels> {
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  const { data, info } = await sharp(bytes).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixels = { width: info.width, height: info.height, data: new Uint8Array(data) };
  decoded.set(bytes, pixels);
  return pixels;
}
