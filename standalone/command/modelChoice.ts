/** Which model a job asks, and what the user should hear about it first. */
import type { Failure } from '../../shared/core/failure.ts';
import type { ImageModel } from '../../shared/core/model.ts';
import { defaultModelId, findModel, type ModelEntry, modelWarning, offlineModelId } from '../../shared/core/models/registry.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import type { ServiceAccess } from './environment.ts';
import { putBy } from './keepAnswer.ts';
import { nodeClock } from './nodeClock.ts';

export interface ChosenModel {
  readonly entry: ModelEntry;
  readonly model: ImageModel;
  readonly warning: string | null;
}

/** `asked` null: the default with a key, the offline model without one. */
export function modelFor(asked: string | null, access: ServiceAccess, codec: PictureCodec): Result<ChosenModel, Failure> {
  // It becomes part of an address.
  if (asked !== null && !/^[a-z0-9][a-z0-9._-]*$/i.test(asked))
    return err({ kind: 'bad-option', option: '--model', got: asked, wanted: 'a model’s identifier; `retake models` lists them' });
  const isFallback = asked === null && access.apiKey === null;
  const entry = findModel(asked ?? (isFallback ? offlineModelId : defaultModelId));
  const model = chooseModel({
    entry,
    apiKey: access.apiKey,
    baseUrl: access.baseUrl,
    codec,
    clock: nodeClock,
    keepUnreadable: (bytes) => putBy(bytes, 'bin'),
    offline: () => createOffline({ codec, clock: nodeClock }),
  });
  if (!model.ok) return model;
  return ok({ entry, model: model.value, warning: warningFor(entry, isFallback) });
}

function warningFor(entry: ModelEntry, isFallback: boolean): string | null {
  if (isFallback) return 'Offline model — not AI: it follows a small list of commands. Set GEMINI_API_KEY for real edits.';
  // Who names it knows it, and its answer says so too.
  return entry.wire === 'offline' ? null : modelWarning(entry);
}
