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

/** What the adapter keeps on a take's layer. A store may have namespaces of its own. */
export const layerNamespaces = { provenance: 'retake.provenance', story: 'retake.story' } as const;

/** Written and read back: some versions take the setting and keep nothing. */
export async function writeLayerJson(action: PsAction, { documentId, layerId }: LayerOf, namespace: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value);
  const target = propertyTarget('generatorSettings', documentId, layerId);
  try {
    await play(action, [{ _obj: 'set', _target: target, to: { _obj: 'null', json }, property: namespace }]);
    if ((await settingsOf(action, { documentId, layerId }, namespace)) === json) return;
  } catch (cause) {
    if (numberOf(cause) === psNumbers.userCancelled) throw cause;
  }
  const packet = await packetOf(action, { documentId, layerId });
  const next = writeToPacket(packet, namespace, json);
  await play(action, [
    { _obj: 'set', _target: propertyTarget(xmpProperty, documentId, layerId, 'property'), to: { _obj: 'layer', [xmpProperty]: next } },
  ]);
  if (readFromPacket(await packetOf(action, { documentId, layerId }), namespace) !== json) {
    throw new HostError('neither the layer’s settings nor its XMP keep where the take came from');
  }
}

/** Null when the layer has none; what is no JSON counts as none. */
export async function readLayerJson(action: PsAction, layer: LayerOf, namespace: string): Promise<unknown> {
  const json = (await settingsOf(action, layer, namespace)) ?? readFromPacket(await packetOf(action, layer), namespace);
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
