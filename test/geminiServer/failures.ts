/**
 * Every way the service is known to fail, by name: answers of 200 without a picture, HTTP errors, and broken transport.
 * Bodies are the field's own reports where there are any; the wording of 500 and 504 is unconfirmed.
 */
import { errorInfo, keyInvalid, keyMissing, modelNotFound, serviceError } from './serviceError.ts';

/** One answer of the server's, instead of the one it would make. */
export type Scripted =
  /** `body` is pretty-printed, as the service does. */
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly type: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** The characters of the model's parts in `body`, which it will want back. */
      readonly parts?: readonly string[];
    }
  /** Accepts the request and never answers. */
  | { readonly kind: 'hang' }
  /** `next` after `delayMs`; null is the usual answer. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly next: Scripted | null }
  /** Closes the connection before a byte of the answer, or in the middle of its body. */
  | { readonly kind: 'disconnect'; readonly when: 'before-answer' | 'mid-body' }
  /** The usual answer, changed. */
  | ({ readonly kind: 'answer' } & AnswerChange);

export interface AnswerChange {
  /** Earlier pictures of the same answer. Flagged ones are marked as thoughts. */
  readonly drafts?: 'flagged' | 'unflagged';
  /** What the picture is said to be. */
  readonly claimedType?: string;
  readonly damage?: 'garbage' | 'truncated' | 'empty-data' | 'not-base64';
  /** The text comes behind the picture, or not at all. */
  readonly words?: 'last' | 'none';
  readonly finishReason?: string;
  /** Other than the pixels that were asked for: what gateways are reported to do. */
  readonly square?: boolean;
  readonly without?: readonly ('usageMetadata' | 'modelVersion' | 'responseId' | 'thoughtSignature' | 'role')[];
}

const reply = (body: unknown): Scripted => ({ kind: 'json', status: 200, body });
const fail = (body: { readonly error: { readonly code: number } }, headers?: Readonly<Record<string, string>>): Scripted => ({
  kind: 'json',
  status: body.error.code,
  body,
  ...(headers === undefined ? {} : { headers }),
});

const ended = (finishReason: string, content: unknown = {}, finishMessage?: string): Scripted =>
  reply({
    candidates: [{ content, finishReason, index: 0, ...(finishMessage === undefined ? {} : { finishMessage }) }],
    usageMetadata: { promptTokenCount: 59, candidatesTokenCount: 11, totalTokenCount: 70 },
    modelVersion: 'gemini-nano-banana-2.1',
    responseId: 'bm8taW1hZ2U',
  });

const blocked = (blockReason: string): Scripted =>
  reply({
    promptFeedback: { blockReason },
    usageMetadata: { promptTokenCount: 1300, totalTokenCount: 1300 },
    modelVersion: 'gemini-nano-banana-2.1',
  });

const inWords = (text: string, finishReason = 'STOP'): Scripted =>
  reply({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: 1130, candidatesTokenCount: 20, totalTokenCount: 1150 },
    modelVersion: 'gemini-nano-banana-2.1',
    responseId: 'd29yZHM',
  });

const retryInfo = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });

const quotaFailure = (quotaMetric: string, quotaId: string, quotaValue: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [
    {
      quotaMetric: `generativelanguage.googleapis.com/${quotaMetric}`,
      quotaId,
      quotaDimensions: { location: 'global', model: 'gemini-nano-banana-2.1' },
      quotaValue,
    },
  ],
});

const quotaHelp = {
  '@type': 'type.googleapis.com/google.rpc.Help',
  links: [{ description: 'Learn more about Gemini API quotas', url: 'https://ai.google.dev/gemini-api/docs/rate-limits' }],
};

const overQuota = (metric: string, limit: string, delay: string): string =>
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. ' +
  `\n* Quota exceeded for metric: generativelanguage.googleapis.com/${metric}, limit: ${limit}, model: gemini-nano-banana-2.1\nPlease retry in ${delay}.`;

const quota = (metric: string, quotaId: string, limit: string, delay: string): Scripted =>
  fail(serviceError(429, overQuota(metric, limit, delay), [quotaFailure(metric, quotaId, limit), quotaHelp, retryInfo(delay)]));

const denied = (reason: string, message: string): Scripted => fail(serviceError(403, message, [errorInfo(reason)]));

const unknownName = 'Invalid JSON payload received. Unknown name "imageConfig" at \'generation_config\': Cannot find field.';

const withoutImage = {
  'image-other': ended(
    'IMAGE_OTHER',
    {},
    'Unable to show the generated image. The model could not generate the image based on the prompt provided. You will not be charged for this request. Try rephrasing the prompt.',
  ),
  'image-safety': reply({ candidates: [{ content: { parts: null }, finishReason: 'IMAGE_SAFETY', index: 0 }], usageMetadata: {} }),
  'image-prohibited': reply({
    candidates: [
      {
        content: { role: 'model' },
        finishReason: 'IMAGE_PROHIBITED_CONTENT',
        index: 0,
        finishMessage:
          'Unable to show the generated image due to interests of third-party content providers. Please edit your prompt and try again. If you think this was an error, send feedback. Support code: 35561575',
      },
    ],
  }),
  'blocked-other': blocked('OTHER'),
  'blocked-prohibited': reply({
    candidates: null,
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { candidatesTokenCount: 0 },
  }),
  'blocked-safety': blocked('SAFETY'),
  'blocked-blocklist': blocked('BLOCKLIST'),
  'blocked-image-safety': blocked('IMAGE_SAFETY'),
  'blocked-model-armor': blocked('MODEL_ARMOR'),
  'blocked-jailbreak': blocked('JAILBREAK'),
  'blocked-unknown': blocked('SOMETHING_NEW'),
  'words-only': inWords('Which of the two jackets should become red?'),
  'image-recitation': ended('IMAGE_RECITATION'),
  recitation: ended('RECITATION'),
  'no-image': ended('NO_IMAGE', { role: 'model', parts: [{ text: 'The picture shows an astronaut in front of a flag.' }] }),
  'max-tokens': ended('MAX_TOKENS', { role: 'model', parts: [{ text: 'First I would', thought: true }] }),
  safety: ended('SAFETY'),
  'prohibited-content': ended('PROHIBITED_CONTENT'),
  blocklist: ended('BLOCKLIST'),
  spii: ended('SPII'),
  language: ended('LANGUAGE'),
  other: ended('OTHER'),
  'malformed-response': ended('MALFORMED_RESPONSE'),
  'malformed-function-call': ended('MALFORMED_FUNCTION_CALL'),
  'unexpected-tool-call': ended('UNEXPECTED_TOOL_CALL'),
  'too-many-tool-calls': ended('TOO_MANY_TOOL_CALLS'),
  continuation: ended('CONTINUATION', { role: 'model', parts: [{ text: 'To be continued' }] }),
  'unknown-finish': ended('SOMETHING_NEW'),
  'empty-object': reply({}),
  'content-missing': reply({ candidates: [{ finishReason: 'STOP', index: 0 }] }),
  'parts-empty': ended('STOP', { role: 'model', parts: [] }),
  'finish-missing': reply({ candidates: [{ content: { role: 'model', parts: [] }, index: 0 }] }),
  'only-thoughts': ended('STOP', { role: 'model', parts: [{ text: '**Planning** the edit', thought: true }] }),
  'candidates-empty': reply({ candidates: [], usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } }),
  'empty-data': { kind: 'answer', damage: 'empty-data' },
} satisfies Record<string, Scripted>;

const httpErrors = {
  'key-invalid': fail(keyInvalid),
  'key-expired': fail(serviceError(400, 'API key expired. Please renew the API key.', [errorInfo('API_KEY_INVALID')])),
  'key-leaked': fail(serviceError(403, 'Your API key was reported as leaked. Please use another API key.')),
  'key-missing': fail(keyMissing),
  'key-service-blocked': denied(
    'API_KEY_SERVICE_BLOCKED',
    'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent are blocked.',
  ),
  'key-referrer-blocked': denied('API_KEY_HTTP_REFERRER_BLOCKED', 'Requests from referer <empty> are blocked.'),
  'key-ip-blocked': denied(
    'API_KEY_IP_ADDRESS_BLOCKED',
    'The provided API key has an IP address restriction. The originating IP address of the call (127.0.0.1) violates this restriction.',
  ),
  'service-disabled': denied(
    'SERVICE_DISABLED',
    'Generative Language API has not been used in project 123 before or it is disabled. Enable it by visiting the console then retry.',
  ),
  'permission-denied': fail(serviceError(403, 'The caller does not have permission')),
  'bad-location': fail(serviceError(400, 'User location is not supported for the API use.', undefined, 'FAILED_PRECONDITION')),
  'needs-billing': fail(
    serviceError(
      400,
      'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
      undefined,
      'FAILED_PRECONDITION',
    ),
  ),
  'model-gone': fail(modelNotFound('gemini-2.5-flash-image-preview', 'generateContent')),
  'bad-argument': fail(serviceError(400, 'Request contains an invalid argument.')),
  'bad-input-image': fail(
    serviceError(
      400,
      'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  ),
  'unknown-field': fail(
    serviceError(400, unknownName, [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'generation_config', description: unknownName }] },
    ]),
  ),
  'missing-signature': fail(serviceError(400, 'Image part is missing a thought_signature in content position 2, part position 1.')),
  'too-large': {
    kind: 'text',
    status: 413,
    type: 'text/html; charset=UTF-8',
    body: '<html><title>413. Your client issued a request that was too large</title></html>',
  },
  'quota-minute': quota('generate_requests_per_model', 'GenerateRequestsPerMinutePerProjectPerModel', '10', '22.104s'),
  'quota-minute-short': quota('generate_requests_per_model', 'GenerateRequestsPerMinutePerProjectPerModel', '10', '0.5s'),
  'quota-minute-long': quota('generate_requests_per_model', 'GenerateRequestsPerMinutePerProjectPerModel', '10', '90s'),
  'quota-day': quota('generate_requests_per_model_per_day', 'GenerateRequestsPerDayPerProjectPerModel', '250', '22s'),
  'quota-no-free-tier': quota('generate_content_free_tier_requests', 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', '0', '22.1s'),
  'quota-plain': fail(serviceError(429, 'Resource has been exhausted (e.g. check quota).')),
  'quota-retry-after': fail(serviceError(429, 'Resource has been exhausted (e.g. check quota).'), { 'retry-after': '7' }),
  internal: fail(
    serviceError(
      500,
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  ),
  overloaded: fail(serviceError(503, 'The model is overloaded. Please try again later.')),
  'high-demand': fail(
    serviceError(503, 'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.'),
  ),
  deadline: fail(serviceError(504, 'The service was unable to finish processing within the deadline.', undefined, 'DEADLINE_EXCEEDED')),
  'html-502': {
    kind: 'text',
    status: 502,
    type: 'text/html; charset=UTF-8',
    body: '<!DOCTYPE html>\n<html lang=en><title>Error 502 (Server Error)!!1</title><p><b>502.</b> That’s an error.</html>\n',
  },
  'error-array': { kind: 'json', status: 503, body: [serviceError(503, 'The model is overloaded. Please try again later.')] },
  'error-array-key': { kind: 'json', status: 400, body: [keyInvalid] },
  'error-not-json': { kind: 'text', status: 503, type: 'application/json; charset=UTF-8', body: 'upstream connect error' },
  teapot: { kind: 'text', status: 418, type: 'text/plain', body: 'unexpected' },
} satisfies Record<string, Scripted>;

const brokenTransport = {
  hang: { kind: 'hang' },
  slow: { kind: 'slow', delayMs: 1500, next: null },
  'drop-before-answer': { kind: 'disconnect', when: 'before-answer' },
  'drop-mid-body': { kind: 'disconnect', when: 'mid-body' },
  'empty-body': { kind: 'text', status: 200, type: 'application/json; charset=UTF-8', body: '' },
  'truncated-json': {
    kind: 'text',
    status: 200,
    type: 'application/json; charset=UTF-8',
    body: '{\n  "candidates": [\n    {\n      "content": {\n        "parts": [\n          {\n            "inlineData": {\n              "mimeType": "image/jpeg",\n              "data": "/9j/4AAQ',
  },
  'not-json': { kind: 'text', status: 200, type: 'application/json; charset=UTF-8', body: 'So sorry.' },
  'html-200': { kind: 'text', status: 200, type: 'text/html', body: '<html><body>Sign in to the hotel network</body></html>' },
  'json-null': { kind: 'json', status: 200, body: null },
  'json-number': { kind: 'json', status: 200, body: 7 },
  'error-in-200': { kind: 'json', status: 200, body: serviceError(503, 'The model is overloaded. Please try again later.') },
  'error-array-in-200': { kind: 'json', status: 200, body: [serviceError(429, 'Resource has been exhausted (e.g. check quota).')] },
  /** Read by streams: an event in the place of a picture. */
  'sse-error': {
    kind: 'text',
    status: 200,
    type: 'text/event-stream',
    body: `data: ${JSON.stringify(serviceError(503, 'The model is overloaded. Please try again later.'))}\r\n\r\n`,
  },
} satisfies Record<string, Scripted>;

const oddAnswers = {
  'drafts-flagged': { kind: 'answer', drafts: 'flagged' },
  'drafts-unflagged': { kind: 'answer', drafts: 'unflagged' },
  mislabelled: { kind: 'answer', claimedType: 'image/png' },
  'picture-garbage': { kind: 'answer', damage: 'garbage' },
  'picture-truncated': { kind: 'answer', damage: 'truncated' },
  'picture-not-base64': { kind: 'answer', damage: 'not-base64' },
  'words-last': { kind: 'answer', words: 'last' },
  wordless: { kind: 'answer', words: 'none' },
  'finish-unknown-with-picture': { kind: 'answer', finishReason: 'SOMETHING_NEW' },
  square: { kind: 'answer', square: true },
  bare: { kind: 'answer', words: 'none', without: ['usageMetadata', 'modelVersion', 'responseId', 'thoughtSignature', 'role'] },
} satisfies Record<string, Scripted>;

/** The catalogue; a test may also write an answer of its own. */
export const failures = { ...withoutImage, ...httpErrors, ...brokenTransport, ...oddAnswers } as const satisfies Record<string, Scripted>;

export type FailureName = keyof typeof failures;

export const isFailureName = (name: string): name is FailureName => Object.hasOwn(failures, name);
