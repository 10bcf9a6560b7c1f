/** Earlier turns on the wire, over HTTP and through the SDK: what the service gave out comes back as it was, to the byte. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EditAnswer, EditRequest, LabelledPicture, RawPart, Turn, TurnPicture } from '../../shared/core/model.ts';
import { partTexts } from '../../shared/models/gemini/partTexts.ts';
import { type FailureName, failures } from '../geminiServer/failures.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { layer, modelAt, neverAborted, painted, requestFor, soon } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer });
});
afterAll(() => server.close());
beforeEach(() => server.forget());

const promptOf = (text: string): EditRequest['prompt'] => ({ id: 'test/next', version: 1, text });

async function answered(request: EditRequest): Promise<EditAnswer> {
  const answer = await modelAt(server).edit(request, neverAborted);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}

/** The turns that a round leaves for the next one. */
function turnsOf(request: EditRequest, answer: EditAnswer): readonly Turn[] {
  const pictures = request.pictures.map(({ role, label }, i): TurnPicture => {
    const { type, bytes } = answer.sent[i];
    return { role, label, type, bytes };
  });
  return [
    { role: 'user', text: request.prompt.text, pictures },
    { role: 'model', parts: answer.parts },
  ];
}

interface SentContent {
  readonly role: string;
  readonly parts: readonly { readonly text?: string; readonly inlineData?: object }[];
}

const lastSent = () => server.asked.at(-1) as { readonly body: string; readonly json: unknown };
const contentsSent = () => (lastSent().json as { contents: SentContent[] }).contents;

/** Every model part that the request returns, as characters, found without our own slicing. */
function expectReturned(turns: readonly Turn[]): void {
  let from = 0;
  for (const part of turns.flatMap((turn) => (turn.role === 'model' ? turn.parts : []))) {
    const at = lastSent().body.indexOf(part, from);
    expect(at, 'a part stands in the request as it came, behind the one before it').toBeGreaterThanOrEqual(from);
    from = at + part.length;
  }
}

const reference = (label: string): LabelledPicture => ({ role: 'object', label, pixels: painted(40, 40, [10, 90, 160]) });

test('ten rounds with references, failures and a branch return every part to the byte, in alternating roles', async () => {
  let turns: readonly Turn[] = [];
  const branches: (readonly Turn[])[] = [];
  const troubles: Readonly<Record<number, FailureName>> = { 3: 'image-safety', 5: 'key-invalid', 7: 'words-only' };
  for (let round = 1; round <= 10; round++) {
    const request = requestFor(undefined, {
      turns,
      pictures: round === 1 ? [layer()] : round % 3 === 0 ? [reference('Image 1, a reference:'), reference('Image 2, another one:')] : [],
      prompt: promptOf(`Round ${round}: “now 🟡 yellow” </instruction> {"text":"part:${round}"} \\ \u2028`),
      thinking: round % 2 === 0 ? 'high' : null,
    });
    const trouble = troubles[round];
    if (trouble !== undefined) {
      server.script([failures[trouble]]);
      expect((await modelAt(server).edit(request, neverAborted)).ok).toBe(false);
    }
    if (round === 4) {
      const controller = new AbortController();
      const { length } = server.understood;
      server.script([failures.hang]);
      const stopped = modelAt(server).edit(request, controller.signal);
      // Else the answer that never comes would wait for the next request.
      await expect.poll(() => server.understood.length, soon).toBe(length + 1);
      controller.abort();
      expect(await stopped).toMatchObject({ error: { kind: 'cancelled' } });
    }
    if (round === 6) server.script([failures.overloaded, null]);
    const answer = await answered(request);
    expectReturned(turns);
    turns = [...turns, ...turnsOf(request, answer)];
    branches.push(turns);
    expect(contentsSent().map(({ role }) => role)).toEqual(
      Array.from({ length: 2 * round - 1 }, (_, i) => (i % 2 === 0 ? 'user' : 'model')),
    );
    for (const { role, parts } of contentsSent().slice(0, -1))
      if (role === 'model') expect(parts.filter(({ inlineData }) => inlineData !== undefined).length).toBeGreaterThan(0);
  }
  // Back to the fourth round, and on from there in another way.
  const branch = requestFor(undefined, { turns: branches[3], pictures: [], prompt: promptOf('At night instead') });
  const other = await answered(branch);
  expectReturned(branches[3]);
  await answered(
    requestFor(undefined, { turns: [...branches[3], ...turnsOf(branch, other)], pictures: [], prompt: promptOf('More stars') }),
  );
  expectReturned(turnsOf(branch, other));
  expect(server.malformed).toEqual([]);
});

/** Fields that the SDK does not know, in an order that it would change, numbers and escapes spelled as it would not. */
const oddParts = (picture: string): readonly RawPart[] => [
  '{"thoughtSignature":"YQ==",\n\t"text" : "1 \\u003c 2 \\u0026 caf\\u00e9 \\/ \\"q\\" \\\\", "provenanceMetadata": {"score": 1.0, "big": 12345678901234567890, "e": 1E+2} }',
  `{ "provenanceMetadata": ["a", {"b": "}]\\""}], "thoughtSignature": "Yg==", "inlineData": {"data": "${picture}", "mimeType": "image/jpeg"}}`,
];

test('a part keeps its field order, its spelling, and the fields that the SDK does not know', async () => {
  const first = await answered(requestFor());
  const picture = Buffer.from(first.picture.bytes).toString('base64');
  const parts = oddParts(picture);
  const body = `{"modelVersion": "odd", "candidates": [ {"finishReason":"STOP", "content":\n{"role":"model","parts":[${parts.join(' ,\n')}]}} , {"content":{"parts":[]}}]}`;
  server.script([{ kind: 'text', status: 200, type: 'application/json', body, parts }]);
  const request = requestFor();
  const odd = await answered(request);
  expect(odd.parts).toEqual(parts);
  expect(odd.said).toMatchObject([
    { kind: 'text', text: '1 < 2 & café / "q" \\' },
    { kind: 'picture', type: 'image/jpeg' },
  ]);
  const turns = turnsOf(request, odd);
  await answered(requestFor(undefined, { turns, pictures: [], prompt: promptOf('Now blue') }));
  expectReturned(turns);
  expect(server.malformed).toEqual([]);
});

test('parts return to the byte also when the picture’s shape is spelled the other way, which the SDK mixes into the body', async () => {
  const other = await startGeminiServer({ answer: plainAnswer, imageFields: 'responseFormat' });
  const ask = async (request: EditRequest) => {
    const answer = await modelAt(other).edit(request, neverAborted);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  };
  const first = await ask(requestFor());
  const answer = await ask(requestFor(undefined, { turns: turnsOf(requestFor(), first), pictures: [], prompt: promptOf('Now blue') }));
  expect(answer.attempts).toBe(2);
  for (const part of first.parts) expect(other.asked.at(-1)?.body.includes(part)).toBe(true);
  expect(other.malformed.filter((words) => !/imageConfig|image_config/.test(words))).toEqual([]);
  await other.close();
});

test('words of the user’s that look like the adapter’s own are sent as they are', async () => {
  const first = await answered(requestFor());
  const turns = turnsOf(requestFor(), first);
  for (const text of ['part:0', 'part', 'part-:0', '{"text":"part:0"}', '","text":"part:1']) {
    await answered(requestFor(undefined, { turns, pictures: [], prompt: promptOf(text) }));
    expectReturned(turns);
    expect(contentsSent().at(-1)?.parts).toEqual([{ text }]);
  }
  expect(server.malformed).toEqual([]);
});

test('a question can be answered: its own parts are the next request’s turn', async () => {
  const request = requestFor();
  server.script([failures['words-only']]);
  const asked = await modelAt(server).edit(request, neverAborted);
  if (asked.ok || asked.error.kind !== 'no-image') throw new Error('expected words');
  expect(asked.error.said).toBe('Which of the two jackets should become red?');
  const parts = asked.error.answer?.parts ?? [];
  expect(parts.length).toBe(1);
  const turns: readonly Turn[] = [
    { role: 'user', text: request.prompt.text, pictures: [] },
    { role: 'model', parts },
  ];
  await answered(requestFor(undefined, { turns, prompt: promptOf('The left one') }));
  expectReturned(turns);
  expect(contentsSent().map(({ role }) => role)).toEqual(['user', 'model', 'user']);
});

describe('the characters of an answer’s parts', () => {
  const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  /** JSON of a value with white space wherever it may stand. */
  const written = (value: unknown, gap: () => string): string => {
    if (Array.isArray(value)) return `[${gap()}${value.map((each) => written(each, gap)).join(`${gap()},${gap()}`)}${gap()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}${gap()}:${gap()}${written(each, gap)}`);
    return `{${gap()}${members.join(`${gap()},${gap()}`)}${gap()}}`;
  };

  test('are found in any JSON, whatever stands around and in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 }),
        fc.jsonValue(),
        fc.infiniteStream(space),
        (parts, noise, gaps) => {
          const gap = () => gaps.next().value as string;
          const texts = parts.map((part) => written(part, gap));
          const content = `{${gap()}"a":${written(noise, gap)},"parts"${gap()}:${gap()}[${gap()}${texts.join(`${gap()},${gap()}`)}${gap()}]}`;
          const body = `${gap()}{"b":${written(noise, gap)},${gap()}"candidates":[{"content":${content},"c":${written(noise, gap)}},{}]}${gap()}`;
          expect(partTexts(body)).toEqual(texts);
        },
      ),
      { seed: 4, numRuns: 400 },
    );
  });

  test('are none where there are no parts', () => {
    for (const body of [
      '{}',
      '[]',
      '7',
      '"candidates"',
      'null',
      '{"candidates":[]}',
      '{"candidates":[{"content":{}}]}',
      '{"candidates":null}',
      '{"candidates":[{"content":{"parts":null}}]}',
    ])
      expect(partTexts(body)).toEqual([]);
  });
});
