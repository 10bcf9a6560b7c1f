/**
 * Gemini behind the `ImageModel` port. The SDK carries the request (address, headers, grammar); what is asked, what an
 * answer means, what is repeated and when it is given up is decided here and in the files beside.
 */
import './loadFirst.ts';
import { GoogleGenAI } from '@google/genai/web';
import type { AbortSignal as CoreSignal } from '../../core/abort.ts';
import type { Failure } from '../../core/failure.ts';
import type { EditAnswer, EditRequest, ImageModel, Turn } from '../../core/model.ts';
import type { ModelEntry } from '../../core/models/registry.ts';
import type { Clock, PictureCodec } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type BuiltRequest, buildRequest, type PreparedTurn, type RequestParts, requestBytes } from './buildRequest.ts';
import { classifyError, contentOf } from './classifyError.ts';
import { classifyReply } from './classifyReply.ts';
import { withDeadline } from './deadline.ts';
import { decodeAnswer, type KeepUnreadable } from './decodeAnswer.ts';
import { exchange, type Fetch } from './exchange.ts';
import { listModels } from './listModels.ts';
import { type Attempted, withPatience } from './patience.ts';
import { patientFetch } from './patientFetch.ts';
import { type EncodedNow, preparePictures, sentBefore } from './preparePictures.ts';
import { type Reply, readAnswer } from './readAnswer.ts';
import { returningParts } from './returnParts.ts';
import { type Address, apiVersion, checkAddress, withoutKey } from './service.ts';
import { never, type Verdict } from './verdict.ts';

export interface GeminiOptions {
  readonly entry: ModelEntry;
  readonly apiKey: string;
  /** '' for Google's own. */
  readonly baseUrl: string;
  readonly codec: PictureCodec;
  readonly clock: Clock;
  /** For one request; by default 300 s, and 600 s for 4K or more than six references. */
  readonly deadlineMs?: number;
  /** The platform's own when not given. */
  readonly fetch?: Fetch;
  /** 0 up to 1, for the chance in back-off. */
  readonly random?: () => number;
  /** Given the bytes of a paid answer that cannot be decoded, so that they are not lost. */
  readonly keepUnreadable?: KeepUnreadable;
}

const usualDeadlineMs = 300_000;
const longDeadlineMs = 600_000;
const manyReferences = 6;

/** Of one request with its pictures inline, since January 2026. */
const mostBytes = 100 * 1024 * 1024;

export function createGemini(options: GeminiOptions): ImageModel {
  return {
    async edit(request, signal) {
      const answer = await edit(options, request, signal);
      return answer.ok ? answer : err(withoutKey(answer.error, options.apiKey.trim()));
    },
    available: (signal) => listModels(options, signal),
  };
}

async function edit(options: GeminiOptions, request: EditRequest, signal: CoreSignal): Promise<Result<EditAnswer, Failure>> {
  if (signal.aborted) return err({ kind: 'cancelled' });
  const address = checkAddress(options.apiKey, options.baseUrl);
  if (!address.ok) return address;
  const { clock, codec, entry } = options;

  const startedAt = clock.now();
  const pictures = await preparePictures(request.pictures, codec, signal);
  if (!pictures.ok) return pictures;
  const turns = request.turns.map(preparedTurn);
  const parts = (attempt: Pick<RequestParts, 'spelling' | 'insistsOnImage'>): RequestParts => ({
    entry,
    model: request.model,
    cell: request.cell,
    turns,
    pictures: pictures.value,
    promptText: request.prompt.text,
    thinking: request.thinking,
    ...attempt,
  });
  const bytes = requestBytes(buildRequest(parts({ spelling: 'imageConfig', insistsOnImage: true })));
  if (bytes > mostBytes) return err({ kind: 'too-large', name: 'request', got: megabytes(bytes), limit: megabytes(mostBytes) });
  const encodedAt = clock.now();

  const deadlineMs = options.deadlineMs ?? deadlineFor(request);
  const replied = await withPatience(
    (attempt) => ask(address.value, buildRequest(parts(attempt)), options, deadlineMs, signal),
    clock,
    signal,
    options.random ?? Math.random,
  );
  if (!replied.ok) return replied;
  const repliedAt = clock.now();

  return answerOf(replied.value, pictures.value, options, signal, (decodedAt) => ({
    encode: encodedAt - startedAt,
    request: repliedAt - encodedAt,
    decode: decodedAt - repliedAt,
  }));
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

const deadlineFor = (request: EditRequest): number =>
  request.cell.size === '4K' || request.pictures.length - 1 > manyReferences ? longDeadlineMs : usualDeadlineMs;

const preparedTurn = (turn: Turn): PreparedTurn =>
  turn.role === 'model' ? turn : { role: 'user', text: turn.text, pictures: turn.pictures.map(sentBefore) };

/** One request. The SDK's own retries and timeout stay off: they know neither RetryInfo nor the preflight's header list. */
async function ask(
  address: Address,
  { parameters, standIns }: BuiltRequest,
  options: GeminiOptions,
  deadlineMs: number,
  signal: CoreSignal,
): Promise<Result<Reply, Verdict>> {
  const { apiKey, baseUrl } = address;
  const send = (limit: AbortSignal) => (fetch: Fetch) =>
    new GoogleGenAI({ apiKey, apiVersion, httpOptions: { baseUrl, fetch: returningParts(fetch, standIns) } }).models.generateContent({
      ...parameters,
      config: { ...parameters.config, abortSignal: limit },
    });
  const exchanged = await withDeadline(
    (limit) => exchange(send(limit), options.fetch ?? patientFetch, limit),
    deadlineMs,
    options.clock,
    signal,
  );
  if (!exchanged.ok) return err(never(exchanged.error));
  const content = contentOf(exchanged.value);
  if (content === null) return err(classifyError(exchanged.value, parameters.model, options.entry));
  const reply = readAnswer(content.json, content.body);
  return reply.picture === null ? err(classifyReply(reply)) : ok(reply);
}

async function answerOf(
  { value: reply, attempts }: Attempted<Reply>,
  sent: readonly EncodedNow[],
  options: GeminiOptions,
  signal: CoreSignal,
  timings: (decodedAtMs: number) => EditAnswer['timingsMs'],
): Promise<Result<EditAnswer, Failure>> {
  const picture = await decodeAnswer(reply.picture?.bytes ?? null, reply.picture?.claimedType ?? '', options, signal);
  if (!picture.ok) return picture;
  return ok({
    picture: picture.value,
    said: reply.said,
    drafts: reply.drafts,
    parts: reply.parts,
    usage: reply.usage,
    modelVersion: reply.modelVersion,
    responseId: reply.responseId,
    finishReason: reply.finishReason,
    sent: sent.map((each) => each.sent),
    timingsMs: timings(options.clock.now()),
    attempts,
  });
}
