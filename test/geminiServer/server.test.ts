/** The stand-in is only worth what it keeps to: its CORS, its grammar, its rules, and its other calls, through the real SDK. */
import { GoogleGenAI } from '@google/genai/web';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failures } from './failures.ts';
import { plainAnswer } from './plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from './server.ts';

let server: GeminiServer;
let now = Date.UTC(2026, 10, 23);
let png = '';
beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer, now: () => now });
  png = (
    await sharp({ create: { width: 32, height: 32, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
  ).toString('base64');
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
  server.always(null);
});

const model = 'gemini-nano-banana-2.1';
const path = `/v1beta/models/${model}:generateContent`;

const post = async (address: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}${address}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': server.key, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as { error?: { message: string; status: string } },
  };
};

const user = (...parts: object[]) => ({ role: 'user', parts });
const good = () => ({
  contents: [user({ inlineData: { mimeType: 'image/png', data: png } }, { text: 'Make it red' })],
  generationConfig: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '1:1', imageSize: '1K' } },
});
const withConfig = (config: object) => ({ ...good(), generationConfig: { ...good().generationConfig, ...config } });

describe('CORS', () => {
  const preflight = (headers: string, address = path, origin = 'null') =>
    fetch(`${server.url}${address}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    });

  test('a preflight for the known headers passes, from an opaque origin too', async () => {
    const response = await preflight('content-type,x-goog-api-client,x-goog-api-key,authorization');
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('null');
  });

  test.each(['api-revision', 'user-agent', 'x-server-timeout', 'content-type, x-goog-upload-command'])(
    'a preflight that asks for %s is refused without a word',
    async (headers) => {
      const response = await preflight(headers);
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  test('uploads may send their headers, and their address can be read', async () => {
    expect((await preflight('x-goog-upload-command,x-goog-upload-protocol', '/upload/v1beta/files')).status).toBe(200);
    const { headers } = await post('/v1beta/files', {}, { origin: 'null' });
    expect(headers.get('access-control-expose-headers')).toContain('x-goog-upload-url');
  });

  test('errors may be read by a page as well', async () => {
    const { status, headers } = await post(path, good(), { origin: 'https://example.org', 'x-goog-api-key': 'wrong' });
    expect(status).toBe(400);
    expect(headers.get('access-control-allow-origin')).toBe('https://example.org');
  });
});

describe('what it refuses, and tells the test', () => {
  const part = (inlineData: object) => ({ ...good(), contents: [user({ inlineData }, { text: 'x' })] });
  test.each<readonly [string, () => unknown, string]>([
    ['an unknown field', () => ({ ...good(), labels: {} }), 'Unknown name "labels": Cannot find field.'],
    [
      'an unknown field deeper down',
      () => withConfig({ responseModality: 'IMAGE' }),
      `Unknown name "responseModality" at 'generation_config': Cannot find field.`,
    ],
    ['an unknown field in a list', () => part({ mime: 'image/png' }), `Unknown name "mime" at 'contents[0].parts[0].inline_data'`],
    [
      'a field of another type',
      () => withConfig({ candidateCount: 'one' }),
      `Invalid value at 'generation_config.candidate_count' (TYPE_INT32)`,
    ],
    [
      'an unknown modality',
      () => withConfig({ responseModalities: ['PICTURE'] }),
      `Invalid value at 'generation_config.response_modalities[0]'`,
    ],
    ['pictures alone of a text', () => withConfig({ responseModalities: ['TEXT'] }), 'combination of response modalities (TEXT)'],
    ['a ratio that is none', () => withConfig({ imageConfig: { aspectRatio: '7:5' } }), 'aspect_ratio must be one of'],
    ['a size in small letters', () => withConfig({ imageConfig: { aspectRatio: '1:1', imageSize: '2k' } }), 'image_size must be one of'],
    ['a level that the model lacks', () => withConfig({ thinkingConfig: { thinkingLevel: 'LOW' } }), 'Thinking level LOW is not supported'],
    ['several candidates', () => withConfig({ candidateCount: 2 }), 'Multiple candidates is not enabled for this model'],
    ['JSON with pictures', () => withConfig({ responseMimeType: 'application/json' }), 'JSON mode is not enabled'],
    ['SVG', () => part({ mimeType: 'image/svg+xml', data: 'PHN2Zy8+' }), 'Unable to process input image.'],
    ['bytes that are no picture', () => part({ mimeType: 'image/png', data: 'aGVsbG8=' }), 'Unable to process input image.'],
    ['what is not base64', () => part({ mimeType: 'image/png', data: 'so so' }), 'Base64 decoding failed'],
    [
      'a part with two contents',
      () => ({ contents: [user({ text: 'x', inlineData: { mimeType: 'image/png', data: png } })] }),
      `oneof field 'data' is already set`,
    ],
    ['an empty part', () => ({ contents: [user({})] }), `required oneof field 'data' must have one initialized field`],
    ['no contents', () => ({ contents: [] }), 'contents is not specified'],
    ['a strange role', () => ({ contents: [{ role: 'system', parts: [{ text: 'x' }] }] }), 'Please use a valid role: user, model.'],
    ['a model’s last word', () => ({ contents: [{ role: 'model', parts: [{ text: 'x' }] }] }), 'end with a user role'],
    [
      'a foreign picture in a model turn',
      () => ({
        contents: [
          user({ text: 'a' }),
          { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data: png } }] },
          user({ text: 'b' }),
        ],
      }),
      'Image part is missing a thought_signature in content position 2, part position 1.',
    ],
    [
      'sixteen pictures',
      () => ({
        contents: [user(...Array.from({ length: 16 }, () => ({ inlineData: { mimeType: 'image/png', data: png } })), { text: 'x' })],
      }),
      'exceeds the limit (15)',
    ],
    ['broken JSON', () => '{"contents":[', 'Invalid JSON payload received.'],
  ])('%s', async (_, body, message) => {
    const { status, json } = await post(path, body());
    expect(status).toBe(400);
    expect(json.error?.status).toBe('INVALID_ARGUMENT');
    expect(json.error?.message).toContain(message);
    expect(server.malformed.join('\n')).toContain(message);
  });

  test.each([
    ['another version', '/v2/models/x:generateContent'],
    ['another method', `/v1beta/models/${model}:paintContent`],
    ['a method that the model lacks', `/v1beta/models/${model}:predict`],
    ['a retired model', '/v1beta/models/gemini-2.5-flash-image:generateContent'],
  ])('%s is 404, as JSON', async (_, address) => {
    const { status, json } = await post(address, good());
    expect([status, json.error?.status]).toEqual([404, 'NOT_FOUND']);
  });

  test('a missing key is 403 and a wrong one 400, and neither is a malformed request', async () => {
    expect((await post(path, good(), { 'x-goog-api-key': '' })).json.error?.message).toMatch(/^Method doesn't allow unregistered callers/);
    expect((await post(path, good(), { 'x-goog-api-key': 'wrong' })).json.error?.message).toBe(
      'API key not valid. Please pass a valid API key.',
    );
    expect(server.malformed).toEqual([]);
  });

  test('a key in the address, a mislabelled picture and an unstated shape pass, but are noted', async () => {
    const jpeg = {
      ...good(),
      contents: [user({ inlineData: { mimeType: 'image/jpeg', data: png } }, { text: 'x' })],
      generationConfig: {},
    };
    expect((await post(`${path}?key=${server.key}`, jpeg)).status).toBe(200);
    expect(server.malformed).toEqual([
      'the key is in the address, where logs keep it',
      'a picture labelled image/jpeg is image/png',
      'no aspectRatio: the result would follow the last picture',
    ]);
  });

  test('snake_case is understood, as the service does', async () => {
    const { status } = await post(path, {
      contents: good().contents,
      generation_config: { image_config: { aspect_ratio: '1:1', image_size: '1K' } },
    });
    expect([status, server.understood[0].aspectRatio]).toEqual([200, '1:1']);
    expect(server.malformed).toEqual([]);
  });
});

describe('through the SDK', () => {
  const sdk = () => new GoogleGenAI({ apiKey: server.key, apiVersion: 'v1beta', httpOptions: { baseUrl: server.url } });
  const config = { imageConfig: { aspectRatio: '1:1' } };
  const contents = () => good().contents;

  test('thoughts come only when asked for, and are not signed', async () => {
    const parts = async (includeThoughts: boolean) =>
      (await sdk().models.generateContent({ model, contents: contents(), config: { ...config, thinkingConfig: { includeThoughts } } }))
        .candidates?.[0].content?.parts ?? [];
    expect((await parts(false)).map((part) => part.thought ?? false)).toEqual([false, false]);
    const thinking = await parts(true);
    expect(thinking.map((part) => part.thought ?? false)).toEqual([true, true, false, false]);
    expect(thinking.map((part) => part.thoughtSignature !== undefined)).toEqual([false, false, true, true]);
  });

  test('a stream is one event', async () => {
    const chunks = [];
    for await (const chunk of await sdk().models.generateContentStream({ model, contents: contents(), config })) chunks.push(chunk);
    expect(chunks.length).toBe(1);
    server.script([failures['sse-error']]);
    const stream = await sdk().models.generateContentStream({ model, contents: contents(), config });
    await expect(stream.next()).rejects.toThrow(/overloaded/);
  });

  test('a file goes up, is used, and is gone after 48 hours', async () => {
    const file = await sdk().files.upload({
      file: new Blob([Buffer.from(png, 'base64')]),
      config: { mimeType: 'image/png', displayName: 'layer' },
    });
    expect(file).toMatchObject({
      state: 'ACTIVE',
      displayName: 'layer',
      mimeType: 'image/png',
      expirationTime: '2026-11-25T00:00:00.000Z',
    });
    const used = user({ fileData: { fileUri: file.uri, mimeType: 'image/png' } }, { text: 'x' });
    await sdk().models.generateContent({ model, contents: [used], config });
    expect(server.understood[0].pictures[0].bytes.length).toBe(Buffer.from(png, 'base64').length);
    now += 48 * 3600 * 1000;
    await expect(sdk().files.get({ name: file.name ?? '' })).rejects.toThrow(/may not exist/);
    expect(server.malformed).toEqual([]);
  });

  test('an upload of several pieces arrives whole, and a piece of an odd size does not', async () => {
    const bytes = new Uint8Array(9 * 1024 * 1024).fill(7);
    const file = await sdk().files.upload({ file: new Blob([bytes]), config: { mimeType: 'application/octet-stream' } });
    expect(file.sizeBytes).toBe(String(bytes.length));
    await sdk().files.delete({ name: file.name ?? '' });
    const start = await fetch(`${server.url}/upload/v1beta/files`, {
      method: 'POST',
      headers: {
        'x-goog-api-key': server.key,
        'content-type': 'application/json',
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': '100',
        'x-goog-upload-header-content-type': 'image/png',
      },
      body: '{"file":{}}',
    });
    const address = start.headers.get('x-goog-upload-url') ?? '';
    const piece = await fetch(address, {
      method: 'POST',
      headers: { 'x-goog-upload-command': 'upload', 'x-goog-upload-offset': '0' },
      body: 'x'.repeat(50),
    });
    expect(piece.status).toBe(400);
  });

  test('a batch waits, runs and answers each request under its key', async () => {
    const inlined = [
      { contents: contents(), config, metadata: { key: 'good' } },
      { contents: contents(), config: { imageConfig: { aspectRatio: '7:5' } }, metadata: { key: 'bad' } },
    ];
    const { name = '' } = await sdk().batches.create({ model, src: inlined, config: { displayName: 'layers' } });
    const states = [];
    for (let i = 0; i < 3; i++) states.push((await sdk().batches.get({ name })).state);
    expect(states).toEqual(['JOB_STATE_PENDING', 'JOB_STATE_RUNNING', 'JOB_STATE_SUCCEEDED']);
    const { dest } = await sdk().batches.get({ name });
    expect(dest?.inlinedResponses?.map((each) => [each.response !== undefined, each.error?.message?.slice(0, 12)])).toEqual([
      [true, undefined],
      [false, 'aspect_ratio'],
    ]);
    await sdk().batches.delete({ name });
    await expect(sdk().batches.get({ name })).rejects.toThrow(/not found/);
  });

  test('a batch from a file answers with a file; one that is cancelled or fails says so', async () => {
    const lines = `${JSON.stringify({ key: 'frame-1', request: { ...good() } })}\n`;
    const file = await sdk().files.upload({ file: new Blob([lines]), config: { mimeType: 'application/jsonl' } });
    const create = async () => (await sdk().batches.create({ model, src: file.name ?? '' })).name ?? '';
    const done = await create();
    for (let i = 0; i < 3; i++) await sdk().batches.get({ name: done });
    const { dest } = await sdk().batches.get({ name: done });
    const answers = await fetch(`${server.url}/v1beta/${dest?.fileName}:download?alt=media`, { headers: { 'x-goog-api-key': server.key } });
    expect(JSON.parse(await answers.text())).toMatchObject({ key: 'frame-1', response: { candidates: [{ finishReason: 'STOP' }] } });
    const cancelled = await create();
    await sdk().batches.cancel({ name: cancelled });
    expect((await sdk().batches.get({ name: cancelled })).state).toBe('JOB_STATE_CANCELLED');
    const expired = await create();
    server.endBatch(expired, 'BATCH_STATE_EXPIRED');
    expect((await sdk().batches.get({ name: expired })).state).toBe('JOB_STATE_EXPIRED');
  });

  test('embeddings are the same for the same and closer for the like', async () => {
    const of = async (text: string) =>
      (await sdk().models.embedContent({ model: 'gemini-embedding-2', contents: [text], config: { outputDimensionality: 256 } }))
        .embeddings?.[0].values ?? [];
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const [cat, again, like, other] = [
      await of('a red cat sleeps'),
      await of('a red cat sleeps'),
      await of('a red cat runs'),
      await of('tax law reform'),
    ];
    expect(again).toEqual(cat);
    expect(dot(cat, cat)).toBeCloseTo(1, 5);
    expect(dot(cat, like)).toBeGreaterThan(dot(cat, other) + 0.3);
  });

  test('models are paged and told one by one; tokens are counted without a note', async () => {
    const { json } = await fetch(`${server.url}/v1beta/models?pageSize=2`, { headers: { 'x-goog-api-key': server.key } }).then(
      async (r) => ({
        json: (await r.json()) as { models: unknown[]; nextPageToken?: string },
      }),
    );
    expect([json.models.length, typeof json.nextPageToken]).toEqual([2, 'string']);
    expect((await sdk().models.get({ model })).displayName).toBe('Nano Banana 2.1');
    expect((await sdk().models.countTokens({ model, contents: contents() })).totalTokens).toBe(1123);
    expect(server.malformed).toEqual([]);
  });

  test('scripted answers come in order, and usual ones after them', async () => {
    server.script([failures.overloaded, null, failures['words-only']]);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await post(path, good())).status);
    expect(statuses).toEqual([503, 200, 200, 200]);
  });
});
