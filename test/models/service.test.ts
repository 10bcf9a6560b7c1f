/** Keys, addresses and the list of models; and which adapter is chosen. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../shared/core/base64.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import { testKey } from '../../shared/models/gemini/listModels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { FakeModel } from '../fakes/fakeModel.ts';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { modelAt, neverAborted, requestFor, WaitingClock } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
  server.always(null, 'models');
});

const access = (changes: { apiKey?: string; baseUrl?: string } = {}) => ({
  apiKey: server.key,
  baseUrl: server.url,
  clock: new WaitingClock(),
  ...changes,
});

test('the list names every model that is alive, with its methods', async () => {
  const models = await modelAt(server).available(neverAborted);
  if (!models.ok || models.value === null) throw new Error('no list');
  expect(models.value.map((model) => model.id)).toContain('gemini-nano-banana-2.1');
  expect(models.value.map((model) => model.id)).not.toContain('gemini-2.5-flash-image');
  expect(models.value.find((model) => model.id === 'gemini-3-pro-image')).toEqual({
    id: 'gemini-3-pro-image',
    displayName: 'Nano Banana Pro',
    methods: ['generateContent', 'countTokens', 'batchGenerateContent'],
  });
});

test('every page of a long list is read, and a list without an end is left', async () => {
  const pageOf = (name: string, nextPageToken?: string) => ({
    kind: 'json' as const,
    status: 200,
    body: { models: [{ name: `models/${name}` }, null, { no: 'name' }], ...(nextPageToken === undefined ? {} : { nextPageToken }) },
  });
  server.script([pageOf('one', 'a b'), failures.overloaded, pageOf('two')], 'models');
  const models = await modelAt(server).available(neverAborted);
  expect(models).toMatchObject({ ok: true, value: [{ id: 'one' }, { id: 'two' }] });
  expect(server.requests.map((request) => request.query.get('pageToken'))).toEqual([null, 'a b', 'a b']);
  server.forget();
  server.always(pageOf('again', 'again'), 'models');
  expect(await modelAt(server).available(neverAborted)).toMatchObject({ ok: true });
  expect(server.requests.length).toBe(20);
});

test('a key is tested with one small request', async () => {
  expect(await testKey(access(), neverAborted)).toEqual({ ok: true, value: undefined });
  expect(server.requests.map(({ path, query }) => `${path}?${query}`)).toEqual(['/v1beta/models?pageSize=1']);
});

test.each<readonly [FailureName, object]>([
  ['key-expired', { kind: 'unauthorised', reason: 'expired' }],
  ['key-referrer-blocked', { kind: 'unauthorised', reason: 'restricted' }],
  ['overloaded', { kind: 'overloaded' }],
  ['html-200', { kind: 'bad-reply' }],
  ['json-null', { kind: 'bad-reply' }],
  ['model-gone', { kind: 'bad-reply' }],
])('a key test says at once what is wrong: %s', async (name, expected) => {
  server.script([failures[name]], 'models');
  expect(await testKey(access(), neverAborted)).toMatchObject({ ok: false, error: expected });
  expect(server.requests.length).toBe(1);
});

test('a wrong key is the service’s to refuse', async () => {
  expect(await testKey(access({ apiKey: 'wrong' }), neverAborted)).toMatchObject({ error: { kind: 'unauthorised', reason: 'invalid' } });
  expect(await modelAt(server, undefined, { apiKey: 'wrong' }).edit(requestFor(), neverAborted)).toMatchObject({
    error: { kind: 'unauthorised', reason: 'invalid' },
  });
});

test.each([
  ['  ', { kind: 'unauthorised', reason: 'missing' }],
  ['schlüssel', { kind: 'unauthorised', reason: 'invalid' }],
  ['two words', { kind: 'unauthorised', reason: 'invalid' }],
])('a key that no header can carry is told before anything is sent: %j', async (apiKey, expected) => {
  expect(await testKey(access({ apiKey }), neverAborted)).toMatchObject({ error: expected });
  expect(server.requests).toEqual([]);
});

test('blanks around a pasted key do not matter', async () => {
  expect(await testKey(access({ apiKey: `  ${server.key}\n` }), neverAborted)).toMatchObject({ ok: true });
});

test.each(['not an address', 'ftp://example.org', '//example.org'])('%s is no service address', async (baseUrl) => {
  expect(await modelAt(server, undefined, { baseUrl }).edit(requestFor(), neverAborted)).toMatchObject({
    error: { kind: 'bad-option', got: baseUrl },
  });
});

test('a slash at the end of the address does not matter, and a path in it is kept', async () => {
  expect(await testKey(access({ baseUrl: `${server.url}/` }), neverAborted)).toMatchObject({ ok: true });
  const answer = await modelAt(server, undefined, { baseUrl: `${server.url}/gateway/` }).edit(requestFor(), neverAborted);
  expect(server.requests.at(-1)?.path).toBe('/gateway/v1beta/models/gemini-nano-banana-2.1:generateContent');
  expect(answer.ok).toBe(false);
});

test('Google’s own address is used when none is given', async () => {
  const asked: string[] = [];
  const fetch = (url: string | URL | Request) => {
    asked.push(String(url));
    return Promise.reject(new TypeError('Failed to fetch'));
  };
  await modelAt(server, undefined, { baseUrl: '', fetch }).edit(requestFor(), neverAborted);
  expect(asked).toEqual(['https://generativelanguage.googleapis.com/v1beta/models/gemini-nano-banana-2.1:generateContent']);
});

test('Node’s own limit of 300 s on an answer is lifted, for the deadline is ours', async () => {
  await testKey(access(), neverAborted);
  const place = Symbol.for('undici.globalDispatcher.1');
  const globals = globalThis as unknown as Record<symbol, { dispatch(options: object, handler: unknown): boolean }>;
  const dispatcher = globals[place];
  const seen: object[] = [];
  globals[place] = {
    dispatch(options, handler) {
      seen.push(options);
      return dispatcher.dispatch(options, handler);
    },
  };
  try {
    await testKey(access(), neverAborted);
  } finally {
    globals[place] = dispatcher;
  }
  expect(seen[0]).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 });
});

test('the registry chooses the adapter, and only the offline model needs no key', () => {
  const offline = new FakeModel();
  const choose = (id: string, apiKey: string | null) =>
    chooseModel({ entry: findModel(id), apiKey, baseUrl: '', codec: createNodeCodec(), clock: new WaitingClock(), offline: () => offline });
  expect(choose('offline', null)).toEqual({ ok: true, value: offline });
  for (const id of ['gemini-3-pro-image', 'imagen-4.0-generate-001', 'a-model-of-mine'])
    for (const key of [null, '', '  ']) expect(choose(id, key)).toMatchObject({ ok: false, error: { kind: 'no-key' } });
  expect(choose('a-model-of-mine', 'key').ok).toBe(true);
});

test('base64 is Node’s own, for every length and both alphabets, and refuses the rest', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 65_535, 65_536, 100_001]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 2_654_435_761) >>> 13);
    const text = Buffer.from(bytes).toString('base64');
    expect(toBase64(bytes)).toBe(text);
    for (const written of [text, Buffer.from(bytes).toString('base64url')])
      expect(Buffer.compare(fromBase64(written) ?? new Uint8Array(1), bytes)).toBe(0);
  }
  for (const text of ['a', 'a b=', '%%%%', '====', 'aé==']) expect(fromBase64(text)).toBe(null);
});
