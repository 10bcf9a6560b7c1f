/** Going on from another picture of an answer than its last one, over HTTP: the model's parts return as they came. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { toBase64 } from '../../shared/core/base64.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import type { EditAsk, EditOutcome, EditPorts } from '../../shared/core/edit/types.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { Take } from '../../shared/core/history/take.ts';
import { valueIn } from '../documents/valueIn.ts';
import { createOfflineAnswer } from '../geminiServer/offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { bluePart, mean, redPart, room } from '../offline/offlineSetup.ts';
import { hostOf, portsOf } from './chain.ts';

// Walks of several rounds, on machines that do other things too.
vi.setConfig({ testTimeout: 180_000 });

const answer = createOfflineAnswer({ drift: false });
const photo = room();
const nb2 = 'gemini-3.1-flash-image';
let server: GeminiServer;
/** As the service would spell them: three variants, each with a signature. */
let parts: readonly string[];

beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer });
  const made: string[] = [];
  for (const colour of ['yellow', 'purple', 'teal']) {
    const { ports, source } = open();
    const { picture } = await edited(ports, source, `make the red square ${colour}`);
    made.push(`{"thoughtSignature" : "${btoa(colour)}",\n "inlineData": {"data": "${toBase64(picture.bytes)}", "mimeType":"image/jpeg"}}`);
  }
  parts = [made[0], made[1], '{ "text":"Three \\u003c variants \\u003e" }', made[2]];
});
afterAll(() => server.close());
beforeEach(() => server.forget());

function open(at: GeminiServer = server) {
  const host = hostOf(photo);
  return { host, ports: portsOf(host, at, nb2), source: host.refOf('Photo') };
}

const edited = async (ports: EditPorts, of: string, instruction: string, more: Partial<EditAsk> = {}): Promise<EditOutcome> =>
  valueIn(await editLayer(ports, { of, region: null, instruction, references: [], size: '512', thinking: null, ...more }, neverAborted));

/** An answer with a yellow, a purple and a teal square; the last is placed. */
async function threeVariants(at: GeminiServer = server) {
  const opened = open(at);
  const body = `{"candidates":[{"finishReason":"STOP","content":{"role":"model","parts":[${parts.join(' ,\n')}]}}]}`;
  at.script([{ kind: 'text', status: 200, type: 'application/json', body, parts }]);
  const main = await edited(opened.ports, opened.source, 'make the red square teal');
  const [yellow, purple] = main.others;
  const shown = async () =>
    valueIn(await opened.host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 320, height: 320 } }, neverAborted)).pixels;
  const known = async (id: string): Promise<Take | undefined> => valueIn(await readHistory(opened.ports.store)).history.takes.get(id);
  return { ...opened, main, yellow, purple, shown, known };
}

interface Contents {
  readonly role: string;
  readonly parts: readonly { readonly text?: string; readonly inlineData?: object }[];
}

const last = () => server.asked.at(-1) as unknown as { readonly body: string; readonly json: { readonly contents: readonly Contents[] } };
const roles = () => last().json.contents.map(({ role }) => role);
const promptSent = () => last().json.contents.at(-1)?.parts.at(-1)?.text ?? '';

function expectReturned(): void {
  let from = 0;
  for (const part of parts) {
    const at = last().body.indexOf(part, from);
    expect(at, 'a part stands in the request as it came, behind the one before it').toBeGreaterThanOrEqual(from);
    from = at + part.length;
  }
}

const isYellow = ([r, g, b]: readonly number[]): boolean => Math.min(r, g) > b + 60;
const isPurple = ([r, g, b]: readonly number[]): boolean => Math.min(r, b) > g + 30;
const isTeal = ([r, g, b]: readonly number[]): boolean => Math.min(g, b) > r + 40;
const isOrange = ([r, , b]: readonly number[]): boolean => r > b + 60;

describe('going on from one of several pictures', () => {
  test('returns the whole answer to the byte and says which picture is meant', async () => {
    const { ports, source, main, purple, shown } = await threeVariants();
    expect(isTeal(mean(await shown(), redPart))).toBe(true);
    const next = await edited(ports, source, 'make the blue square orange', { from: purple.id });
    expect(next.take).toMatchObject({
      parent: purple.id,
      context: { way: 'continue', chosenBy: 'policy', instructions: ['make the red square teal', 'make the blue square orange'] },
    });
    expect(next.take.context.why).toMatch(/^One of several pictures was chosen/);
    expect(roles()).toEqual(['user', 'model', 'user']);
    expectReturned();
    expect(promptSent()).toMatch(/^Change picture 2 of the 3 that your last answer holds, which is image 1, as the instruction says:/);
    const now = await shown();
    expect(isPurple(mean(now, redPart))).toBe(true);
    expect(isOrange(mean(now, bluePart))).toBe(true);
    // The one that was placed is covered by nothing of its own any more.
    expect(next.notes.join(' ')).toContain(`The take “${main.take.instruction}” was hidden`);

    // From there it is the last picture again, and the turn that pointed at the second returns as it was sent.
    const more = await edited(ports, next.layer, 'make it darker');
    expect(more.take.context.way).toBe('continue');
    expect(roles()).toEqual(['user', 'model', 'user', 'model', 'user']);
    expectReturned();
    expect(last().json.contents[2].parts.at(-1)?.text).toMatch(/^Change picture 2 of the 3/);
    expect(promptSent()).toMatch(/^Change the picture that you made last/);
    expect(isPurple(mean(await shown(), redPart))).toBe(true);
    expect(server.malformed).toEqual([]);
  });

  test('needs no saying for the last one, which a list is made of as ever', async () => {
    const { ports, source, main } = await threeVariants();
    await edited(ports, source, 'a bit more contrast', { from: main.take.id, way: 'continue' });
    expectReturned();
    expect(promptSent()).toMatch(/^Change the picture that you made last/);
    expect((await edited(ports, source, 'now pink', { from: main.take.id })).take.context.way).toBe('fresh');
    expect(server.malformed).toEqual([]);
  });

  test('also from the layer that it was placed as', async () => {
    const { ports, yellow, shown } = await threeVariants();
    const placed = valueIn(await placeKept(ports, { take: yellow.id }, neverAborted));
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    expect(placed.notes.join(' ')).toContain('The take “make the red square teal” was hidden');
    const next = await edited(ports, placed.layer, 'make it brighter');
    expect(next.take).toMatchObject({ parent: yellow.id, context: { way: 'continue' } });
    expect(promptSent()).toMatch(/^Change picture 1 of the 3/);
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    expect(server.malformed).toEqual([]);
  });
});

describe('where the conversation cannot go on, it starts from that picture, placed first:', () => {
  test('with an answer too large to be sent again', async () => {
    const { ports, source, purple, known, shown } = await threeVariants();
    // Room for two pictures, and the answer holds three.
    const entry = { ...ports.entry, inputTokens: 3200 };
    const told: string[] = [];
    const next = await edited({ ...ports, entry, tellContext: ({ way }) => told.push(way) }, source, 'make the blue square orange', {
      from: purple.id,
    });
    expect(next.take).toMatchObject({ parent: purple.id, context: { way: 'from-take', chosenBy: 'policy' } });
    expect(next.take.context.why).toMatch(/^The conversation no longer fits into one request\. One of several pictures/);
    expect(next.take.source.of).toBe((await known(purple.id))?.placed?.layer);
    expect(told).toEqual(['from-take']);
    expect(roles()).toEqual(['user']);
    expect(isPurple(mean(await shown(), redPart))).toBe(true);
    expect(isOrange(mean(await shown(), bluePart))).toBe(true);
  });

  test('with a service that no longer knows its signatures, of which the user is told', async () => {
    const other = await startGeminiServer({ alive: 'all', answer });
    const { host, ports, source, yellow, known, shown } = await threeVariants();
    const told: string[] = [];
    const refusing = { ...ports, model: portsOf(host, other, nb2).model, tellContext: ({ way }: { way: string }) => told.push(way) };
    const next = await edited(refusing, source, 'make the blue square orange', { from: yellow.id });
    expect(next.take).toMatchObject({ parent: yellow.id, context: { way: 'from-take' } });
    expect(next.take.context.why).toMatch(/^The service did not take the conversation back\. One of several pictures/);
    expect(next.take.source.of).toBe((await known(yellow.id))?.placed?.layer);
    expect(told).toEqual(['continue', 'from-take']);
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    await other.close();
  });

  test('with a picture of the answer’s that was pruned', async () => {
    const { ports, source, main, purple, shown } = await threeVariants();
    valueIn(await ports.store.blobs.remove(main.take.pictures.answer?.hash ?? ''));
    const next = await edited(ports, source, 'make the blue square orange', { from: purple.id, way: 'continue' });
    expect(next.take.context.why).toMatch(/^The conversation cannot go on, because the earlier turns are not kept/);
    expect(next.take.context).toMatchObject({ way: 'from-take', chosenBy: 'policy' });
    expect(isPurple(mean(await shown(), redPart))).toBe(true);
  });
});
