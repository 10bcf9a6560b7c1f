/**
 * Looks up anew what a take was made from and where it goes: a minute may have passed since. Nodes are found by identifier, and
 * everything that has to be awaited is awaited here, so that placing itself runs in one go.
 */
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { NodeId, PlaceAt } from '../../wire/hostCalls.ts';
import { readPaintRef } from '../../wire/takeData.ts';
import { ancestorsOf, isScene, pageOf } from '../scene/around.ts';
import { affineOf } from '../scene/fillGeometry.ts';
import { motion } from './geometry.ts';
import { type PlacePoint, placePoint, topOf } from './placePoint.ts';

export interface FoundPlace {
  /** Of the sources, those that are still on the page. */
  readonly sources: readonly SceneNode[];
  /** The first source, if it is still there. */
  readonly first: SceneNode | null;
  /** The node whose picture the take's takes the place of: a source, or an earlier take that it goes on from. */
  readonly like: SceneNode | null;
  readonly point: PlacePoint;
  /** A place as it was read, to where it is now that the source has moved. */
  readonly followed: (place: Affine) => Affine;
  readonly notes: readonly string[];
}

export async function findPlace(figma: PluginAPI, at: PlaceAt, likeId: NodeId | null): Promise<FoundPlace> {
  const notes: string[] = [];
  const page = await livePage(figma, at.page);
  const find = (id: NodeId | null): Promise<SceneNode | null> => (id === null ? Promise.resolve(null) : findOn(figma, page, id));
  const found = await Promise.all(at.sources.map(find));
  const above = await find(at.above);
  const like = await find(likeId);
  const container = at.container === page.id ? page : await find(at.container);
  if (page.id !== at.page) notes.push(`The page was deleted meanwhile; the take lies on “${page.name}”.`);
  else if (found.length > 0 && found[0] === null) {
    notes.push('The layer was deleted or moved to another page meanwhile; the take lies where it was.');
  } else if (likeId !== null && like === null) {
    notes.push('The take that it goes on from was deleted meanwhile; this one lies where that was.');
  }
  const first = found[0] ?? null;
  const move = first === null || at.readAt === null ? null : motion(at.readAt, affineOf(first.absoluteTransform));
  const point = (above === null ? null : placePoint(above)) ??
    (container === null ? null : topOf(container)) ?? { parent: page, below: null, climbed: [], reason: null };
  return {
    sources: found.filter((node) => node !== null),
    first,
    like,
    point: { ...point, climbed: (first === null ? null : between(first, point.parent)) ?? point.climbed },
    followed: (place) => (move === null ? place : composeAffine(move, place)),
    notes,
  };
}

/** What holds the node within `parent`, innermost first; null when it is not in there. */
export function between(node: SceneNode, parent: BaseNode): readonly SceneNode[] | null {
  const found: SceneNode[] = [];
  for (const each of ancestorsOf(node)) {
    if (each.id === parent.id) return found;
    found.push(each as SceneNode);
  }
  return null;
}

async function livePage(figma: PluginAPI, id: NodeId): Promise<PageNode> {
  const node = await figma.getNodeByIdAsync(id);
  if (node === null || node.removed || node.type !== 'PAGE') return figma.currentPage;
  // Its layers cannot be told before; the current page always is loaded.
  if (node.id !== figma.currentPage.id) await node.loadAsync();
  return node.removed ? figma.currentPage : node;
}

/** Null as well for what is on another page now. */
async function findOn(figma: PluginAPI, page: PageNode, ref: NodeId): Promise<SceneNode | null> {
  const node = await figma.getNodeByIdAsync(readPaintRef(ref)?.node ?? ref);
  return isScene(node) && pageOf(node)?.id === page.id ? node : null;
}
