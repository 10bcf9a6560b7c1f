/** Where a placeholder lies: in the place of the take, in the outline of the layer where the take will have it. */
import type { PlaceAt } from '../../wire/hostCalls.ts';
import type { FoundPlace } from './findPlace.ts';
import { flowSlot, insertionBar, isElastic } from './flow.ts';
import { boxAround, isWithin, type Lay, layOf, moved, union, unitLay } from './geometry.ts';
import { outlineOf } from './outline.ts';
import type { Placeholders, Spot } from './placeholders.ts';
import { outOfFlow } from './placePoint.ts';
import { freeSpot } from './putBeside.ts';

/** `read`: of the change, as it lay when it was read. */
export function spotFor(at: PlaceAt['at'], found: FoundPlace, read: Lay, placeholders: Placeholders): Spot {
  const { first } = found;
  const change: Lay = { size: read.size, toPage: found.followed(read.toPage) };
  const chosen =
    first === null ? null : at === 'beside' ? spotBeside(first, change, placeholders) : at === 'flow' ? spotInFlow(first) : null;
  if (chosen !== null) return chosen;
  const whole = first !== null && found.sources.length === 1 && covers(change, first) ? layOf(first as SceneNode & LayoutMixin) : null;
  const lay = whole ?? unitLay(change);
  return {
    at: 'above',
    point: outOfFlow(found.point, lay),
    lay,
    outline: whole === null || first === null ? null : outlineOf(first),
    flow: null,
  };
}

/** Whether all that the layer shows may change. */
function covers({ size, toPage }: Lay, source: SceneNode): boolean {
  const box = 'absoluteBoundingBox' in source ? source.absoluteBoundingBox : null;
  return box !== null && isWithin(box, boxAround(size, toPage));
}

/** All of the layer will stand there, with what the change adds to it. */
function spotBeside(source: SceneNode, change: Lay, placeholders: Placeholders): Spot | null {
  const own = 'absoluteBoundingBox' in source ? source.absoluteBoundingBox : null;
  const changed = boxAround(change.size, change.toPage);
  const box = own === null ? changed : union([own, changed]);
  const free = freeSpot(source, box, placeholders.boxesIn);
  if (free === null) return null;
  if (own !== null && isWithin(changed, own)) {
    const { size, toPage } = layOf(source as SceneNode & LayoutMixin);
    return { at: 'beside', point: free.point, lay: { size, toPage: moved(toPage, free.right, 0) }, outline: outlineOf(source), flow: null };
  }
  return {
    at: 'beside',
    point: free.point,
    lay: { size: box, toPage: [1, 0, 0, 1, box.x + free.right, box.y] },
    outline: null,
    flow: null,
  };
}

/**
 * The flow makes room for it at once, unless that would squeeze the layer, which is still to be read, or its neighbours, which might
 * not come back as they were: then a bar shows where the take will be.
 */
export function spotInFlow(source: SceneNode): Spot | null {
  const slot = flowSlot(source);
  if (typeof slot === 'string') return null;
  const point = { parent: slot.parent, below: slot.after };
  if (isElastic(slot)) return { at: 'flow', point, lay: insertionBar(slot), outline: null, flow: null };
  return { at: 'flow', point, lay: layOf(source as SceneNode & LayoutMixin), outline: outlineOf(source), flow: slot };
}
