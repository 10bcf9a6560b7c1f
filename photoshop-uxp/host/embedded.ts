/**
 * The model's own file within the document: a hidden smart object in its take's group, found by the hash of its bytes. So the
 * picture goes wherever the document or the layer goes, and another machine can go on from it.
 */
import { receivedName } from '../../shared/core/edit/placeTake.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import type { PhotoshopModule, PsDocument, PsLayer, UxpModule } from '../types/modules.ts';
import { layerTarget, play } from './batchPlay.ts';
import { HostError } from './hostError.ts';
import { readLayerJson, writeLayerJson } from './layerData.ts';
import { readRows } from './layerRows.ts';
import { findLayer } from './tree.ts';

export interface EmbedTools {
  readonly photoshop: PhotoshopModule;
  readonly uxp: UxpModule;
}

const namespace = 'retake.picture';

/** The new layer, above the selected one and hidden. PNG and JPEG only; throws when Photoshop does not take it. */
export async function embedFile({ photoshop, uxp }: EmbedTools, document: PsDocument, bytes: Uint8Array): Promise<PsLayer> {
  const ending = pictureTypeOf(bytes) === 'image/png' ? 'png' : 'jpg';
  const before = document.activeLayers[0]?.id;
  await withFile(uxp, `retake-answer-${document.id}.${ending}`, bytes, (token) =>
    play(photoshop.action, [{ _obj: 'placeEvent', null: { _path: token, _kind: 'local' }, linked: false }]),
  );
  const id = document.activeLayers[0]?.id;
  if (id === undefined || id === before) throw new HostError('the placed file was not found');
  const layer = findLayer(document.layers, id);
  layer.name = receivedName;
  await play(photoshop.action, [{ _obj: 'hide', _target: layerTarget(document.id, id) }]);
  await writeLayerJson(photoshop.action, { documentId: document.id, layerId: id }, namespace, { schema: 1, hash: sha256Hex(bytes) });
  return layer;
}

/** The bytes of an embedded file by their hash; null when no layer has it. Selects its layer: the caller rolls that back. */
export async function readEmbedded({ photoshop, uxp }: EmbedTools, documentId: number, hash: string): Promise<Uint8Array | null> {
  const { action } = photoshop;
  for (const { id, kind } of await readRows(action, documentId)) {
    if (kind !== 'smart-object') continue;
    const told = (await readLayerJson(action, { documentId, layerId: id }, namespace)) as { hash?: unknown } | null;
    if (told?.hash !== hash) continue;
    return withFile(uxp, `retake-export-${documentId}`, null, async (token, read) => {
      await play(action, [
        { _obj: 'select', _target: layerTarget(documentId, id), makeVisible: false },
        { _obj: 'placedLayerExportContents', null: { _path: token, _kind: 'local' } },
      ]);
      return read();
    });
  }
  return null;
}

/** A file in the temporary folder, with a token of this session; gone afterwards. */
async function withFile<T>(
  uxp: UxpModule,
  name: string,
  bytes: Uint8Array | null,
  work: (token: string, read: () => Promise<Uint8Array>) => Promise<T>,
): Promise<T> {
  const { localFileSystem: files, formats } = uxp.storage;
  const file = await (await files.getTemporaryFolder()).createFile(name, { overwrite: true });
  try {
    // A token is given for what lies on the disk, so an empty file is written too.
    await file.write(bytes?.slice().buffer ?? new ArrayBuffer(0), { format: formats.binary });
    const read = async (): Promise<Uint8Array> => new Uint8Array((await file.read({ format: formats.binary })) as ArrayBuffer);
    return await work(files.createSessionToken(file), read);
  } finally {
    await file.delete().catch(() => undefined);
  }
}
