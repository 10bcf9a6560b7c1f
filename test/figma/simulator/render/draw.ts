/** Draws a scene: fills, what is inside, strokes; clips, masks, opacity, blending and effects around them. */
import { around, boxOf, inverse, times } from '../matrix.ts';
import { isFrameLike, isGroupLike } from '../nodeKinds.ts';
import type { SimPaint } from '../paints.ts';
import type { Transform } from '../values.ts';
import { type Pixels, painterOf } from './painter.ts';
import { paintsOf, type SceneItem } from './scene.ts';
import { type Shape, shapeOf, strokeOf } from './shapes.ts';
import { type Area, blurred, commonArea, keepWithin, layOver, offsetIn, over, type Surface, surface } from './surface.ts';

interface View {
  /** Page units to pixels. */
  readonly toPixels: Transform;
  readonly pictures: ReadonlyMap<string, Pixels>;
}

interface Effect {
  readonly type: string;
  readonly visible: boolean;
  readonly radius: number;
  readonly color?: { readonly r: number; readonly g: number; readonly b: number; readonly a: number };
  readonly offset?: { readonly x: number; readonly y: number };
}

export function drawItem(to: Surface, item: SceneItem, view: View): void {
  const { props } = item;
  if (props.visible === false || item.type === 'SLICE') return;
  const opacity = Number(props.opacity ?? 1);
  const mode = String(props.blendMode ?? 'PASS_THROUGH');
  const effects = ((props.effects ?? []) as readonly Effect[]).filter((effect) => effect.visible);
  if (opacity === 1 && (mode === 'PASS_THROUGH' || mode === 'NORMAL') && effects.length === 0) {
    drawContent(to, item, view);
    return;
  }
  const scale = Math.hypot(view.toPixels[0][0], view.toPixels[1][0]);
  const margin = Math.ceil(
    Math.max(0, ...effects.map(({ radius, offset }) => radius + Math.hypot(offset?.x ?? 0, offset?.y ?? 0))) * scale * 2,
  );
  const area = commonArea(to, widened(paintedArea(item, view), margin));
  if (area.width === 0 || area.height === 0) return;
  let layer = surface(area);
  drawContent(layer, item, view);
  for (const effect of effects) if (effect.type === 'LAYER_BLUR') layer = blurred(layer, effect.radius * scale);
  for (const effect of effects) if (effect.type === 'DROP_SHADOW') layOver(to, shadowOf(layer, effect, scale), opacity, 'NORMAL');
  layOver(to, layer, opacity, mode);
}

function drawContent(to: Surface, item: SceneItem, view: View): void {
  const shape = isGroupLike(item.type) && item.type !== 'BOOLEAN_OPERATION' ? null : shapeOf(item);
  if (shape !== null) for (const paint of paintsOf(item, 'fills')) fill(to, item, shape, paint, view);
  if (item.type !== 'BOOLEAN_OPERATION' && item.children.length > 0) {
    const clips = isFrameLike(item.type) && item.props.clipsContent === true;
    if (clips) {
      const area = commonArea(to, pixelArea(item, view));
      if (area.width > 0 && area.height > 0) {
        const inner = surface(area);
        drawChildren(inner, item.children, view);
        keepWithin(inner, coverage(area, item, view), false);
        layOver(to, inner, 1, 'NORMAL');
      }
    } else drawChildren(to, item.children, view);
  }
  const strokes = paintsOf(item, 'strokes');
  if (strokes.length > 0 && shape !== null) for (const paint of strokes) fill(to, item, strokeOf(item), paint, view);
}

/** A mask shows, of all that lies above it in the same parent, what it covers; it is not drawn itself. */
function drawChildren(to: Surface, children: readonly SceneItem[], view: View): void {
  const first = children.findIndex((child) => child.props.isMask === true && child.props.visible !== false);
  const unmasked = first < 0 ? children : children.slice(0, first);
  for (const child of unmasked) drawItem(to, child, view);
  if (first < 0) return;
  const rest = children.slice(first + 1);
  const next = rest.findIndex((child) => child.props.isMask === true && child.props.visible !== false);
  const masked = next < 0 ? rest : rest.slice(0, next);
  const area = commonArea(to, paintedArea(children[first], view));
  const layer = surface(area);
  for (const child of masked) drawItem(layer, child, view);
  const mask = surface(area);
  const { maskType } = children[first].props;
  if (maskType === 'VECTOR') fill(mask, children[first], shapeOf(children[first]), opaque, view);
  else drawItem(mask, { ...children[first], props: { ...children[first].props, isMask: false } }, view);
  keepWithin(layer, mask, maskType === 'LUMINANCE');
  layOver(to, layer, 1, 'NORMAL');
  if (next >= 0) drawChildren(to, rest.slice(next), view);
}

const opaque: SimPaint = { type: 'SOLID', color: { r: 1, g: 1, b: 1 } };

function coverage(area: Area, item: SceneItem, view: View): Surface {
  const mask = surface(area);
  fill(mask, item, shapeOf(item), opaque, view);
  return mask;
}

function pixelArea(item: SceneItem, view: View): Area {
  const grown = {
    x: -strokeReach(item),
    y: -strokeReach(item),
    width: item.width + 2 * strokeReach(item),
    height: item.height + 2 * strokeReach(item),
  };
  const box = boxOf(times(view.toPixels, item.transform), grown);
  const [x, y] = [Math.floor(box.x + 1e-6), Math.floor(box.y + 1e-6)];
  return { x, y, width: Math.ceil(box.x + box.width - 1e-6) - x, height: Math.ceil(box.y + box.height - 1e-6) - y };
}

const widened = ({ x, y, width, height }: Area, by: number): Area => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** All that an item and what is in it can paint, without effects of its own. */
function paintedArea(item: SceneItem, view: View): Area {
  const own = pixelArea(item, view);
  const clips = isFrameLike(item.type) && item.props.clipsContent === true;
  if (clips) return own;
  const parts = item.children.map((child) => paintedArea(child, view));
  return around([own, ...parts]) ?? own;
}

const strokeReach = ({ props }: SceneItem): number =>
  Array.isArray(props.strokes) && props.strokes.length > 0 ? Number(props.strokeWeight ?? 1) : 0;

function fill(to: Surface, item: SceneItem, shape: Shape, paint: SimPaint, view: View): void {
  const picture = paint.type === 'IMAGE' && paint.imageHash !== null ? (view.pictures.get(paint.imageHash) ?? null) : null;
  const painter = painterOf(paint, item, picture);
  if (painter === null) return;
  const toPixels = times(view.toPixels, item.transform);
  const [[a, c], [b, d]] = toPixels;
  if (a * d - b * c === 0) return;
  const back = inverse(toPixels);
  const area = commonArea(to, pixelArea(item, view));
  const cover = shape.isPlain && b === 0 && c === 0 ? uprightCover(toPixels, shape) : sampledCover(back, shape);
  const colour = new Float64Array(4);
  const [[backA, backC, backE], [backB, backD, backF]] = back;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const covered = cover(x, y);
      if (covered === 0) continue;
      painter(backA * (x + 0.5) + backC * (y + 0.5) + backE, backB * (x + 0.5) + backD * (y + 0.5) + backF, colour);
      if (colour[3] === 0) continue;
      over(
        to,
        offsetIn(to, x, y),
        colour[0] * covered,
        colour[1] * covered,
        colour[2] * covered,
        colour[3] * covered,
        paint.blendMode ?? 'NORMAL',
      );
    }
  }
}

type Cover = (x: number, y: number) => number;

function uprightCover(toPixels: Transform, { width, height }: Shape): Cover {
  const box = boxOf(toPixels, { x: 0, y: 0, width, height });
  const part = (at: number, from: number, length: number): number => {
    const share = Math.min(at + 1, from + length) - Math.max(at, from);
    return share > 1 - 1e-6 ? 1 : share < 1e-6 ? 0 : share;
  };
  // A row is asked for pixel by pixel: its own share is the same all along.
  let [row, share] = [Number.NaN, 0];
  return (x, y) => {
    if (y !== row) [row, share] = [y, part(y, box.y, box.height)];
    return share === 0 ? 0 : share * part(x, box.x, box.width);
  };
}

const perSide = 4;

function sampledCover([[a, c, e], [b, d, f]]: Transform, shape: Shape): Cover {
  const inside = (x: number, y: number): boolean => shape.contains(a * x + c * y + e, b * x + d * y + f);
  return (x, y) => {
    if (shape.isConvex && inside(x, y) && inside(x + 1, y) && inside(x, y + 1) && inside(x + 1, y + 1)) return 1;
    let count = 0;
    for (let i = 0; i < perSide; i++) {
      for (let j = 0; j < perSide; j++) if (inside(x + (i + 0.5) / perSide, y + (j + 0.5) / perSide)) count++;
    }
    return count / (perSide * perSide);
  };
}

function shadowOf(layer: Surface, effect: Effect, scale: number): Surface {
  const { r, g, b, a } = effect.color ?? { r: 0, g: 0, b: 0, a: 0.25 };
  const { x: dx, y: dy } = { x: Math.round((effect.offset?.x ?? 0) * scale), y: Math.round((effect.offset?.y ?? 0) * scale) };
  const flat = surface(layer);
  for (let y = 0; y < layer.height; y++) {
    for (let x = 0; x < layer.width; x++) {
      const [sx, sy] = [x - dx, y - dy];
      if (sx < 0 || sy < 0 || sx >= layer.width || sy >= layer.height) continue;
      const alpha = layer.data[(sy * layer.width + sx) * 4 + 3] * a;
      const at = (y * layer.width + x) * 4;
      flat.data.set([r * alpha, g * alpha, b * alpha, alpha], at);
    }
  }
  return blurred(flat, effect.radius * scale);
}
