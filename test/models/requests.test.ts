/** What goes out: the shape of each model's request on the wire, and turns that return as they came. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../shared/core/hash.ts';
import type { EditAnswer, EditRequest, LabelledPicture, RawPart } from '../../shared/core/model.ts';
import { builtInModels, cellsOf, findModel } from '../../shared/core/models/registry.ts';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { cellOf, layer, modelAt, neverAborted, painted, requestFor } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer: plainAnswer });
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
  server.always(null);
});

async function answered(request: EditRequest): Promise<EditAnswer> {
  const answer = await modelAt(server, request.model).edit(request, neverAborted);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}

interface SentPart {
  text?: string;
  inlineData?: { mimeType: string; data: string };
}

interface SentBody {
  contents: { role: string; parts: SentPart[] }[];
  generationConfig: Record<string, unknown>;
}

const body = (index = 0): SentBody => server.asked[index].json as SentBody;

const geminiModels = builtInModels.filter((model) => model.wire === 'gemini').map((model) => model.id);
const imagenModels = builtInModels.filter((model) => model.wire === 'imagen').map((model) => model.id);

test.each(geminiModels)('%s is asked in the shape that it takes, for its smallest and largest cell', async (id) => {
  const entry = findModel(id);
  const cells = cellsOf(entry);
  // The largest answer takes seconds to make; its request is what counts here.
  server.always(failures['image-safety']);
  for (const cell of [cells[0], cells[cells.length - 1]]) {
    server.forget();
    await modelAt(server, id).edit(requestFor(id, { cell, thinking: entry.thinking.levels.at(-1) ?? 'high' }), neverAborted);
    expect(server.malformed).toEqual([]);
    expect(server.understood.length).toBe(1);
    const { generationConfig } = body();
    const level = entry.thinking.levels.at(-1)?.toUpperCase();
    const shape = {
      'ratio-and-size': { imageConfig: { aspectRatio: cell.ratio, imageSize: cell.size } },
      ratio: { imageConfig: { aspectRatio: cell.ratio } },
      none: {},
    }[entry.shapeFields];
    expect(generationConfig).toEqual({
      responseModalities: ['TEXT', 'IMAGE'],
      ...(level === undefined ? {} : { thinkingConfig: { thinkingLevel: level } }),
      ...shape,
    });
  }
});

test.each(imagenModels)('%s is asked over predict, without a picture', async (id) => {
  const answer = await answered(requestFor(id, { pictures: [], cell: cellOf(id, '16:9') }));
  expect(server.malformed).toEqual([]);
  expect(server.asked[0].path).toBe(`/v1beta/models/${id}:predict`);
  const isSized = findModel(id).shapeFields === 'ratio-and-size';
  expect(server.asked[0].json).toEqual({
    instances: [{ prompt: 'Edit this picture: make it green' }],
    parameters: { sampleCount: 1, aspectRatio: '16:9', ...(isSized ? { sampleImageSize: '1K' } : {}), personGeneration: 'allow_adult' },
  });
  expect(answer).toMatchObject({ picture: { type: 'image/png', pixels: { width: 1408, height: 768 } }, usage: null, attempts: 1 });
});

test('the layer comes first, a text names each picture, and the prompt is last', async () => {
  const reference: LabelledPicture = { role: 'style', label: 'Image 2, a reference for the style:', pixels: painted(40, 40) };
  await answered(requestFor(undefined, { pictures: [layer(), reference] }));
  const { parts } = body().contents[0];
  expect(parts.map((part) => part.text ?? part.inlineData?.mimeType)).toEqual([
    'Image 1, the layer to edit:',
    'image/png',
    'Image 2, a reference for the style:',
    'image/png',
    'Edit this picture: make it green',
  ]);
});

test('a picture without a label goes without one', async () => {
  await answered(requestFor(undefined, { pictures: [{ ...layer(), label: '' }] }));
  expect(body().contents[0].parts.map((part) => part.text)).toEqual([undefined, 'Edit this picture: make it green']);
});

test('only the headers that the service admits from a page are sent, and the key only in its header', async () => {
  await answered(requestFor());
  const ours = Object.keys(server.asked[0].headers).filter((name) => name.startsWith('x-') || name === 'authorization');
  expect(ours.sort()).toEqual(['x-goog-api-client', 'x-goog-api-key']);
  expect(server.asked[0].headers['x-goog-api-client']).toMatch(/^google-genai-sdk\/2\.32\.0 /);
  expect(server.asked[0].headers['user-agent']).not.toMatch(/google/);
  expect(JSON.stringify(body())).not.toContain(server.key);
  expect([...server.asked[0].query]).toEqual([]);
});

test('small pictures go as PNG and large ones as JPEG, with hashes of the very bytes', async () => {
  const small = painted(1000, 1000);
  const large = painted(1300, 1000);
  const answer = await answered(requestFor(undefined, { pictures: [layer(small), layer(large)] }));
  const pictures = server.understood[0].pictures;
  expect(answer.sent.map(({ bytes: _, ...sent }) => sent)).toEqual(
    pictures.map(({ type, bytes }, i) => ({
      type,
      width: [1000, 1300][i],
      height: 1000,
      byteLength: bytes.length,
      hash: sha256Hex(bytes),
    })),
  );
  expect(answer.sent.map((sent) => sent.type)).toEqual(['image/png', 'image/jpeg']);
});

test('a model part that lost or changed anything is what the service refuses', async () => {
  const first = await answered(requestFor());
  const [words, picture] = first.parts;
  const edit = (parts: readonly RawPart[]) =>
    modelAt(server).edit(
      requestFor(undefined, {
        turns: [
          { role: 'user', text: 'a', pictures: [] },
          { role: 'model', parts },
        ],
      }),
      neverAborted,
    );
  const { thoughtSignature: _, ...unsigned } = JSON.parse(picture) as Record<string, unknown>;
  expect(await edit([words, JSON.stringify(unsigned)])).toMatchObject({
    error: { kind: 'lost-conversation', said: 'Image part is missing a thought_signature in content position 2, part position 2.' },
  });
  for (const changed of [words.replace('I turned', 'I changed'), words.replace('{', '{"thought": false,')])
    expect(await edit([changed, picture])).toMatchObject({ error: { kind: 'lost-conversation' } });
  expect(await edit([words, picture])).toMatchObject({ ok: true });
});

test('a level that the model does not know is left out', async () => {
  await answered(requestFor('gemini-3-pro-image', { thinking: 'high' }));
  expect(body().generationConfig).not.toHaveProperty('thinkingConfig');
});

test('a request over 100 MB fails before anything is sent', async () => {
  const codec = {
    encode: async () => ({ ok: true as const, value: new Uint8Array(40 * 1024 * 1024) }),
    decode: async () => ({ ok: false as const, error: { kind: 'damaged' as const, name: '', why: '' } }),
  };
  const answer = await modelAt(server, undefined, { codec }).edit(requestFor(undefined, { pictures: [layer(), layer()] }), neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'too-large', got: '107 MB', limit: '100 MB' } });
  expect(server.requests).toEqual([]);
});

test('what cannot be encoded is told as the codec told it', async () => {
  const codec = {
    ...neverDecodes,
    encode: async () => ({ ok: false as const, error: { kind: 'host' as const, operation: 'encode', message: 'no' } }),
  };
  const answer = await modelAt(server, undefined, { codec }).edit(requestFor(), neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'host' } });
  expect(server.requests).toEqual([]);
});

const neverDecodes = { decode: async () => ({ ok: false as const, error: { kind: 'damaged' as const, name: '', why: '' } }) };

test('Imagen refuses to edit before anything is sent, and names what can', async () => {
  const answer = await modelAt(server, 'imagen-4.0-ultra-generate-001').edit(requestFor('imagen-4.0-ultra-generate-001'), neverAborted);
  expect(answer).toEqual({
    ok: false,
    error: { kind: 'cannot-edit', model: 'imagen-4.0-ultra-generate-001', successor: 'gemini-3-pro-image' },
  });
  expect(server.requests).toEqual([]);
});

const imagen = (name: FailureName | null, scripted: unknown = null) => {
  server.script([name === null ? { kind: 'json', status: 200, body: scripted } : failures[name]]);
  return modelAt(server, 'imagen-4.0-generate-001').edit(requestFor('imagen-4.0-generate-001', { pictures: [] }), neverAborted);
};

test('Imagen’s refusals and failures are told apart like Gemini’s', async () => {
  expect(await imagen(null, { predictions: [{ raiFilteredReason: 'Unable to show generated images.' }] })).toMatchObject({
    error: { kind: 'refused', reason: 'unsafe-output', said: 'Unable to show generated images.' },
  });
  expect(await imagen(null, {})).toMatchObject({ error: { kind: 'no-image', reason: 'empty' } });
  expect(await imagen('key-invalid')).toMatchObject({ error: { kind: 'unauthorised', reason: 'invalid' } });
  expect(await imagen('quota-day')).toMatchObject({ error: { kind: 'quota-exhausted', reason: 'day' } });
  expect(await imagen('picture-garbage')).toMatchObject({ error: { kind: 'bad-reply' } });
  expect(await imagen('truncated-json')).toMatchObject({ error: { kind: 'bad-reply' } });
  expect(await imagen('overloaded')).toMatchObject({ ok: true, value: { attempts: 2 } });
});

test('a retired model that is gone names its successor', async () => {
  const today = await startGeminiServer();
  for (const [id, successor] of [
    ['gemini-2.5-flash-image', 'gemini-nano-banana-2.1'],
    ['my-own-model', null],
  ] as const)
    expect(await modelAt(today, id).edit(requestFor(id), neverAborted)).toMatchObject({
      error: { kind: 'retired-model', model: id, successor },
    });
  expect(today.asked.length).toBe(2);
  await today.close();
});
