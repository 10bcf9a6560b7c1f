/**
 * What became of the takes' layers outside of Retake: the user duplicates a layer, deletes one, pastes one that another
 * document's take was placed as. Each layer carries the story of its take, so that all of it can be understood.
 */
import type { Bounds } from '../geometry.ts';
import type { LayerRef } from '../host.ts';
import { understandStory } from './story.ts';
import type { History, Take, TakeMarks } from './take.ts';
import { changedMarks, marksOf, withMarks, withTake } from './tree.ts';

export interface StoriedLayer {
  readonly ref: LayerRef;
  readonly bounds: Bounds;
  /** As the host keeps it on the layer; null for a layer of the user's own. */
  readonly story: string | null;
}

export interface Adoption {
  readonly history: History;
  /** To be kept: takes that came with pasted layers, and marks that name duplicates. */
  readonly takes: readonly Take[];
  readonly marks: readonly TakeMarks[];
  /** Placed takes that no layer shows any more. */
  readonly gone: ReadonlySet<string>;
  readonly notes: readonly string[];
}

export function adoptLayers(before: History, layers: readonly StoriedLayer[], writer: string): Adoption {
  let history = before;
  const takes = new Map<string, Take>();
  const marked = new Set<string>();
  const newer: LayerRef[] = [];
  for (const { ref, bounds, story } of layers) {
    if (story === null) continue;
    const read = understandStory(story);
    if (read.kind === 'newer') newer.push(ref);
    if (read.kind !== 'read') continue;
    const { take, ancestors } = read.value;
    const known = history.takes.get(take.id);
    if (known === undefined || known.placed === null) {
      const earlier = ancestors.filter(({ id }) => !history.takes.has(id)).map((each) => ({ ...each, placed: null }));
      const adopted: Take = { ...(known ?? take), state: 'done', failure: null, placed: { layer: ref, bounds } };
      for (const each of [...earlier, adopted]) {
        history = withTake(history, each);
        takes.set(each.id, each);
      }
    } else if (known.placed.layer !== ref && !marksOf(history, take.id).layers.includes(ref)) {
      const marks = changedMarks(history, take.id, { layers: [...marksOf(history, take.id).layers, ref] }, writer);
      history = withMarks(history, marked.has(take.id) ? { ...marks, revision: marks.revision - 1 } : marks);
      marked.add(take.id);
    }
  }
  const present = new Set(layers.map(({ ref }) => ref));
  const shows = ({ id, placed }: Take): boolean =>
    (placed !== null && present.has(placed.layer)) || marksOf(history, id).layers.some((ref) => present.has(ref));
  const gone = new Set([...history.takes.values()].filter((take) => take.placed !== null && !shows(take)).map(({ id }) => id));
  return {
    history,
    takes: [...takes.values()],
    marks: [...marked].map((id) => marksOf(history, id)),
    gone,
    notes:
      newer.length === 0
        ? []
        : [
            `${newer.length === 1 ? 'A layer carries' : `${newer.length} layers carry`} a take of a newer version of Retake, which this one leaves alone.`,
          ],
  };
}
