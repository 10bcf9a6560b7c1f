/** What of the document would change, as the panel shows it: pure, from what the host says is selected. */
import { contextAround } from '../core/edit/readSubject.ts';
import { type Bounds, boundsOf, type Extent, intersection, isEmpty } from '../core/geometry.ts';
import type { DocumentInfo, LayerInfo, Selection } from '../core/host.ts';
import { nothingTold, type SubjectNote, type SubjectState } from './state.ts';

/** `before` lends its thumbnail, and what the host said of it, while the same layer stays selected. */
export function subjectState(
  chosen: Selection,
  layers: ReadonlyMap<string, LayerInfo>,
  info: Pick<DocumentInfo, 'title' | 'extent'>,
  before: SubjectState,
): SubjectState {
  const region = chosen.region?.bounds ?? null;
  const { thumbnail, told } = before.kind === 'selected' && before.of === chosen.of ? before : { thumbnail: null, told: nothingTold };
  if (chosen.of === 'visible')
    return {
      kind: 'selected',
      of: 'visible',
      name: 'All that shows',
      layerKind: null,
      bounds: boundsOf(info.extent),
      visible: true,
      locked: false,
      region,
      thumbnail,
      told,
    };
  const layer = chosen.of === null ? undefined : layers.get(chosen.of);
  if (layer === undefined) return { kind: 'nothing-selected', title: info.title, extent: info.extent };
  return {
    kind: 'selected',
    of: layer.ref,
    name: layer.name,
    layerKind: layer.kind,
    bounds: layer.bounds,
    visible: layer.visible,
    locked: layer.locked,
    region,
    thumbnail,
    told,
  };
}

/** What of the document would be read, a region with its context; null when there is nothing to read. */
export function partRead(subject: SubjectState, canvas: Extent): Bounds | null {
  if (subject.kind !== 'selected') return null;
  const whole = intersection(subject.bounds, boundsOf(canvas));
  const inside = subject.region === null ? whole : intersection(subject.region, whole);
  if (isEmpty(inside)) return null;
  return subject.region === null ? whole : contextAround(inside, whole);
}

/** What stands in the way of sending what is selected; null when nothing does. */
export const blockOf = (subject: SubjectState): SubjectNote | null =>
  subject.kind === 'selected' ? (subject.told.notes.find(({ tone }) => tone === 'blocked') ?? null) : null;
