/**
 * Near the end of every walk: the layers of a take are placed in one step. Within a tree of takes what is seen is the
 * new take: those that it does not lie on are hidden in the same step, and come back with one undo.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, intersection, isEmpty } from '../geometry.ts';
import type { History, Take } from '../history/take.ts';
import { branchesOf, pathTo, takeAt } from '../history/tree.ts';
import type { Host, LayerInfo, LayerRef, PlaceAsk, PlacedOn } from '../host.ts';
import { ok, type Result } from '../result.ts';
import type { Composition } from './types.ts';

export const fullAnswerName = 'Full answer';
/** A host that embeds the model's own file beside it calls its layer so. */
export const receivedName = 'Answer as received';
const besideTakes: ReadonlySet<string> = new Set([fullAnswerName, receivedName]);

/** The layer that shows the take; the full answer, where there is one, lies hidden beneath. */
export function placeTake(
  host: Host,
  { pixels, bounds, mask, answer }: Composition,
  names: Pick<PlaceAsk, 'name' | 'group' | 'above' | 'provenance' | 'story' | 'canvas'>,
  signal: AbortSignal,
  hide: readonly LayerRef[] = [],
  on?: PlacedOn,
): Promise<Result<LayerRef, Failure>> {
  const full = answer === null ? {} : { answer: { ...answer, name: fullAnswerName } };
  return host.step(`Retake: ${names.group}`, signal, async (step) => {
    const placed = await step.placePixels({ pixels, bounds, mask, ...full, ...names }, on);
    if (!placed.ok) return placed;
    for (const layer of hide) {
      const hidden = await step.setVisible(layer, false);
      if (!hidden.ok) return hidden;
    }
    return placed;
  });
}

export interface PlaceInTree {
  readonly above: LayerRef | 'visible';
  readonly hide: readonly LayerRef[];
  /** Instructions of takes outside the new one's tree that are hidden. */
  readonly hidden: readonly string[];
}

export interface TakeToPlace {
  readonly parent: Take | null;
  /** What it was composed on. */
  readonly of: LayerRef | 'visible';
  /** What the user chose. */
  readonly selected: LayerRef | 'visible';
  /** Of its layer. */
  readonly bounds: Bounds;
}

export async function placeInTree(
  host: Host,
  history: History,
  { parent, of, selected, bounds }: TakeToPlace,
): Promise<Result<PlaceInTree, Failure>> {
  const layers = await host.layers();
  if (!layers.ok) return layers;
  const infos = new Map(layers.value.map((layer) => [layer.ref, layer]));
  const isShown = (ref: LayerRef) => infos.get(ref)?.visible === true;
  if (parent === null) {
    const covering = coveringTakes(history, of, bounds).filter(({ layer }) => isShown(layer));
    return ok({ above: selected, hide: covering.map(({ layer }) => layer), hidden: covering.map(({ take }) => take.instruction) });
  }
  const tree = layersOfTree(history, parent);
  const beneath = new Set<LayerRef | 'visible'>();
  for (let at: LayerRef | 'visible' | null = of; at !== null && !beneath.has(at); ) {
    beneath.add(at);
    at = at === 'visible' ? null : (takeAt(history, at)?.source.of ?? null);
  }
  const onParent = parent.placed !== null && infos.has(parent.placed.layer) ? parent.placed.layer : null;
  const on = onParent ?? selected;
  // Without its parent to lie on it lies right above the source, beneath what other trees have placed there.
  const covering =
    onParent !== null
      ? []
      : coveringTakes(history, of, bounds).filter(({ layer }) => isShown(layer) && !tree.includes(layer) && !beneath.has(layer));
  return ok({
    // Without groups of ours, those around a take are the user's.
    above: on === 'visible' || !host.can.groups ? on : outOfTakeGroups(layers.value, on, new Set(tree)),
    hide: [...tree.filter((ref) => isShown(ref) && !beneath.has(ref)), ...covering.map(({ layer }) => layer)],
    hidden: covering.map(({ take }) => take.instruction),
  });
}

/**
 * Takes of other trees on the same layer that lie where the new one does: from above it they would cover it in part, and
 * what is seen would be neither. Changes side by side stay, and so do all that a take of everything visible was made on.
 */
function coveringTakes(
  history: History,
  of: LayerRef | 'visible',
  bounds: Bounds,
): readonly { readonly take: Take; readonly layer: LayerRef }[] {
  if (of === 'visible') return [];
  return [...history.takes.values()].flatMap((take) => {
    const { placed } = take;
    if (placed === null || isEmpty(intersection(placed.bounds, bounds)) || takeAt(history, placed.layer)?.id !== take.id) return [];
    const [root = take] = pathTo(history, take.id);
    return root.source.of === of ? [{ take, layer: placed.layer }] : [];
  });
}

function layersOfTree(history: History, take: Take): readonly LayerRef[] {
  const branches = branchesOf(history);
  const [root = take] = pathTo(history, take.id);
  const layers: LayerRef[] = [];
  const open = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.placed !== null && takeAt(history, next.placed.layer)?.id === next.id) layers.push(next.placed.layer);
    open.push(...branches.childrenOf(next.id));
  }
  return layers;
}

/** A take goes above the group of the one before, not into it: Photoshop nests no deeper than ten groups. */
function outOfTakeGroups(layers: readonly LayerInfo[], ref: LayerRef, takes: ReadonlySet<LayerRef>): LayerRef {
  const parent = layers.find((layer) => layer.ref === ref)?.parent ?? null;
  if (parent === null || !isOfTakes(layers, parent, takes)) return ref;
  return outOfTakeGroups(layers, parent, takes);
}

/** Whether a group holds nothing but what takes placed. */
function isOfTakes(layers: readonly LayerInfo[], group: LayerRef, takes: ReadonlySet<LayerRef>): boolean {
  return layers
    .filter(({ parent }) => parent === group)
    .every(({ ref, name, kind }) => takes.has(ref) || besideTakes.has(name) || (kind === 'group' && isOfTakes(layers, ref, takes)));
}
