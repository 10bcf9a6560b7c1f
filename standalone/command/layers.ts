/** `retake layers`: what a document holds, as `--layer` names it. */
import type { Failure } from '../../shared/core/failure.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { openDocument } from '../documents/openDocument.ts';
import { readInput } from './files.ts';
import type { JobPorts } from './jobPorts.ts';
import type { LayersJob, LayersListing } from './jobs.ts';
import { layerPaths } from './layerChoice.ts';

export async function runLayers(job: LayersJob, codec: PictureCodec, { signal, stage }: JobPorts): Promise<Result<LayersListing, Failure>> {
  stage('open', `Opening ${job.input}`);
  const input = await readInput(job.input, signal);
  if (!input.ok) return input;
  const opened = await openDocument(input.value.bytes, input.value.file.name, codec, signal);
  if (!opened.ok) return opened;
  const document = await opened.value.document();
  if (!document.ok) return document;
  const layers = await opened.value.layers();
  if (!layers.ok) return layers;
  const paths = layerPaths(layers.value);
  return ok({
    document: document.value,
    format: opened.value.format,
    layers: layers.value.map((layer, i) => ({ ...layer, path: paths[i] })),
    notes: opened.value.notes,
  });
}
