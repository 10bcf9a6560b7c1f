/**
 * Imagen behind the `ImageModel` port: text to picture over `:predict`, by plain fetch, because the SDK's generateImages
 * refuses outside Vertex. It takes no picture, so an edit fails before anything is sent and names what can edit.
 */
import type { AbortSignal as CoreSignal } from '../../core/abort.ts';
import { fromBase64 } from '../../core/base64.ts';
import type { Failure } from '../../core/failure.ts';
import type { EditAnswer, EditRequest, ImageModel } from '../../core/model.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { classifyError, contentOf } from '../gemini/classifyError.ts';
import type { GeminiOptions } from '../gemini/createGemini.ts';
import { withDeadline } from '../gemini/deadline.ts';
import { decodeAnswer } from '../gemini/decodeAnswer.ts';
import { exchange } from '../gemini/exchange.ts';
import { listModels } from '../gemini/listModels.ts';
import { withPatience } from '../gemini/patience.ts';
import { patientFetch } from '../gemini/patientFetch.ts';
import { type Address, apiVersion, checkAddress, withoutKey } from '../gemini/service.ts';
import { never, type Verdict } from '../gemini/verdict.ts';

export type ImagenOptions = GeminiOptions;

const usualDeadlineMs = 300_000;

export function createImagen(options: ImagenOptions): ImageModel {
  return {
    async edit(request, signal) {
      const answer = await generate(options, request, signal);
      return answer.ok ? answer : err(withoutKey(answer.error, options.apiKey.trim()));
    },
    available: (signal) => listModels(options, signal),
  };
}

async function generate(options: ImagenOptions, request: EditRequest, signal: CoreSignal): Promise<Result<EditAnswer, Failure>> {
  if (signal.aborted) return err({ kind: 'cancelled' });
  const { clock, entry } = options;
  if (request.pictures.length > 0 || request.turns.length > 0)
    return err({ kind: 'cannot-edit', model: request.model, successor: entry.successor });
  const address = checkAddress(options.apiKey, options.baseUrl);
  if (!address.ok) return address;
  const startedAt = clock.now();
  const predicted = await withPatience(
    () => predict(address.value, request, options, signal),
    clock,
    signal,
    options.random ?? Math.random,
  );
  if (!predicted.ok) return predicted;
  const predictedAt = clock.now();
  const { value: prediction, attempts } = predicted.value;
  const picture = await decodeAnswer(fromBase64(prediction.data), prediction.claimedType, options, signal);
  if (!picture.ok) return picture;
  return ok({
    picture: picture.value,
    // This wire carries no words, no counts and no identifiers.
    said: [{ kind: 'picture', type: picture.value.type, bytes: picture.value.bytes }],
    drafts: [],
    parts: [],
    usage: null,
    modelVersion: request.model,
    responseId: '',
    finishReason: 'STOP',
    sent: [],
    timingsMs: { encode: 0, request: predictedAt - startedAt, decode: clock.now() - predictedAt },
    attempts,
  });
}

/** Parameter names from the SDK's mapping for Vertex; nobody has confirmed them on this address. */
export function predictBody({ prompt, cell }: EditRequest, shapeFields: ImagenOptions['entry']['shapeFields']): Record<string, unknown> {
  return {
    instances: [{ prompt: prompt.text }],
    parameters: {
      sampleCount: 1,
      ...(shapeFields !== 'none' && cell.ratio !== null ? { aspectRatio: cell.ratio } : {}),
      ...(shapeFields === 'ratio-and-size' && cell.size !== null ? { sampleImageSize: cell.size } : {}),
      personGeneration: 'allow_adult',
    },
  };
}

interface Prediction {
  readonly data: string;
  readonly claimedType: string;
}

async function predict(
  { apiKey, baseUrl }: Address,
  request: EditRequest,
  options: ImagenOptions,
  signal: CoreSignal,
): Promise<Result<Prediction, Verdict>> {
  const url = `${baseUrl}/${apiVersion}/models/${encodeURIComponent(request.model)}:predict`;
  const body = JSON.stringify(predictBody(request, options.entry.shapeFields));
  const headers = { 'content-type': 'application/json', 'x-goog-api-key': apiKey };
  const exchanged = await withDeadline(
    (limit) => exchange((fetch) => fetch(url, { method: 'POST', headers, body, signal: limit }), options.fetch ?? patientFetch, limit),
    options.deadlineMs ?? usualDeadlineMs,
    options.clock,
    signal,
  );
  if (!exchanged.ok) return err(never(exchanged.error));
  const content = contentOf(exchanged.value);
  return content === null ? err(classifyError(exchanged.value, request.model, options.entry)) : readPrediction(content.json);
}

function readPrediction(json: unknown): Result<Prediction, Verdict> {
  const { predictions } = json as { predictions?: unknown };
  const all = (Array.isArray(predictions) ? predictions : []) as readonly ({
    bytesBase64Encoded?: unknown;
    mimeType?: unknown;
    raiFilteredReason?: unknown;
  } | null)[];
  for (const one of all)
    if (typeof one?.bytesBase64Encoded === 'string' && one.bytesBase64Encoded !== '')
      return ok({ data: one.bytesBase64Encoded, claimedType: String(one.mimeType ?? '') });
  const said = all.map((one) => one?.raiFilteredReason).find((reason) => typeof reason === 'string');
  return err(
    never(said === undefined ? { kind: 'no-image', reason: 'empty', said: '' } : { kind: 'refused', reason: 'unsafe-output', said }),
  );
}
