/**
 * Which adapter speaks to a model. The registry says how it is spoken to; a key is needed by all but the offline one.
 */
import type { Failure } from '../core/failure.ts';
import type { ImageModel } from '../core/model.ts';
import { err, exhaustive, ok, type Result } from '../core/result.ts';
import { createGemini, type GeminiOptions } from './gemini/createGemini.ts';
import { createImagen } from './imagen/createImagen.ts';

export interface ModelChoice extends Omit<GeminiOptions, 'apiKey'> {
  readonly apiKey: string | null;
  /** Made only when it is chosen. */
  readonly offline: () => ImageModel;
}

export function chooseModel({ apiKey, offline, ...choice }: ModelChoice): Result<ImageModel, Failure> {
  const { entry } = choice;
  if (entry.wire === 'offline') return ok(offline());
  if (apiKey === null || apiKey.trim() === '') return err({ kind: 'no-key', model: entry.nick });
  switch (entry.wire) {
    case 'gemini':
      return ok(createGemini({ ...choice, apiKey }));
    case 'imagen':
      return ok(createImagen({ ...choice, apiKey }));
    default:
      return exhaustive(entry.wire);
  }
}
