/**
 * Every way the service is known to fail, from its wire through the real SDK to the exit code and the words that a user
 * reads. The table names each entry of the server's catalogue; a new one there does not compile until it is told here.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { startGeminiServer } from '../geminiServer/server.ts';
import { ensureBuilt, Folder, retake } from './runRetake.ts';

/** Exit code, `failure.kind` of the report, requests made, and what stderr says. */
type Expected = readonly [code: number, kind: string, requests: number, says: RegExp];

const busy = [5, 'overloaded', 4] as const;
const blocked = [3, 'refused', 1, /was blocked/] as const;
const withheld = [3, 'refused', 1, /result was withheld/] as const;
const notAllowed = [3, 'refused', 1, /Not allowed by the service’s policy/] as const;
const malformed = [3, 'no-image', 2, /malformed, twice/] as const;
const empty = [3, 'no-image', 1, /Its answer was empty/] as const;
const restricted = [4, 'unauthorised', 1, /API key is restricted/] as const;
const noAnswer = [5, 'bad-reply', 1, /answer cannot be read/] as const;
const done = [0, '', 1, /^$/] as const;

const table: Record<Exclude<FailureName, 'hang' | 'quota-minute'>, Expected> = {
  // 200 without a picture
  'image-other': [3, 'no-image', 2, /Unable to show the generated image/],
  'image-safety': withheld,
  'image-prohibited': [3, 'refused', 1, /interests of third-party content providers/],
  'blocked-other': blocked,
  'blocked-prohibited': notAllowed,
  'blocked-safety': blocked,
  'blocked-blocklist': blocked,
  'blocked-image-safety': blocked,
  'blocked-model-armor': blocked,
  'blocked-jailbreak': blocked,
  'blocked-unknown': blocked,
  'words-only': [3, 'no-image', 1, /Which of the two jackets should become red\?/],
  'image-recitation': [3, 'refused', 1, /Too close to an existing picture/],
  recitation: [3, 'refused', 1, /Too close to an existing picture/],
  'no-image': [3, 'no-image', 2, /The picture shows an astronaut/],
  'max-tokens': [3, 'no-image', 1, /lower thinking level/],
  safety: withheld,
  'prohibited-content': notAllowed,
  blocklist: notAllowed,
  spii: notAllowed,
  language: blocked,
  other: malformed,
  'malformed-response': malformed,
  'malformed-function-call': malformed,
  'unexpected-tool-call': malformed,
  'too-many-tool-calls': malformed,
  continuation: [3, 'no-image', 1, /To be continued/],
  'unknown-finish': [3, 'no-image', 1, /SOMETHING_NEW/],
  'empty-object': empty,
  'content-missing': empty,
  'parts-empty': empty,
  'finish-missing': empty,
  'only-thoughts': empty,
  'candidates-empty': empty,
  'empty-data': [3, 'no-image', 1, /answered in words/],
  // HTTP errors
  'key-invalid': [4, 'unauthorised', 1, /API key is not valid.*AI Studio/],
  'key-expired': [4, 'unauthorised', 1, /API key has expired/],
  'key-leaked': [4, 'unauthorised', 1, /key was withdrawn/],
  'key-missing': [4, 'unauthorised', 1, /No API key arrived/],
  'key-service-blocked': restricted,
  'key-referrer-blocked': restricted,
  'key-ip-blocked': restricted,
  'service-disabled': [4, 'unauthorised', 1, /Enable the Generative Language API/],
  'permission-denied': [4, 'unauthorised', 1, /no permission/],
  'bad-location': [4, 'not-available', 1, /at your location/],
  'needs-billing': [4, 'not-available', 1, /Billing is needed/],
  'model-gone': [2, 'retired-model', 1, /The model is gone/],
  'bad-argument': [2, 'bad-request', 1, /did not accept the request/],
  'bad-input-image': [2, 'bad-request', 1, /Unable to process input image/],
  // The other spelling of the shape is offered once.
  'unknown-field': [2, 'bad-request', 2, /Cannot find field/],
  'missing-signature': [2, 'lost-conversation', 1, /thought_signature/],
  'too-large': [2, 'too-large', 1, /limit is 100 MB/],
  'quota-minute-short': [5, 'rate-limited', 4, /Too many requests/],
  'quota-minute-long': [5, 'rate-limited', 1, /wait 90 seconds/],
  'quota-day': [5, 'quota-exhausted', 1, /midnight Pacific/],
  'quota-no-free-tier': [5, 'quota-exhausted', 1, /no free tier/],
  'quota-plain': [5, 'rate-limited', 4, /Too many requests/],
  'quota-retry-after': [5, 'rate-limited', 4, /wait 7 seconds/],
  internal: [...busy, /internal error/],
  overloaded: [...busy, /overloaded/],
  'high-demand': [...busy, /high demand/],
  deadline: [5, 'overloaded', 2, /within the deadline/],
  'html-502': [...busy, /\(502\)/],
  'error-array': [...busy, /overloaded/],
  'error-array-key': [4, 'unauthorised', 1, /API key is not valid/],
  'error-not-json': [...busy, /upstream connect error/],
  teapot: [5, 'bad-reply', 1, /418/],
  // Broken transport
  slow: done,
  'drop-before-answer': [5, 'bad-reply', 1, /connection broke/],
  'drop-mid-body': [5, 'bad-reply', 1, /connection broke/],
  'empty-body': [5, 'bad-reply', 1, /empty/],
  'truncated-json': [5, 'bad-reply', 1, /broken JSON/],
  'not-json': noAnswer,
  'html-200': [5, 'bad-reply', 1, /web page/],
  'json-null': noAnswer,
  'json-number': noAnswer,
  'error-in-200': [...busy, /overloaded/],
  'error-array-in-200': [5, 'rate-limited', 4, /Too many requests/],
  'sse-error': noAnswer,
  // Answers that are odd and hold a picture all the same
  'drafts-flagged': done,
  'drafts-unflagged': [0, '', 1, /^Note: The model gave 2 more pictures/],
  mislabelled: done,
  'words-last': done,
  wordless: done,
  'finish-unknown-with-picture': done,
  square: [0, '', 1, /^Note: /],
  bare: done,
  // A picture that cannot be read is kept: it was paid for.
  'picture-garbage': [5, 'bad-reply', 1, /bytes were kept as .*retake-answer-/],
  'picture-truncated': [5, 'bad-reply', 1, /bytes were kept as .*retake-answer-/],
  'picture-not-base64': [5, 'bad-reply', 1, /not valid base64/],
};

let picture: Uint8Array;
/** Where answers that cannot be placed are kept. */
const aside = new Folder();

beforeAll(async () => {
  await ensureBuilt();
  // Small, because the wire is what is tried here.
  picture = await sharp(join(import.meta.dirname, '../fixtures/photos/astronaut.png'))
    .resize(96, 64)
    .png()
    .toBuffer();
});

afterAll(() => aside[Symbol.dispose]());

describe.concurrent('when the service answers', () => {
  test.for(Object.entries(table) as [keyof typeof table, Expected][])('%s', { timeout: 180_000 }, async ([name, expected], { expect }) => {
    const [code, kind, requests, says] = expected;
    using folder = new Folder();
    const server = await startGeminiServer();
    try {
      server.always(failures[name]);
      const input = folder.put('photo.png', picture);
      const before = folder.contents();
      const ended = await retake(['edit', input, '-i', 'make it warmer', '--report', 'run.json'], folder.path, {
        GEMINI_API_KEY: server.key,
        GOOGLE_GEMINI_BASE_URL: server.url,
        TMPDIR: aside.path,
      });
      expect.soft(ended.code, ended.stderr).toBe(code);
      expect.soft(server.asked.length, 'requests').toBe(requests);
      expect.soft(server.malformed.length, server.malformed.join('; ')).toBe(name === 'unknown-field' ? 1 : 0);
      expect.soft(ended.stderr).toMatch(says);
      const report = JSON.parse(folder.read('run.json').toString());
      const { 'run.json': _, ...left } = folder.contents();
      if (code === 0) {
        expect.soft(ended.stdout).toBe('photo-retake.psd\n');
        expect.soft(report.output).toBe('photo-retake.psd');
        expect.soft(report.model).toBe('gemini-nano-banana-2.1');
      } else {
        expect.soft(ended.stdout).toBe('');
        expect.soft(left, 'the folder is as it was').toEqual(before);
        expect.soft(report.exitCode).toBe(code);
        expect.soft(report.failure.kind).toBe(kind);
        expect.soft(ended.stderr).toContain(report.failure.title);
      }
    } finally {
      await server.close();
    }
  });
});

describe('the key', () => {
  test('is never repeated, in no message and no file, also when it is wrong', async () => {
    using folder = new Folder();
    const server = await startGeminiServer();
    const secret = 'AIzaSyNotTheRightKey0123456789';
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer', '--report', 'run.json'], folder.path, {
      GEMINI_API_KEY: secret,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await server.close();
    expect(ended.code).toBe(4);
    expect(ended.stdout + ended.stderr + folder.read('run.json').toString()).not.toContain(secret);
  });

  test('that no header can carry is refused before anything is sent', async () => {
    using folder = new Folder();
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer'], folder.path, { GEMINI_API_KEY: 'clé\tsecrète' });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('The API key is not valid');
    expect(ended.stderr).not.toContain('secrète');
  });

  test('is missing when a Gemini model is named', async () => {
    using folder = new Folder();
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer', '-m', 'gemini-3-pro-image'], folder.path);
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/No API key[\s\S]*GEMINI_API_KEY/);
  });
});

describe('the network', () => {
  test('is not there: nothing listens at the service’s address', async () => {
    using folder = new Folder();
    const server = await startGeminiServer();
    await server.close();
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer'], folder.path, {
      GEMINI_API_KEY: 'any-key',
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/cannot be reached.*Check the network/);
    expect(folder.names()).toEqual(['photo.png']);
  }, 180_000);

  test('address that is none is bad usage', async () => {
    using folder = new Folder();
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer'], folder.path, {
      GEMINI_API_KEY: 'any-key',
      GOOGLE_GEMINI_BASE_URL: 'localhost 80',
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('GOOGLE_GEMINI_BASE_URL');
  });
});

describe('a retired model', () => {
  test('is warned about with its successor, and asked all the same', async () => {
    using folder = new Folder();
    const server = await startGeminiServer();
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer', '-m', 'gemini-2.5-flash-image'], folder.path, {
      GEMINI_API_KEY: server.key,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await server.close();
    expect(ended.stderr).toMatch(/Note: .*retired since 2026-10-02.*gemini-nano-banana-2\.1/);
    expect(server.asked).toHaveLength(1);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('The model is gone');
  });

  test('that makes pictures from words only is not asked to edit', async () => {
    using folder = new Folder();
    const server = await startGeminiServer({ alive: 'all' });
    const input = folder.put('photo.png', picture);
    const ended = await retake(['edit', input, '-i', 'make it warmer', '-m', 'imagen-4.0-generate-001'], folder.path, {
      GEMINI_API_KEY: server.key,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await server.close();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/This model cannot edit.*gemini-nano-banana-2\.1/);
    expect(server.asked).toHaveLength(0);
  });
});
