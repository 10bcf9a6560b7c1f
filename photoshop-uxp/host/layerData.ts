/**
 * JSON that is kept on a layer and goes where the layer goes: `generatorSettings`, which a PSD keeps in the block `shmd`;
 * where that is refused, the layer's own XMP.
 */
import type { ActionDescriptor, PsAction } from '../types/modules.ts';
import { layerTarget, play, playOne, propertyTarget } from './batchPlay.ts';
import { HostError, numberOf, psNumbers } from './hostError.ts';
import { readFromPacket, writeToPacket } from './layerXmp.ts';

export interface LayerOf {
  readonly documentId: number;
  readonly layerId: number;
}

/**
 * What the adapter keeps on a take's layer. The story lies where our own PSD files have it (standalone/documents/psd/layerStory.ts),
 * so that each host reads what the other wrote. A store may have namespaces of its own.
 */
export const layerNamespaces = { story: 'retake', provenance: 'retake.provenance' } as const;

/** Written and read back: some versions take the setting and keep nothing. `json` is kept letter by letter. */
export async function writeLayerText(action: PsAction, layer: LayerOf, namespace: string, json: string): Promise<void> {
  const { documentId, layerId } = layer;
  const target = propertyTarget('generatorSettings', documentId, layerId);
  try {
    await play(action, [{ _obj: 'set', _target: target, to: { _obj: 'null', json }, property: namespace }]);
    if ((await settingsOf(action, layer, namespace)) === json) return;
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled) throw cause;
  }
  const next = writeToPacket(await packetOf(action, layer), namespace, json);
  await play(action, [
    { _obj: 'set', _target: propertyTarget(xmpProperty, documentId, layerId, 'property'), to: { _obj: 'layer', [xmpProperty]: next } },
  ]);
  if (readFromPacket(await packetOf(action, layer), namespace) !== json) {
    throw new HostError('neither the layer’s settings nor its XMP keep where the take came from');
  }
}

/** Null when the layer has none. */
export const readLayerText = async (action: PsAction, layer: LayerOf, namespace: string): Promise<string | null> =>
  (await settingsOf(action, layer, namespace)) ?? readFromPacket(await packetOf(action, layer), namespace);

export const writeLayerJson = (action: PsAction, layer: LayerOf, namespace: string, value: unknown): Promise<void> =>
  writeLayerText(action, layer, namespace, JSON.stringify(value));

/** What is no JSON counts as none. */
export async function readLayerJson(action: PsAction, layer: LayerOf, namespace: string): Promise<unknown> {
  const json = await readLayerText(action, layer, namespace);
  if (json === null) return null;
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const xmpProperty = 'XMPMetadataAsUTF8';

/** Told on its own or under its namespace, as versions differ. */
async function settingsOf(action: PsAction, { documentId, layerId }: LayerOf, namespace: string): Promise<string | null> {
  const answer = await getOrNull(action, {
    _obj: 'get',
    _target: propertyTarget('generatorSettings', documentId, layerId),
    property: namespace,
  });
  const settings = answer?.generatorSettings as { readonly [name: string]: unknown } | undefined;
  const own = settings?.json ?? (settings?.[namespace] as { readonly json?: unknown } | undefined)?.json;
  return typeof own === 'string' ? own : null;
}

async function packetOf(action: PsAction, { documentId, layerId }: LayerOf): Promise<string> {
  const answer = await getOrNull(action, { _obj: 'get', _target: propertyTarget(xmpProperty, documentId, layerId, 'property') });
  const packet = answer?.[xmpProperty];
  return typeof packet === 'string' ? packet : '';
}

/** A layer without the property answers with an error. */
async function getOrNull(action: PsAction, command: ActionDescriptor): Promise<ActionDescriptor | null> {
  try {
    return await playOne(action, command);
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled) throw cause;
    return null;
  }
}

export const hasLayer = async (action: PsAction, { documentId, layerId }: LayerOf): Promise<boolean> =>
  (await getOrNull(action, { _obj: 'get', _target: propertyTarget('layerID', documentId, layerId) })) !== null;

/** By its identifier, wherever it lies. */
export const deleteLayer = (action: PsAction, { documentId, layerId }: LayerOf): Promise<unknown> =>
  play(action, [{ _obj: 'delete', _target: layerTarget(documentId, layerId) }]);
