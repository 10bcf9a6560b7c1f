/** What comes back: which picture counts, what it is, and what is kept beside it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fromBase64 } from '../../shared/core/base64.ts';
import type { EditAnswer, RawPart } from '../../shared/core/model.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import { wordsIn } from '../../shared/core/said.ts';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { createOfflineAnswer } from '../geminiServer/offlineAnswer.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { cellOf, layer, modelAt, neverAborted, painted, requestFor } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer });
});
afterAll(() => server.close());
beforeEach(() => server.forget());

async function answered(name: FailureName | null): Promise<EditAnswer> {
  server.script([name === null ? null : failures[name]]);
  const answer = await modelAt(server).edit(requestFor(undefined, { cell: cellOf('gemini-nano-banana-2.1', '3:2') }), neverAborted);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}

const sameBytes = (a: Uint8Array | null, b: Uint8Array) => a !== null && Buffer.compare(a, b) === 0;

interface SentPart {
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
}
const fieldsOf = (part: RawPart | undefined) => JSON.parse(part ?? '{}') as SentPart;
const dataOf = (part: RawPart | undefined) => fieldsOf(part).inlineData?.data;

test('an ordinary answer brings picture, words, parts, usage and identifiers', async () => {
  const answer = await answered(null);
  expect(answer).toMatchObject({
    picture: { type: 'image/jpeg', pixels: { width: 1264, height: 848 } },
    drafts: [],
    modelVersion: 'gemini-nano-banana-2.1',
    finishReason: 'STOP',
    attempts: 1,
  });
  expect(answer.responseId).not.toBe('');
  const { usage } = answer;
  expect(usage?.imageTokens).toBe(1120);
  expect(usage?.totalTokens).toBe((usage?.promptTokens ?? 0) + (usage?.candidateTokens ?? 0) + (usage?.thoughtTokens ?? 0));
  expect(sameBytes(fromBase64(dataOf(answer.parts.at(-1)) ?? ''), answer.picture.bytes)).toBe(true);
  for (const ms of Object.values(answer.timingsMs)) expect(ms).toBeGreaterThanOrEqual(0);
});

test.each(['drafts-flagged', 'drafts-unflagged'] as const)(
  'of %s the last picture that is no thought wins, and the others are kept',
  async (name) => {
    const answer = await answered(name);
    const pictures = answer.parts.filter((part) => dataOf(part) !== undefined);
    expect(pictures.length).toBe(3);
    expect(sameBytes(fromBase64(dataOf(pictures[2]) ?? ''), answer.picture.bytes)).toBe(true);
    const others =
      name === 'drafts-flagged' ? answer.drafts : answer.said.flatMap((part) => (part.kind === 'picture' ? [part] : [])).slice(0, -1);
    expect(others.map((other) => sameBytes(other.bytes, answer.picture.bytes))).toEqual([false, false]);
    expect(answer.drafts.length).toBe(name === 'drafts-flagged' ? 2 : 0);
  },
);

test('a thought behind the picture does not win over it', async () => {
  server.script([null]);
  const first = await answered(null);
  const [words, picture] = first.parts;
  const thought = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' }, thought: true };
  server.script([
    {
      kind: 'json',
      status: 200,
      body: { candidates: [{ content: { parts: [fieldsOf(picture), fieldsOf(words), thought] }, finishReason: 'STOP' }] },
    },
  ]);
  const answer = await modelAt(server).edit(requestFor(), neverAborted);
  expect(answer.ok && answer.value.said.map(({ kind }) => kind)).toEqual(['picture', 'text']);
  if (answer.ok) expect(sameBytes(answer.value.picture.bytes, first.picture.bytes)).toBe(true);
});

test('the type is what the bytes say, not what the service says', async () => {
  const answer = await answered('mislabelled');
  expect(fieldsOf(answer.parts.at(-1))).toMatchObject({ inlineData: { mimeType: 'image/png' } });
  expect(answer.picture.type).toBe('image/jpeg');
});

test.each([
  ['words-last', 'I turned the colours.'],
  ['wordless', ''],
] as const)('%s: the order and absence of words do not matter', async (name, text) => {
  expect(wordsIn((await answered(name)).said)).toBe(text);
});

test('a picture counts whatever reason the answer ended for', async () => {
  expect((await answered('finish-unknown-with-picture')).finishReason).toBe('SOMETHING_NEW');
});

test('another size than asked is taken as it is', async () => {
  expect((await answered('square')).picture.pixels).toMatchObject({ width: 1024, height: 1024 });
});

test('an answer with nothing but a picture is an answer', async () => {
  expect(await answered('bare')).toMatchObject({ usage: null, modelVersion: '', responseId: '', said: [{ kind: 'picture' }] });
});

test('the signature that names a type needs all of its bytes', () => {
  expect(pictureTypeOf(new Uint8Array([0xff, 0xd8]))).toBe(null);
  expect(pictureTypeOf(new Uint8Array())).toBe(null);
  expect(pictureTypeOf(new TextEncoder().encode('RIFF....WEBPVP8 '))).toBe('image/webp');
});

test('the instruction crosses the wire and comes back carried out', async () => {
  const real = await startGeminiServer({ answer: createOfflineAnswer({ drift: false }) });
  const ask = (text: string) =>
    modelAt(real).edit(
      requestFor(undefined, {
        pictures: [layer(painted(120, 120))],
        prompt: {
          id: 'test/edit',
          version: 1,
          text: `Edit this picture:\n<instruction>\n${text}\n</instruction>\nOutput the final image only.`,
        },
      }),
      neverAborted,
    );
  const grey = await ask('make it black and white');
  if (!grey.ok) throw new Error(JSON.stringify(grey.error));
  const { data } = grey.value.picture.pixels;
  for (let i = 0; i < data.length; i += 4 * 997) expect(Math.abs(data[i] - data[i + 1])).toBeLessThan(6);
  expect(await ask('compose a symphony in B minor')).toMatchObject({ ok: false, error: { kind: 'no-image', reason: 'words-only' } });
  expect(real.malformed).toEqual([]);
  await real.close();
});
