/**
 * A take's layers in the document: a group named for the instruction right above the source; in it the change with its
 * editable mask, under which lies all of the answer, and hidden beneath it the full answer by itself. Runs inside one step:
 * whatever throws here is rolled back.
 */
import type { Failure } from '../../shared/core/failure.ts';
import type { Bounds } from '../../shared/core/geometry.ts';
import type { PlaceAsk } from '../../shared/core/host.ts';
import type { Mask } from '../../shared/core/pixels.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { PsDocument, PsLayer } from '../types/modules.ts';
import { layerTarget, play } from './batchPlay.ts';
import { bitsOf, bringToFront, hasDirectPixels } from './documents.ts';
import { embedFile } from './embedded.ts';
import { HostError, messageOf, numberOf, psNumbers } from './hostError.ts';
import { type Imaging, writeMask, writePixels } from './imaging.ts';
import { layerNamespaces, writeLayerJson, writeLayerText } from './layerData.ts';
import { areaOf, type LaidPixels, type LayerPixels, wholePicture } from './layerPixels.ts';
import { findRow, readRows } from './layerRows.ts';
import type { ModalScope } from './modal.ts';
import type { OneStep } from './oneStep.ts';
import { mostResidualPx, placeSmart, residualPx, type SmartTools } from './placeSmart.ts';
import { withTransparent } from './scratch.ts';
import { findLayer } from './tree.ts';
import { placeAbove } from './whereToPlace.ts';

/** What the change becomes. */
export type PlaceAs = 'pixels' | 'smart-object';

export interface Placer extends SmartTools {
  readonly tools: Imaging;
  readonly placeAs: () => PlaceAs;
  /** The file of the model's answer by its hash, to be embedded; null when it is not kept. */
  readonly answerFile: (hash: string) => Promise<Uint8Array | null>;
  /** What was done otherwise than asked, for the user. */
  readonly tell: (sentence: string) => void;
}

/** The layer that shows the take. The document must be in front, and have been checked. */
export async function placeTake(
  placer: Placer,
  document: PsDocument,
  put: PlaceAsk,
  scope: ModalScope,
  step: OneStep,
): Promise<Result<number, Failure>> {
  const { photoshop, tell } = placer;
  const { action } = photoshop;
  const { anchor, note } = placeAbove(await readRows(action, document.id), put.above);
  // New layers appear beside the selected one, and where that is a locked group nothing would.
  await select(placer, document.id, anchor.id);
  const make = hasDirectPixels(document) ? makeHere : makeElsewhere;
  const layers = await make(placer, document, put, scope);
  const [take] = layers;
  if (take === undefined) return err({ kind: 'host', operation: `placing “${put.group}”`, message: 'Photoshop made no layer' });
  const group = await document.createLayerGroup({ name: put.group, fromLayers: [...layers] });
  if (group === null) throw new HostError('Photoshop made no group');
  step.onUndo(() => play(action, [{ _obj: 'delete', _target: layerTarget(document.id, group.id) }]));
  group.name = put.group;
  await group.move(findLayer(document.layers, anchor.id), 'placeBefore');
  const of = { documentId: document.id, layerId: take.id };
  await writeLayerJson(action, of, layerNamespaces.provenance, put.provenance);
  await writeLayerText(action, of, layerNamespaces.story, put.story);
  await select(placer, document.id, take.id);
  if (note !== null) tell(note);
  return ok(take.id);
}

/** Top first. */
async function makeHere(placer: Placer, document: PsDocument, put: PlaceAsk, scope: ModalScope): Promise<readonly PsLayer[]> {
  const { answer, mask, name } = put;
  const received = await embedAnswer(placer, document, put, scope);
  const under = answer === undefined ? [] : [await makePixels(placer, document, answer.name, justPixels(answer), scope)];
  await hide(placer, document.id, under);
  const layer = layerOf(put);
  const take = await makePicture(placer, document, name, layer, scope);
  if (mask !== null) await addMask(placer, document, take, mask, areaOf(layer), scope);
  return [take, ...under, ...received];
}

/** None is better than no take: what is embedded here lies in the plug-in's folder too. */
async function embedAnswer(
  placer: Placer,
  document: PsDocument,
  { provenance }: PlaceAsk,
  { signal }: ModalScope,
): Promise<readonly PsLayer[]> {
  const bytes = provenance.answerHash === '' ? null : await placer.answerFile(provenance.answerHash);
  if (bytes === null) return [];
  const before = new Set(Array.from(document.activeLayers, ({ id }) => id));
  try {
    return [await embedFile(placer, document, bytes)];
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled || signal.aborted) throw cause;
    await dropNew(placer, document, before);
    return [];
  }
}

/** Half-made layers, which are the selected ones. */
async function dropNew({ photoshop }: Placer, document: PsDocument, before: ReadonlySet<number>): Promise<void> {
  const made = Array.from(document.activeLayers).filter(({ id }) => !before.has(id));
  for (const { id } of made) await play(photoshop.action, [{ _obj: 'delete', _target: layerTarget(document.id, id) }]);
}

/**
 * In a mode that the imaging module cannot write, layers are made in an RGB document of the same size and copied over. A smart object
 * stays one, with its own colours in it; where the copy is not exactly where the original was, the take is a pixel layer.
 */
async function makeElsewhere(placer: Placer, document: PsDocument, put: PlaceAsk, scope: ModalScope): Promise<readonly PsLayer[]> {
  const { app, action } = placer.photoshop;
  return withTransparent(app, scope, document, async (rgb) => {
    const copied = async (as: PlaceAs): Promise<readonly PsLayer[]> => {
      bringToFront(app, rgb);
      const layers = await makeHere({ ...placer, placeAs: () => as }, rgb, put, scope);
      const isSmart = findRow(await readRows(action, rgb.id), layers[0].id)?.kind === 'smart-object';
      const copies = Array.from(await rgb.duplicateLayers([...layers], document));
      bringToFront(app, document);
      if (copies.length !== layers.length) throw new HostError('the layers were not copied');
      const ordered = layers.map(({ name }) => copies.find((copy) => copy.name === name));
      if (ordered.some((copy) => copy === undefined)) throw new HostError('the copied layers were not found');
      const [take] = ordered as readonly PsLayer[];
      if (!isSmart || (await isExact(placer, document, take.id, areaOf(layerOf(put))))) return ordered as readonly PsLayer[];
      for (const { id } of copies) await play(action, [{ _obj: 'delete', _target: layerTarget(document.id, id) }]);
      placer.tell('The smart object was not copied exactly, so the take is a pixel layer.');
      return copied('pixels');
    };
    return copied(placer.placeAs());
  });
}

async function isExact({ photoshop }: Placer, document: PsDocument, layerId: number, wanted: Bounds): Promise<boolean> {
  try {
    return (await residualPx(photoshop.action, document.id, layerId, wanted)) <= mostResidualPx;
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled) throw cause;
    return false;
  }
}

const layerOf = ({ pixels, bounds, mask, answer }: PlaceAsk): LayerPixels => ({ change: { pixels, bounds }, mask, answer: answer ?? null });
const justPixels = ({ pixels, bounds }: LaidPixels): LayerPixels => ({ change: { pixels, bounds }, mask: null, answer: null });

async function makePicture(placer: Placer, document: PsDocument, name: string, layer: LayerPixels, scope: ModalScope): Promise<PsLayer> {
  if (placer.placeAs() === 'pixels') return makePixels(placer, document, name, layer, scope);
  const before = new Set(Array.from(document.activeLayers, ({ id }) => id));
  try {
    const { pixels, bounds } = wholePicture(layer);
    const layerId = await placeSmart(placer, document, pixels, bounds, scope.signal);
    const made = findLayer(document.layers, layerId);
    made.name = name;
    return made;
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled || scope.signal.aborted) throw cause;
    // Half-made layers go; the picture does not.
    await dropNew(placer, document, before);
    placer.tell(`The smart object could not be placed exactly (${messageOf(cause)}), so the take is a pixel layer.`);
    return makePixels(placer, document, name, layer, scope);
  }
}

async function makePixels({ tools }: Placer, document: PsDocument, name: string, layer: LayerPixels, scope: ModalScope): Promise<PsLayer> {
  const made = await document.createPixelLayer({ name });
  if (made === null) throw new HostError('Photoshop made no layer');
  await writePixels({ documentId: document.id, layerId: made.id, bits: bitsOf(document) }, layer, tools, scope);
  return made;
}

/** A user mask that hides all, painted with ours: beyond it the layer stays hidden, and the brush can reveal more. */
async function addMask(
  { photoshop, tools }: Placer,
  document: PsDocument,
  layer: PsLayer,
  mask: Mask,
  area: Bounds,
  scope: ModalScope,
): Promise<void> {
  await play(photoshop.action, [
    { _obj: 'select', _target: layerTarget(document.id, layer.id), makeVisible: false },
    {
      _obj: 'make',
      new: { _class: 'channel' },
      at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
      using: { _enum: 'userMaskEnabled', _value: 'hideAll' },
    },
  ]);
  await writeMask({ documentId: document.id, layerId: layer.id, bits: bitsOf(document) }, mask, area, tools, scope);
}

const select = ({ photoshop }: Placer, documentId: number, layerId: number): Promise<unknown> =>
  play(photoshop.action, [{ _obj: 'select', _target: layerTarget(documentId, layerId), makeVisible: false }]);

async function hide({ photoshop }: Placer, documentId: number, layers: readonly PsLayer[]): Promise<void> {
  for (const { id } of layers) await play(photoshop.action, [{ _obj: 'hide', _target: layerTarget(documentId, id) }]);
}
