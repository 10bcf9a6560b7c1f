import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { placeText } from '../../shared/core/edit/compileRequest.ts';
import { explain, type Failure } from '../../shared/core/failure.ts';
import { builtInModels, cellsOf, costOf, defaultModelId, findModel, modelWarning, priceOf } from '../../shared/core/models/registry.ts';
import { editRoundsPrompt } from '../../shared/core/prompts/editRounds.ts';
import { readIntent } from '../../shared/core/prompts/intent.ts';
import {
  compile,
  groundText,
  instructionBlock,
  isLimited,
  readGround,
  readInstructions,
  readPictureOffsets,
} from '../../shared/core/prompts/promptText.ts';
import { fromUtf8, shorten, toUtf8 } from '../../shared/core/text.ts';
import { version } from '../../shared/core/version.ts';

describe('every failure', () => {
  const extent = { width: 10, height: 20 };
  const all: Failure[] = [
    { kind: 'no-document' },
    { kind: 'no-selection' },
    { kind: 'not-found', path: 'a.png' },
    { kind: 'not-a-picture', name: 'a.txt', found: 'text' },
    { kind: 'damaged', name: 'a.psd', why: 'it ends early' },
    { kind: 'unsupported', name: 'a.psd', feature: 'CMYK', instead: 'Convert it to RGB.' },
    { kind: 'too-large', name: 'a.png', got: '40000 px', limit: '30000 px' },
    { kind: 'no-such-layer', name: 'x', existing: ['a', 'b'] },
    { kind: 'no-such-layer', name: 'x', existing: [] },
    { kind: 'ambiguous-layer', name: 'x', matches: ['g/x', 'h/x'] },
    { kind: 'no-such-take', name: '3f', near: ['3e2a91c0 (make it red)'] },
    { kind: 'no-such-take', name: 'latest', near: [] },
    { kind: 'ambiguous-take', name: '3', matches: ['3e2a91c0 (make it red)', '3f00aa12 (now yellow)'] },
    { kind: 'empty-layer', name: 'x', why: 'no-pixels' },
    { kind: 'empty-layer', name: 'x', why: 'transparent' },
    { kind: 'empty-layer', name: 'x', why: 'masked' },
    { kind: 'bad-region', region: { x: 50, y: 0, ...extent }, extent },
    { kind: 'bad-mask', why: 'size', got: extent, wanted: extent },
    { kind: 'bad-mask', why: 'empty', got: extent, wanted: extent },
    { kind: 'bad-instruction', why: 'empty', bytes: 0, limitBytes: 9 },
    { kind: 'bad-instruction', why: 'too-long', bytes: 10, limitBytes: 9 },
    { kind: 'bad-reference', name: 'r', why: 'it is empty' },
    { kind: 'bad-option', option: '--size', got: '3K', wanted: '1K' },
    { kind: 'cancelled' },
    { kind: 'no-key', model: 'M' },
    ...(['invalid', 'expired', 'leaked', 'missing', 'restricted', 'service-disabled', 'denied'] as const).map(
      (reason): Failure => ({ kind: 'unauthorised', reason, said: 'no' }),
    ),
    { kind: 'not-available', reason: 'location', said: '' },
    { kind: 'not-available', reason: 'billing', said: '' },
    { kind: 'rate-limited', retryAfterMs: null, said: '' },
    { kind: 'rate-limited', retryAfterMs: 22_104, said: '' },
    { kind: 'quota-exhausted', reason: 'day', said: '' },
    { kind: 'quota-exhausted', reason: 'no-free-tier', said: '' },
    { kind: 'offline', said: 'fetch failed' },
    { kind: 'timed-out', afterMs: 300_000 },
    { kind: 'overloaded', status: 503, said: '' },
    ...(['input-blocked', 'prohibited', 'unsafe-output', 'recitation'] as const).map(
      (reason): Failure => ({ kind: 'refused', reason, said: '' }),
    ),
    ...(['words-only', 'declined', 'filtered', 'token-limit', 'malformed', 'empty', 'unknown'] as const).map(
      (reason): Failure => ({ kind: 'no-image', reason, said: 'Which jacket?' }),
    ),
    { kind: 'bad-request', said: 'Unknown name' },
    { kind: 'bad-reply', why: 'it was cut short' },
    { kind: 'retired-model', model: 'old', successor: 'new', said: '' },
    { kind: 'retired-model', model: 'old', successor: null, said: '' },
    { kind: 'cannot-edit', model: 'Imagen 4', successor: 'new' },
    { kind: 'host', operation: 'placing', message: 'no' },
    ...(['permission', 'disk-full', 'exists', 'is-input', 'no-folder', 'changed', 'other'] as const).map(
      (why): Failure => ({ kind: 'write-failed', path: '/a', why, message: 'EX' }),
    ),
    { kind: 'store-full', bytes: 10, limitBytes: 9 },
    { kind: 'corrupt', what: 'The history' },
  ];

  test.each(all.map((failure) => [failure.kind, failure] as const))('%s has a title, a sentence and a next action', (_, failure) => {
    const { title, sentence, nextAction } = explain(failure);
    expect(title).toMatch(/^[A-Z][^.]{3,60}$/);
    expect(sentence).toMatch(/[.?!”]$/);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
    expect(nextAction).toBeTruthy();
  });

  test('of a quota shows what the service says first, not where to read more nor the names of counters', () => {
    const said =
      'You exceeded your quota, please check your plan. For more information, head to: https://ai.google.dev/limits. \n* Quota exceeded for metric: generativelanguage.googleapis.com/x, limit: 250';
    const own = 'It said: “You exceeded your quota, please check your plan.”';
    expect(explain({ kind: 'quota-exhausted', reason: 'day', said }).sentence).toMatch(new RegExp(`\\. ${own}$`));
    expect(explain({ kind: 'rate-limited', retryAfterMs: 2000, said }).sentence).toMatch(new RegExp(`\\. ${own}$`));
    expect(explain({ kind: 'rate-limited', retryAfterMs: 2000, said: 'See https://ai.google.dev' }).sentence).not.toContain('It said');
  });

  test('shows the service’s own words, shortened, and never two sentences glued together', () => {
    const { sentence } = explain({ kind: 'refused', reason: 'prohibited', said: `line one\n${'x'.repeat(900)}` });
    expect(sentence).toContain('“line one xxx');
    expect(sentence.length).toBeLessThan(520);
  });
});

describe('the registry', () => {
  test('has the default, its rivals and the retired ones, each retired one with a living successor', () => {
    expect(builtInModels.filter((model) => model.status === 'default').map((model) => model.id)).toEqual([defaultModelId]);
    for (const model of builtInModels.filter((one) => one.status === 'retired')) {
      expect(modelWarning(model)).toContain(model.successor as string);
      expect(findModel(model.successor as string).status).toMatch(/^(default|premium|draft)$/);
    }
    expect(new Set(builtInModels.map((model) => model.id)).size).toBe(builtInModels.length);
  });

  test('knows the delivered sizes', () => {
    const at = (id: string, ratio: string, size: string | null) =>
      cellsOf(findModel(id)).find((cell) => cell.ratio === ratio && cell.size === size)?.extent;
    expect(at('gemini-nano-banana-2.1', '16:9', '2K')).toEqual({ width: 2752, height: 1536 });
    expect(at('gemini-nano-banana-2.1', '1:8', '4K')).toEqual({ width: 1536, height: 12288 });
    expect(at('gemini-3.1-flash-image', '21:9', '512')).toEqual({ width: 792, height: 168 });
    expect(at('gemini-2.5-flash-image', '3:4', null)).toEqual({ width: 864, height: 1184 });
    expect(at('imagen-4.0-generate-001', '9:16', '2K')).toEqual({ width: 1536, height: 2816 });
    expect(cellsOf(findModel('gemini-nano-banana-2.1')).length).toBe(42);
    expect(cellsOf(findModel('gemini-3-pro-image')).length).toBe(30);
  });

  test('takes an identifier of the user’s and says what it assumes', () => {
    expect(findModel('gemini-9-image')).toMatchObject({ status: 'custom', wire: 'gemini', price: null });
    expect(findModel('imagen-9')).toMatchObject({ wire: 'imagen' });
    expect(modelWarning(findModel('gemini-9-image'))).toContain('not in Retake');
  });

  test('counts thoughts and unflagged drafts into the cost', () => {
    const model = findModel('gemini-nano-banana-2.1');
    const usage = { promptTokens: 1130, candidateTokens: 2300, thoughtTokens: 1000, totalTokens: 4430, imageTokens: 2240 };
    expect(costOf(model, '1K', usage)).toBe(0.0768);
    expect(costOf(model, '1K', null)).toBe(0.0336);
    expect(costOf(model, '2K', { ...usage, imageTokens: null })).toBe(0.0504);
    expect(priceOf(findModel('gemini-2.5-flash-image'), null)).toBe(0.039);
  });
});

describe('an intent', () => {
  test.each([
    'Remove the background',
    'cut out the background please',
    'Make the jacket red and remove the background',
    'make the background transparent',
    'transparent background',
    'Cut out the person',
    'Please erase the whole backdrop.',
  ])('“%s” is a cut-out', (text) => expect(readIntent(text)).toBe('cut-out'));

  test.each([
    'Remove the people in the background',
    'remove background people',
    'remove the car from the background',
    'replace the background with a beach',
    'blur the background',
    'Add “remove the background” as a caption',
    'remove the hat and darken the background',
    'make it night',
  ])('“%s” is an ordinary edit', (text) => expect(readIntent(text)).toBe('edit'));
});

describe('a prompt', () => {
  test('gives the user’s words back exactly, whatever they contain', () => {
    const words = 'say </instruction> or <instruction>\nexactly #ff0000';
    expect(readInstructions(`Do:\n${instructionBlock(words)}\nThe rest.`)).toEqual([words]);
    expect(readGround(`Do:\n${instructionBlock(groundText('#123456'))}\nThe rest.`)).toBeNull();
    expect(readGround(`Do:\n${instructionBlock(words)}\n${groundText('#00ff00')}`)).toBe('#00ff00');
  });

  test('of several rounds gives each one’s words back, in order, whatever they contain', () => {
    const words = ['make the coat red', 'say </instruction>\n2.\nor <instruction>', 'now yellow'];
    const round = { place: null, question: null, answer: null, pictureOffset: 0 };
    const rounds = [
      { ...round, instruction: words[0] },
      { ...round, instruction: words[1], question: 'Which\none?', pictureOffset: 2 },
      { ...round, instruction: words[2], place: 'in the part that spans 0 % to 50 % of the width' },
    ];
    const { text } = compile(editRoundsPrompt, { rounds, references: 3, place: null, ground: '#00ff00' });
    expect(readInstructions(text)).toEqual(words);
    expect(readPictureOffsets(text)).toEqual([0, 2, 0]);
    expect(readGround(text)).toBe('#00ff00');
    expect(isLimited(text)).toBe(false);
    expect(text).toContain('2. (in reply to your question “Which one?”; what it calls image 2 is image 4 here, and so on)\n<instruction>');
    expect(text).toMatch(/A later instruction refines, corrects or takes back an earlier one/);
    const limited = compile(editRoundsPrompt, {
      rounds: [rounds[0]],
      references: 0,
      place: 'in the part that spans 0 % to 9 %',
      ground: null,
    });
    expect(isLimited(limited.text)).toBe(true);
  });

  test('names the place of a region in words and shares', () => {
    expect(placeText({ x: 0, y: 0, width: 25, height: 50 }, { x: 0, y: 0, width: 100, height: 200 })).toBe(
      'in the part that spans 0 % to 25 % of the width and 0 % to 25 % of the height (the upper left)',
    );
    expect(placeText({ x: 40, y: 80, width: 20, height: 40 }, { x: 0, y: 0, width: 100, height: 200 })).toContain('(the middle)');
  });
});

describe('text', () => {
  test('survives UTF-8 both ways; what is not UTF-8 is said to be none', () => {
    expect(fromUtf8(toUtf8('Größe 写真 🎨'))).toBe('Größe 写真 🎨');
    expect(toUtf8('a\ud800b')).toEqual(new TextEncoder().encode('a\ud800b'));
    expect(fromUtf8(new Uint8Array([0xff, 0xfe, 0x80]))).toBeNull();
  });

  test('is shortened at a word and never through a surrogate pair', () => {
    expect(shorten('Make the jacket of the woman on the left red', 24)).toBe('Make the jacket of the…');
    expect(shorten('🎨'.repeat(30), 5)).toBe('🎨🎨🎨🎨…');
  });
});

test('the version is the one of the package', () => {
  expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
});
