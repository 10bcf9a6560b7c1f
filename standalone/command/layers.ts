/** `retake layers`: what a document holds, as `--layer` names it. */
import type { Failure } from '../../shared/core/failure.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { JobPorts } from './jobPorts.ts';
import type { LayersJob, LayersListing } from './jobs.ts';
import { layerPaths } from './layerChoice.ts';
import { openInput } from './openInput.ts';

export async function runLayers(job: LayersJob, codec: PictureCodec, { signal, stage }: JobPorts): Promise<Result<LayersListing, Failure>> {
  stage('open', `Opening ${job.input}`);
  const opened = await openInput(job.input, codec, signal);
  if (!opened.ok) return opened;
  const { document, info } = opened.value;
  const layers = await document.layers();
  if (!layers.ok) return layers;
  const paths = layerPaths(layers.value);
  return ok({
    document: info,
    format: document.format,
    layers: layers.value.map((layer, i) => ({ ...layer, path: paths[i] })),
    notes: document.notes,
  });
}
