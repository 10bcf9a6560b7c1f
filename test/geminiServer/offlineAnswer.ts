/**
 * The server's usual picture maker: the offline model, given what really came over the wire. So a picture that is wrong
 * on its way, or a prompt that lost its instruction, shows in the answer.
 */
import { neverAborted } from '../../shared/core/abort.ts';
import type { LabelledPicture, Turn, TurnPicture } from '../../shared/core/model.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { readInstructions } from '../../shared/core/prompts/promptText.ts';
import { wordsIn } from '../../shared/core/said.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { MadeAnswer, PictureMaker } from './answerBody.ts';
import type { GenerateRequest, ReceivedPicture } from './generateRequest.ts';
import { deliveredExtent } from './plainAnswer.ts';

const codec = createNodeCodec();

const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => new Promise((resolve) => setTimeout(() => resolve(!signal.aborted), ms)),
};

/** `drift: false` answers without the displacement and tone shift of a real model. */
export const createOfflineAnswer = (options: { readonly drift?: boolean; readonly seed?: number } = {}): PictureMaker => {
  const model = createOffline({ codec, clock, ...options });
  return async (request) => answer(request, model);
};

async function answer(request: GenerateRequest, model: ReturnType<typeof createOffline>): Promise<MadeAnswer> {
  const pictures = await Promise.all(request.pictures.map(decoded));
  const turns: Turn[] = [];
  for (const turn of request.turns.slice(0, -1))
    turns.push(
      turn.role === 'model'
        ? { role: 'model', parts: turn.parts.map((part) => JSON.stringify(part)) }
        : { role: 'user', text: turn.promptText, pictures: turn.pictures.map(earlier) },
    );
  const made = await model.edit(
    {
      model: request.model,
      cell: { ratio: request.aspectRatio, size: null, extent: deliveredExtent(request) },
      pictures,
      instruction: readInstructions(request.promptText).at(-1) ?? '',
      prompt: { id: 'received', version: 1, text: request.promptText },
      turns,
      thinking: null,
    },
    neverAborted,
  );
  if (made.ok) return { picture: { bytes: made.value.picture.bytes, type: made.value.picture.type }, text: wordsIn(made.value.said) };
  if (made.error.kind === 'no-image') return { picture: null, text: made.error.said };
  throw new Error(`the offline model failed: ${JSON.stringify(made.error)}`);
}

const roleOf = (index: number) => (index === 0 ? 'subject' : 'reference');

const earlier = ({ bytes }: ReceivedPicture, index: number): TurnPicture => ({
  role: roleOf(index),
  label: '',
  type: pictureTypeOf(bytes) ?? 'image/png',
  bytes,
});

async function decoded(picture: ReceivedPicture, index: number): Promise<LabelledPicture> {
  const pixels = await codec.decode(picture.bytes, neverAborted);
  if (!pixels.ok) throw new Error(`a picture that was sent cannot be decoded: ${JSON.stringify(pixels.error)}`);
  return { role: roleOf(index), label: '', pixels: pixels.value };
}
