/** Every outcome of the service, from the wire through the real SDK to a Failure, and how often it was asked. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../shared/core/failure.ts';
import { explain } from '../../shared/core/failure.ts';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { modelAt, neverAborted, requestFor, WaitingClock } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer });
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
  server.always(null);
});

/** What must come out, and after how many requests when the service answers so every time. */
type Row = readonly [FailureName, Partial<Failure> & { readonly kind: Failure['kind'] }, number];

const withoutImage: readonly Row[] = [
  ['image-other', { kind: 'no-image', reason: 'filtered' }, 2],
  ['image-safety', { kind: 'refused', reason: 'unsafe-output' }, 1],
  ['image-prohibited', { kind: 'refused', reason: 'unsafe-output' }, 1],
  ['blocked-other', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-prohibited', { kind: 'refused', reason: 'prohibited' }, 1],
  ['blocked-safety', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-blocklist', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-image-safety', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-model-armor', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-jailbreak', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['blocked-unknown', { kind: 'refused', reason: 'input-blocked', said: 'SOMETHING_NEW' }, 1],
  ['words-only', { kind: 'no-image', reason: 'words-only', said: 'Which of the two jackets should become red?' }, 1],
  ['image-recitation', { kind: 'refused', reason: 'recitation' }, 1],
  ['recitation', { kind: 'refused', reason: 'recitation' }, 1],
  ['no-image', { kind: 'no-image', reason: 'declined', said: 'The picture shows an astronaut in front of a flag.' }, 2],
  ['max-tokens', { kind: 'no-image', reason: 'token-limit' }, 1],
  ['safety', { kind: 'refused', reason: 'unsafe-output' }, 1],
  ['prohibited-content', { kind: 'refused', reason: 'prohibited' }, 1],
  ['blocklist', { kind: 'refused', reason: 'prohibited' }, 1],
  ['spii', { kind: 'refused', reason: 'prohibited' }, 1],
  ['language', { kind: 'refused', reason: 'input-blocked' }, 1],
  ['other', { kind: 'no-image', reason: 'malformed' }, 2],
  ['malformed-response', { kind: 'no-image', reason: 'malformed' }, 2],
  ['malformed-function-call', { kind: 'no-image', reason: 'malformed' }, 2],
  ['unexpected-tool-call', { kind: 'no-image', reason: 'malformed' }, 2],
  ['too-many-tool-calls', { kind: 'no-image', reason: 'malformed' }, 2],
  ['continuation', { kind: 'no-image', reason: 'unknown' }, 1],
  ['unknown-finish', { kind: 'no-image', reason: 'unknown', said: 'SOMETHING_NEW' }, 1],
  ['empty-object', { kind: 'no-image', reason: 'empty' }, 1],
  ['content-missing', { kind: 'no-image', reason: 'empty' }, 1],
  ['parts-empty', { kind: 'no-image', reason: 'empty' }, 1],
  ['finish-missing', { kind: 'no-image', reason: 'empty' }, 1],
  ['only-thoughts', { kind: 'no-image', reason: 'empty' }, 1],
  ['candidates-empty', { kind: 'no-image', reason: 'empty' }, 1],
  ['empty-data', { kind: 'no-image', reason: 'words-only' }, 1],
];

const httpErrors: readonly Row[] = [
  ['key-invalid', { kind: 'unauthorised', reason: 'invalid' }, 1],
  ['key-expired', { kind: 'unauthorised', reason: 'expired' }, 1],
  ['key-leaked', { kind: 'unauthorised', reason: 'leaked' }, 1],
  ['key-missing', { kind: 'unauthorised', reason: 'missing' }, 1],
  ['key-service-blocked', { kind: 'unauthorised', reason: 'restricted' }, 1],
  ['key-referrer-blocked', { kind: 'unauthorised', reason: 'restricted' }, 1],
  ['key-ip-blocked', { kind: 'unauthorised', reason: 'restricted' }, 1],
  ['service-disabled', { kind: 'unauthorised', reason: 'service-disabled' }, 1],
  ['permission-denied', { kind: 'unauthorised', reason: 'denied' }, 1],
  ['bad-location', { kind: 'not-available', reason: 'location' }, 1],
  ['needs-billing', { kind: 'not-available', reason: 'billing' }, 1],
  ['model-gone', { kind: 'retired-model', model: 'gemini-nano-banana-2.1' }, 1],
  ['bad-argument', { kind: 'bad-request', said: 'Request contains an invalid argument.' }, 1],
  ['bad-input-image', { kind: 'bad-request' }, 1],
  ['missing-signature', { kind: 'lost-conversation' }, 1],
  ['too-large', { kind: 'too-large' }, 1],
  ['quota-minute', { kind: 'rate-limited', retryAfterMs: 22_104 }, 3],
  ['quota-minute-short', { kind: 'rate-limited', retryAfterMs: 500 }, 4],
  ['quota-minute-long', { kind: 'rate-limited', retryAfterMs: 90_000 }, 1],
  ['quota-day', { kind: 'quota-exhausted', reason: 'day' }, 1],
  ['quota-no-free-tier', { kind: 'quota-exhausted', reason: 'no-free-tier' }, 1],
  ['quota-plain', { kind: 'rate-limited', retryAfterMs: null }, 4],
  ['quota-retry-after', { kind: 'rate-limited', retryAfterMs: 7000 }, 4],
  ['internal', { kind: 'overloaded', status: 500 }, 4],
  ['overloaded', { kind: 'overloaded', status: 503 }, 4],
  ['high-demand', { kind: 'overloaded', status: 503 }, 4],
  ['deadline', { kind: 'overloaded', status: 504 }, 2],
  ['html-502', { kind: 'overloaded', status: 502, said: 'Error 502 (Server Error)!!1' }, 4],
  ['error-array', { kind: 'overloaded', status: 503, said: 'The model is overloaded. Please try again later.' }, 4],
  ['error-array-key', { kind: 'unauthorised', reason: 'invalid' }, 1],
  ['error-not-json', { kind: 'overloaded', status: 503, said: 'upstream connect error' }, 4],
  ['teapot', { kind: 'bad-reply' }, 1],
];

const brokenTransport: readonly Row[] = [
  ['drop-before-answer', { kind: 'bad-reply' }, 1],
  ['drop-mid-body', { kind: 'bad-reply' }, 1],
  ['empty-body', { kind: 'bad-reply', why: 'its answer was empty' }, 1],
  ['truncated-json', { kind: 'bad-reply' }, 1],
  ['not-json', { kind: 'bad-reply' }, 1],
  ['html-200', { kind: 'bad-reply' }, 1],
  ['json-null', { kind: 'bad-reply' }, 1],
  ['json-number', { kind: 'bad-reply' }, 1],
  ['error-in-200', { kind: 'overloaded', status: 503 }, 4],
  ['error-array-in-200', { kind: 'rate-limited' }, 4],
  ['sse-error', { kind: 'bad-reply' }, 1],
  ['picture-garbage', { kind: 'bad-reply' }, 1],
  ['picture-truncated', { kind: 'bad-reply' }, 1],
  ['picture-not-base64', { kind: 'bad-reply' }, 1],
];

/** Answers that hold a picture after all, and the ones that have their own test. */
const elsewhere: readonly FailureName[] = [
  'hang',
  'slow',
  'unknown-field',
  'drafts-flagged',
  'drafts-unflagged',
  'mislabelled',
  'words-last',
  'wordless',
  'finish-unknown-with-picture',
  'square',
  'bare',
];

describe.each([
  ['answers of 200 without a picture', withoutImage],
  ['HTTP errors', httpErrors],
  ['broken answers', brokenTransport],
])('%s', (_, rows) => {
  test.each(rows)('%s is told apart', async (name, expected, requests) => {
    server.always(failures[name]);
    const answer = await modelAt(server).edit(requestFor(), neverAborted);
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    expect(answer.error).toMatchObject(expected);
    expect(server.asked.length).toBe(requests);
    expect(server.malformed).toEqual([]);
    const { title, sentence } = explain(answer.error);
    expect(`${title} ${sentence}`).not.toMatch(/undefined|null|\[object/);
  });
});

test('every answer in the catalogue is tested', () => {
  const tested = [...withoutImage, ...httpErrors, ...brokenTransport].map(([name]) => name);
  expect([...tested, ...elsewhere].sort()).toEqual(Object.keys(failures).sort());
});

test.each(['image-other', 'no-image', 'other', 'quota-minute', 'quota-plain', 'overloaded', 'deadline', 'html-502'] as const)(
  'a picture after %s counts, with the number of attempts',
  async (name) => {
    server.script([failures[name]]);
    const answer = await modelAt(server).edit(requestFor(), neverAborted);
    expect(answer).toMatchObject({ ok: true, value: { attempts: 2 } });
  },
);

test('the wait that the service names is kept to the millisecond, and the back-off doubles where it names none', async () => {
  const clock = new WaitingClock();
  server.script([failures['quota-minute'], failures['quota-retry-after'], failures['quota-minute-short']]);
  await modelAt(server, undefined, { clock }).edit(requestFor(), neverAborted);
  expect(clock.waits).toEqual([22_104, 7000, 500]);
  const again = new WaitingClock();
  server.script([failures.overloaded, failures.internal, failures['quota-plain']]);
  await modelAt(server, undefined, { clock: again }).edit(requestFor(), neverAborted);
  expect(again.waits).toEqual([1000, 2000, 4000]);
});

test('chance shortens the back-off by up to half', async () => {
  const clock = new WaitingClock();
  server.script([failures.overloaded, failures.overloaded]);
  await modelAt(server, undefined, { clock, random: () => 0.5 }).edit(requestFor(), neverAborted);
  expect(clock.waits).toEqual([750, 1500]);
});

test('after an answer in words the picture alone is asked for, once', async () => {
  server.script([failures['no-image']]);
  await modelAt(server).edit(requestFor(), neverAborted);
  const [first, second] = server.understood.map((request) => request.promptText);
  expect(first).toBe('Edit this picture: make it green');
  expect(second).toBe('Edit this picture: make it green\nOutput the final image only.');
});

test('a service that spells the picture’s shape otherwise is asked once more in its spelling', async () => {
  const other = await startGeminiServer({ imageFields: 'responseFormat', answer: plainAnswer });
  const answer = await modelAt(other).edit(requestFor(), neverAborted);
  expect(answer).toMatchObject({ ok: true, value: { attempts: 2 } });
  expect(other.understood[0]).toMatchObject({ aspectRatio: '1:1', imageSize: '1K' });
  await other.close();
  server.always(failures['unknown-field']);
  expect(await modelAt(server).edit(requestFor(), neverAborted)).toMatchObject({ ok: false, error: { kind: 'bad-request' } });
  expect(server.asked.length).toBe(2);
});

test('a paid answer that cannot be decoded is handed over, and the message says where it is', async () => {
  server.script([failures['picture-garbage']]);
  const kept: Uint8Array[] = [];
  const answer = await modelAt(server, undefined, {
    keepUnreadable: async (bytes) => {
      kept.push(bytes);
      return 'answer.bin';
    },
  }).edit(requestFor(), neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'bad-reply', why: expect.stringContaining('kept as answer.bin') } });
  expect(new TextDecoder().decode(kept[0])).toContain('never a picture');
});

test('no server at the address is offline after a second try', async () => {
  // A port that is given to nobody, and that no browser forbids: one that was ours a moment ago may be another's by now.
  const gone = { url: 'http://127.0.0.1:4', key: server.key };
  const clock = new WaitingClock();
  const answer = await modelAt(gone, undefined, { clock }).edit(requestFor(), neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'offline', said: expect.stringContaining('ECONNREFUSED') } });
  expect(clock.waits).toEqual([1000]);
});

test('a browser’s silent refusal is offline, and not repeated', async () => {
  let calls = 0;
  const fetch = () => {
    calls += 1;
    return Promise.reject(new TypeError('Failed to fetch'));
  };
  const answer = await modelAt(server, undefined, { fetch }).edit(requestFor(), neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'offline' } });
  expect(calls).toBe(1);
});

test('the key never stands in a failure, whatever the service says', async () => {
  const body = { error: { code: 400, message: `Bad key ${server.key} and AIzaSyA1234567890123456789012`, status: 'INVALID_ARGUMENT' } };
  server.script([{ kind: 'json', status: 400, body }]);
  const answer = await modelAt(server).edit(requestFor(), neverAborted);
  expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${server.key}|AIza`));
  expect(answer).toMatchObject({ error: { said: 'Bad key … and …' } });
});
