import { hashOnce, sha256Hex } from '../hash.ts';
import type { EditAnswer, EditRequest } from '../model.ts';
import type { ModelEntry } from '../models/registry.ts';
import { digitalSourceTypes, type Provenance } from '../provenance.ts';
import { software } from '../version.ts';

/** What the document will say of a take. An offline answer is an algorithm's work, and says so. */
export function provenanceOf(
  entry: ModelEntry,
  request: EditRequest,
  answer: EditAnswer,
  take: { takeId: string; parentTakeId: string | null; at: number },
): Provenance {
  return {
    schema: 1,
    takeId: take.takeId,
    parentTakeId: take.parentTakeId,
    model: request.model,
    modelVersion: answer.modelVersion,
    responseId: answer.responseId,
    instruction: request.instruction,
    prompt: { id: request.prompt.id, version: request.prompt.version },
    inputHash: answer.sent[0]?.hash ?? '',
    promptHash: sha256Hex(request.prompt.text),
    answerHash: hashOnce(answer.picture.bytes),
    at: new Date(take.at).toISOString(),
    digitalSourceType:
      entry.wire === 'offline'
        ? digitalSourceTypes.algorithm
        : request.pictures.length > 0
          ? digitalSourceTypes.composite
          : digitalSourceTypes.generated,
    software,
  };
}
