/** The stand-ins for what a UXP may lack, held against the platform's own. */
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlainHeaders } from '../../photoshop-uxp/runtime/plainHeaders.ts';
import { PlainDecoder, Utf8Encoder } from '../../photoshop-uxp/runtime/textEncoding.ts';
import { type HostFetch, uxpFetch } from '../../photoshop-uxp/runtime/uxpFetch.ts';

describe('text as bytes', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 200 });
  test('is encoded as the platform does, lone surrogates too', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(new Utf8Encoder().encode(text)).toEqual(new TextEncoder().encode(text));
      }),
    );
    expect(new Utf8Encoder().encode('a\ud800b')).toEqual(new TextEncoder().encode('a\ud800b'));
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'])('is decoded as the platform does, whatever the bytes (%s)', (label) => {
    const even = fc.uint8Array({ maxLength: 64 }).filter(({ length }) => label === 'utf-8' || length % 2 === 0);
    fc.assert(
      fc.property(even, (bytes) => {
        // Lone halves of a pair are not mended here: no text of ours has them.
        const ours = new PlainDecoder(label).decode(bytes).replace(/\p{Surrogate}/gu, '\ufffd');
        expect(ours).toBe(new TextDecoder(label).decode(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('raises over bytes that are no UTF-8 when it is to be strict, and keeps a mark at the start when asked', () => {
    expect(() => new PlainDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(0xc0, 0x80))).toThrow(TypeError);
    expect(new PlainDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.of(0xef, 0xbb, 0xbf, 65))).toBe('\ufeffA');
    expect(new PlainDecoder('latin1').decode(Uint8Array.of(0xe9, 0x41))).toBe('éA');
    expect(() => new PlainDecoder('koi8-r')).toThrow(RangeError);
  });

  test('of a megabyte does not exhaust the stack', () => {
    const long = 'é🦊'.repeat(200_000);
    expect(new PlainDecoder().decode(new Utf8Encoder().encode(long))).toBe(long);
  });
});

test('headers behave as the platform’s for what requests use of them', () => {
  for (const type of [Headers, PlainHeaders]) {
    const headers = new type({ 'Content-Type': 'application/json', 'x-b': '1' });
    headers.append('X-B', '2');
    headers.delete('user-agent');
    const again = new type(headers as never);
    expect([...again.entries()]).toEqual([
      ['content-type', 'application/json'],
      ['x-b', '1, 2'],
    ]);
    expect([again.get('CONTENT-TYPE'), again.has('x-b'), again.get('none')]).toEqual(['application/json', true, null]);
  }
});

test('fetch is given a plain object of headers, and no signal where there is none', async () => {
  const asked: unknown[] = [];
  const host: HostFetch = async (...ask) => {
    asked.push(ask);
    return { ok: true, status: 200, statusText: 'OK', headers: new Headers({ 'Retry-After': '3' }), text: async () => '{"a":1}' };
  };
  const send = uxpFetch(host);
  const answer = await send('https://example.com/', {
    method: 'POST',
    headers: new Headers({ 'X-A': '1' }),
    body: 'x',
    signal: undefined as never,
  });
  expect(asked).toEqual([['https://example.com/', { method: 'POST', headers: { 'x-a': '1' }, body: 'x' }]]);
  expect((answer.headers as PlainHeaders).get('retry-after')).toBe('3');
  expect(await answer.json()).toEqual({ a: 1 });
  const { signal } = new AbortController();
  await send('https://example.com/', { signal });
  expect(asked[1]).toEqual(['https://example.com/', { signal }]);
});

/** Runs a bundle that begins with the stand-ins where there is nothing but the language. */
async function inBareContext(source: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    platform: 'browser',
  });
  const globals: Record<string, unknown> = { setTimeout, clearTimeout, URL, ...more };
  runInNewContext(outputFiles[0].text, globals);
  await (globals.done as Promise<unknown>);
  return globals;
}

describe('where there is nothing but the language', () => {
  test('what is missing is there, and what is there stays', async () => {
    const globals = await inBareContext(`
      import { missing } from './photoshop-uxp/runtime/install.ts';
      Object.assign(globalThis, { missing, text: new TextDecoder().decode(new TextEncoder().encode('ä')), at: [1, 2].at(-1) });`);
    expect(globals.missing).toEqual([
      'TextEncoder',
      'TextDecoder',
      'Headers',
      'ReadableStream',
      'structuredClone',
      'Buffer',
      'queueMicrotask',
    ]);
    expect([globals.text, globals.at]).toEqual(['ä', 2]);
    class Own {}
    const own = await inBareContext("import './photoshop-uxp/runtime/install.ts';", { TextEncoder: Own });
    expect(own.TextEncoder).toBe(Own);
  });

  test('pictures are read and written, hashed and packed', async () => {
    const globals = await inBareContext(`
      import './photoshop-uxp/runtime/install.ts';
      import { createPortableCodec } from './shared/codecs/portableCodec.ts';
      import { sha256Hex } from './shared/core/hash.ts';
      import { createPixels } from './shared/core/pixels.ts';
      import { writeXmp } from './shared/takeFiles/xmp.ts';
      import { neverAborted } from './shared/core/abort.ts';
      globalThis.done = (async () => {
        const codec = createPortableCodec();
        const pixels = createPixels(8, 8);
        pixels.data.fill(200);
        const sizes = [];
        for (const type of ['image/png', 'image/jpeg']) {
          const bytes = await codec.encode(pixels, { type, xmp: '<x/>' }, neverAborted);
          const again = await codec.decode(bytes.value, neverAborted);
          sizes.push(again.value.width);
        }
        globalThis.seen = [...sizes, sha256Hex(Uint8Array.of(1)).length, writeXmp(null, [], new Map()).length > 100];
      })();`);
    expect(globals.seen).toEqual([8, 8, 64, true]);
  });

  test('the service’s adapter loads and answers without a key', async () => {
    const globals = await inBareContext(`
      import './photoshop-uxp/runtime/install.ts';
      import { testKey } from './shared/models/gemini/listModels.ts';
      globalThis.done = testKey({ apiKey: 'a key', baseUrl: '', clock: { now: () => 0, sleep: async () => true } }, {
        aborted: false, addEventListener() {}, removeEventListener() {} }).then((answer) => { globalThis.seen = answer; });`);
    expect(globals.seen).toMatchObject({ ok: false });
  });
});
