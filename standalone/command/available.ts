/** Asks the service which models answer to the key. */
import type { Failure } from '../../shared/core/failure.ts';
import type { AvailableModel } from '../../shared/core/model.ts';
import { defaultModelId } from '../../shared/core/models/registry.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { ServiceAccess } from './environment.ts';
import type { JobPorts } from './jobPorts.ts';
import { modelFor } from './modelChoice.ts';

export async function runAvailable(
  access: ServiceAccess,
  codec: PictureCodec,
  { signal, stage }: JobPorts,
): Promise<Result<readonly AvailableModel[], Failure>> {
  const chosen = modelFor(defaultModelId, access, codec);
  if (!chosen.ok) return chosen;
  stage('ask', 'Asking the service which models are alive');
  const models = await chosen.value.model.available(signal);
  return models.ok ? ok(models.value ?? []) : models;
}
