/**
 * Quiet frames where takes will be. They are never part of a step: all of them are taken out before what is pending is
 * committed, and put back after it, so that no undo of a take brings one up. The marks of those that are left over (the plug-in was
 * closed by force, or an undo of the user's reached back so far) are found at the next start or step, and removed.
 */
import { shorten } from '../../../shared/core/text.ts';
import type { Box, PlaceAt } from '../../wire/hostCalls.ts';
import { placeholderKey, takeNamespace } from '../../wire/takeData.ts';
import { attach } from './attach.ts';
import { attachInFlow, type FlowSlot } from './flow.ts';
import { boxAround, type Lay } from './geometry.ts';
import { leastSide } from './makeNode.ts';
import { makeShape, type Outline, type Shape, shapeTypes } from './outline.ts';
import type { Parent, PlacePoint } from './placePoint.ts';
import { spotInFlow } from './spots.ts';

export interface Spot {
  readonly at: 'above' | 'beside' | 'flow';
  readonly point: Pick<PlacePoint, 'parent' | 'below'>;
  readonly lay: Lay;
  readonly outline: Outline | null;
  /** Where it takes part in auto layout; else its place is its own. */
  readonly flow: FlowSlot | null;
}

export interface Placeholders {
  /** Answers the identifier that it goes by from now on, also after it was taken out and put back. */
  add(at: Pick<PlaceAt, 'name'>, spot: Spot): string;
  drop(id: string): void;
  /** Where it was, for the take that comes in its place; null when there is none. */
  giveWay(id: string): Spot | null;
  takeOut(): void;
  putBack(): void;
  /** What they keep free, on the page. */
  boxesIn(parent: Parent): readonly Box[];
  dropAll(): void;
  /** Those on the page that nobody waits for. */
  sweep(page: PageNode): void;
}

interface Held {
  readonly name: string;
  readonly spot: Spot;
  node: Shape | null;
}

/** Left over for certain, whoever made it. */
const staleMs = 24 * 60 * 60 * 1000;

const quiet = { r: 0.49, g: 0.36, b: 0.96 };

/** `owner` tells placeholders of this machine from those of other people in the file, who may still be waiting for theirs. */
export function createPlaceholders(figma: PluginAPI, owner: () => string): Placeholders {
  const held = new Map<string, Held>();

  const draw = (name: string, { point, lay, outline, flow }: Spot): Shape => {
    let node: SceneNode | null = null;
    try {
      const made = makeShape(figma, outline, (it) => {
        node = it;
      });
      made.resize(Math.max(leastSide, lay.size.width), Math.max(leastSide, lay.size.height));
      made.name = `Retake: ${shorten(name, 60)}`;
      made.fills = [{ type: 'SOLID', color: quiet, opacity: 0.12 }];
      made.strokes = [{ type: 'SOLID', color: quiet, opacity: 0.9 }];
      // Seen at any zoom without covering a small layer.
      const weight = Math.min(8, Math.max(0.5, Math.min(lay.size.width, lay.size.height) / 80));
      made.strokeWeight = weight;
      made.strokeAlign = 'INSIDE';
      made.dashPattern = [weight * 4, weight * 3];
      made.setSharedPluginData(takeNamespace, placeholderKey, JSON.stringify({ owner: owner(), at: Date.now() }));
      if (flow === null) attach(made, point, lay);
      else attachInFlow(made, flow, lay);
      // Clicks go through to the layer.
      made.locked = true;
      return made;
    } catch (cause) {
      remove(node);
      throw cause;
    }
  };

  const takeOut = (): void => {
    for (const one of held.values()) {
      remove(one.node);
      one.node = null;
    }
  };

  return {
    add({ name }, spot) {
      const node = draw(name, spot);
      held.set(node.id, { name, spot, node });
      return node.id;
    },
    drop(id) {
      remove(held.get(id)?.node ?? null);
      held.delete(id);
    },
    giveWay(id) {
      const one = held.get(id);
      if (one === undefined) return null;
      remove(one.node);
      held.delete(id);
      return isThere(one.spot.point.parent) ? one.spot : null;
    },
    takeOut,
    putBack() {
      for (const [id, one] of [...held]) {
        if (one.node !== null) continue;
        const { point, flow } = one.spot;
        try {
          const isBelow = point.below !== null && isThere(point.below) && point.below.parent?.id === point.parent.id;
          // A cell may be taken by now, and the layer be laid out otherwise.
          const anew = flow === null ? null : spotInFlow(flow.source);
          one.node = draw(
            one.name,
            anew ?? { ...one.spot, point: { parent: point.parent, below: isBelow ? point.below : null }, flow: null },
          );
        } catch {
          // What it lay in is gone: the take finds a place of its own.
          held.delete(id);
        }
      }
    },
    boxesIn: (parent) =>
      [...held.values()]
        .filter(({ spot }) => spot.point.parent.id === parent.id)
        .map(({ spot: { lay } }) => boxAround(lay.size, lay.toPage)),
    dropAll() {
      takeOut();
      held.clear();
    },
    sweep(page) {
      const waited = new Set([...held.values()].map(({ node }) => node?.id));
      const marked = page.findAllWithCriteria({
        types: [...shapeTypes],
        sharedPluginData: { namespace: takeNamespace, keys: [placeholderKey] },
      });
      for (const node of marked) {
        if (!waited.has(node.id) && isStale(node.getSharedPluginData(takeNamespace, placeholderKey), owner())) remove(node);
      }
    },
  };
}

function isStale(mark: string, owner: string): boolean {
  try {
    const { owner: its, at } = JSON.parse(mark);
    return its === owner || !(Date.now() - at < staleMs);
  } catch {
    return true;
  }
}

export function isThere(node: BaseNode): boolean {
  try {
    return !node.removed;
  } catch {
    return false;
  }
}

export function remove(node: SceneNode | null): void {
  try {
    if (node !== null && !node.removed) node.remove();
  } catch {
    // Removed meanwhile, or inside of something that Figma keeps together: it is not ours any more.
  }
}
