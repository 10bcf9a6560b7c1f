/**
 * A take's layers in the document: a group named for the instruction right above the source; in it the change with its
 * editable mask, and hidden beneath it the full answer. Runs inside one step: whatever throws here is rolled back.
 */
import type { Failure } from '../../shared/core/failure.ts';
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
import { readRows } from './layerRows.ts';
import type { ModalScope } from './modal.ts';
import type { OneStep } from './oneStep.ts';
import { placeSmart, type SmartTools } from './placeSmart.ts';
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
  const { answer, mask } = put;
  const received = await embedAnswer(placer, document, put, scope);
  const under = answer === undefined ? [] : [await makePixels(placer, document, answer, scope)];
  await hide(placer, document.id, under);
  const take = await makePicture(placer, document, put, scope);
  if (mask !== null) await addMask(placer, document, take, mask, scope);
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

/** In a mode that the imaging module cannot write, layers are made in an RGB document of the same size and copied over. */
async function makeElsewhere(placer: Placer, document: PsDocument, put: PlaceAsk, scope: ModalScope): Promise<readonly PsLayer[]> {
  if (placer.placeAs() === 'smart-object') placer.tell('In this colour mode a take is a pixel layer, not a smart object.');
  const { app } = placer.photoshop;
  return withTransparent(app, scope, document, async (rgb) => {
    const layers = await makeHere({ ...placer, placeAs: () => 'pixels', answerFile: async () => null }, rgb, put, scope);
    const copies = Array.from(await rgb.duplicateLayers([...layers], document));
    bringToFront(app, document);
    if (copies.length !== layers.length) throw new HostError('the layers were not copied');
    const ordered = layers.map(({ name }) => copies.find((copy) => copy.name === name));
    if (ordered.some((copy) => copy === undefined)) throw new HostError('the copied layers were not found');
    return ordered as readonly PsLayer[];
  });
}

type Picture = Pick<PlaceAsk, 'name' | 'pixels' | 'bounds'>;

async function makePicture(placer: Placer, document: PsDocument, picture: Picture, scope: ModalScope): Promise<PsLayer> {
  if (placer.placeAs() === 'pixels') return makePixels(placer, document, picture, scope);
  const before = new Set(Array.from(document.activeLayers, ({ id }) => id));
  try {
    const layerId = await placeSmart(placer, document, picture.pixels, picture.bounds, scope.signal);
    const layer = findLayer(document.layers, layerId);
    layer.name = picture.name;
    return layer;
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled || scope.signal.aborted) throw cause;
    // Half-made layers go; the picture does not.
    await dropNew(placer, document, before);
    placer.tell(`The smart object could not be placed exactly (${messageOf(cause)}), so the take is a pixel layer.`);
    return makePixels(placer, document, picture, scope);
  }
}

async function makePixels({ tools }: Placer, document: PsDocument, { name, pixels, bounds }: Picture, scope: ModalScope): Promise<PsLayer> {
  const layer = await document.createPixelLayer({ name });
  if (layer === null) throw new HostError('Photoshop made no layer');
  await writePixels({ documentId: document.id, layerId: layer.id, bits: bitsOf(document) }, pixels, bounds, tools, scope);
  return layer;
}

/** A user mask that hides all, painted with ours: beyond it the layer stays hidden, and the brush can reveal more. */
async function addMask({ photoshop, tools }: Placer, document: PsDocument, layer: PsLayer, mask: Mask, scope: ModalScope): Promise<void> {
  await play(photoshop.action, [
    { _obj: 'select', _target: layerTarget(document.id, layer.id), makeVisible: false },
    {
      _obj: 'make',
      new: { _class: 'channel' },
      at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
      using: { _enum: 'userMaskEnabled', _value: 'hideAll' },
    },
  ]);
  await writeMask({ documentId: document.id, layerId: layer.id, bits: bitsOf(document) }, mask, tools, scope);
}

const select = ({ photoshop }: Placer, documentId: number, layerId: number): Promise<unknown> =>
  play(photoshop.action, [{ _obj: 'select', _target: layerTarget(documentId, layerId), makeVisible: false }]);

async function hide({ photoshop }: Placer, documentId: number, layers: readonly PsLayer[]): Promise<void> {
  for (const { id } of layers) await play(photoshop.action, [{ _obj: 'hide', _target: layerTarget(documentId, id) }]);
}
