/** Rounds over rounds through the whole walk, the SDK and HTTP; the model is the offline one, which understands rounds. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { factsOf, foreseeContext, type RoundFacts } from '../../shared/core/edit/fitContext.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import { readSubject } from '../../shared/core/edit/readSubject.ts';
import type { EditAsk, EditOutcome, EditPorts } from '../../shared/core/edit/types.ts';
import { explain } from '../../shared/core/failure.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { readRound } from '../../shared/core/history/round.ts';
import type { History, Take, TakeContext } from '../../shared/core/history/take.ts';
import { takeAt, takesInOrder } from '../../shared/core/history/tree.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import { rectangleMask } from '../../shared/core/pixels.ts';
import { readInstructions } from '../../shared/core/prompts/promptText.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';
import { failures } from '../geminiServer/failures.ts';
import { createOfflineAnswer } from '../geminiServer/offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { apart, bluePart, greenPart, light, mean, redPart, room, wallPart } from '../offline/offlineSetup.ts';
import { hostOf, portsOf } from './chain.ts';

// Walks of several rounds, on machines that do other things too.
vi.setConfig({ testTimeout: 180_000 });

const answer = createOfflineAnswer({ drift: false });
let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer });
});
afterAll(() => server.close());
beforeEach(() => server.forget());

const nb2 = 'gemini-3.1-flash-image';
const photo = room();

/** A document with one layer, and the walk on it. */
function open(at: GeminiServer = server) {
  const host = hostOf(photo);
  const ports: EditPorts = portsOf(host, at, nb2);
  const source = host.refOf('Photo');
  const ask = (instruction: string, more: Partial<EditAsk> = {}) =>
    editLayer(ports, { of: source, region: null, instruction, references: [], size: '512', thinking: null, ...more }, neverAborted);
  const history = async (): Promise<History> => valueIn(await readHistory(host.store)).history;
  return {
    host,
    ports,
    source,
    ask,
    history,
    /** Continues what `of` shows. */
    edit: async (instruction: string, of: string = source, more: Partial<EditAsk> = {}): Promise<EditOutcome> =>
      valueIn(await ask(instruction, { of, ...more })),
    /** What all of the document shows. */
    shown: async (): Promise<Pixels> =>
      valueIn(await host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 320, height: 320 } }, neverAborted)).pixels,
    look: async (layer: string): Promise<Pixels> => valueIn(await readSubject(host, layer, null, await history(), neverAborted)).pixels,
  };
}

interface Contents {
  readonly role: string;
  readonly parts: readonly { readonly text?: string; readonly inlineData?: object }[];
}

const sent = (): readonly Contents[] => (server.asked.at(-1) as { json: { contents: Contents[] } }).json.contents;
const roles = (): readonly string[] => sent().map(({ role }) => role);
const promptSent = (): string => sent().at(-1)?.parts.at(-1)?.text ?? '';
const isTeal = ([r, g, b]: readonly number[]): boolean => Math.min(g, b) > r + 40;
const isYellow = ([r, g, b]: readonly number[]): boolean => Math.min(r, g) > b + 60;

describe('fresh', () => {
  test('“now teal” after “make the red square yellow” asks for both on the untouched layer and shows the last', async () => {
    const { edit, shown, host, look } = open();
    const first = await edit('make the red square yellow');
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    const second = await edit('now teal', first.layer);
    expect(second.take.context).toMatchObject({
      way: 'fresh',
      chosenBy: 'policy',
      instructions: ['make the red square yellow', 'now teal'],
      dropped: [],
    });
    expect(second.take.parent).toBe(first.take.id);
    expect(second.take.source.of).toBe(host.refOf('Photo'));
    expect(readInstructions(promptSent())).toEqual(['make the red square yellow', 'now teal']);
    expect(roles()).toEqual(['user']);
    expect(isTeal(mean(await shown(), redPart))).toBe(true);
    expect(isTeal(mean(await look(second.layer), redPart))).toBe(true);
    // Nothing of the first shows through: not even a rim.
    expect(Buffer.from((await shown()).data).equals(Buffer.from((await look(second.layer)).data))).toBe(true);
    host.undo();
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    expect(server.malformed).toEqual([]);
  });

  test('goes back two and tries something else, without what came after', async () => {
    const { edit, shown } = open();
    const one = await edit('make the red square yellow');
    const two = await edit('make the blue square orange', one.layer);
    const three = await edit('make the green pink', two.layer);
    const back = await edit('go back two and make it darker', three.layer);
    expect(back.take).toMatchObject({ parent: one.take.id, instruction: 'go back two and make it darker' });
    expect(readInstructions(promptSent())).toEqual(['make the red square yellow', 'make it darker']);
    const now = await shown();
    expect(isYellow(mean(now, redPart))).toBe(true);
    expect(mean(now, bluePart)[2]).toBeGreaterThan(mean(now, bluePart)[0]);
    expect(light(mean(now, wallPart))).toBeLessThan(light(mean(photo, wallPart)));
  });

  test('says nothing to the model when going back is all that is asked', async () => {
    const { edit, ask } = open();
    const one = await edit('make the red square yellow');
    const two = await edit('make the blue square orange', one.layer);
    server.forget();
    const back = await ask('undo that', { of: two.layer });
    expect(back).toEqual({ ok: false, error: { kind: 'only-back', take: one.take.id, to: 'make the red square yellow' } });
    if (!back.ok) expect(explain(back.error)).toMatchObject({ nextAction: 'choose-take', title: 'Nothing has to be made' });
    expect(server.asked.length).toBe(0);
  });

  test('brings the references of earlier rounds along, and says which pictures they are now', async () => {
    const { edit, shown } = open();
    const reference = (name: string, color: readonly [number, number, number, number]) => ({
      name,
      role: 'reference' as const,
      pixels: plainPixels(64, 64, color),
    });
    const one = await edit('give the red square the colours of image 2', undefined, {
      references: [reference('green.png', [20, 160, 60, 255])],
    });
    const two = await edit('give the blue square the colours of image 2', one.layer, {
      references: [reference('red.png', [210, 30, 40, 255])],
    });
    expect(two.take.context.way).toBe('fresh');
    const labels = sent()[0].parts.flatMap(({ text }) => (text === undefined || text.length > 100 ? [] : [text]));
    expect(labels).toEqual(['Image 1, the layer to edit:', 'Image 2, a reference:', 'Image 3, a reference:']);
    expect(promptSent()).toContain('2. (what it calls image 2 is image 3 here, and so on)');
    const now = await shown();
    expect(mean(now, redPart)[1]).toBeGreaterThan(mean(now, redPart)[0] + 30);
    expect(mean(now, bluePart)[0]).toBeGreaterThan(mean(now, bluePart)[2] + 30);
    // A third round repeats both, each once.
    await edit('a bit warmer overall', two.layer, { way: 'fresh' });
    expect(sent()[0].parts.filter(({ inlineData }) => inlineData !== undefined).length).toBe(3);
  });

  test('leaves the oldest references out when there are more than the model takes, and says so', async () => {
    const { edit } = open();
    const references = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ name: `${i}.png`, role: 'object' as const, pixels: plainPixels(8, 8, [i, 90, 10, 255]) }));
    const one = await edit('make it warmer', undefined, { references: references(10) });
    const two = await edit('make it darker', one.layer, { references: references(6) });
    expect(two.take.context.dropped).toEqual(['2 references of “make it warmer”']);
    expect(two.notes.join(' ')).toContain('these were not sent: 2 references of “make it warmer”');
    expect(server.malformed).toEqual([]);
  });
});

describe('from a take', () => {
  test('a new region changes nothing that the take has elsewhere', async () => {
    const { edit, shown, look } = open();
    const one = await edit('make the red square yellow');
    const before = await look(one.layer);
    const region = { x: 200, y: 70, width: 80, height: 120 };
    const two = await edit('make it orange', one.layer, { region: rectangleMask(region) });
    expect(two.take).toMatchObject({ region, parent: one.take.id, context: { way: 'from-take' }, source: { of: one.layer } });
    const after = await shown();
    let changed = 0;
    for (let y = 0; y < 320; y++)
      for (let x = 0; x < 320; x++) {
        const isIn = x >= region.x && x < region.x + region.width && y >= region.y && y < region.y + region.height;
        const i = (y * 320 + x) * 4;
        if (!isIn && [0, 1, 2, 3].some((c) => after.data[i + c] !== before.data[i + c])) changed++;
      }
    expect(changed).toBe(0);
    expect(apart(mean(after, bluePart), mean(before, bluePart))).toBeGreaterThan(40);
    // A region far from the part that the second round was shown.
    const three = await edit('make it purple', two.layer, { region: rectangleMask({ x: 100, y: 245, width: 90, height: 40 }) });
    expect(three.take.context.way).toBe('from-take');
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
  });

  test('takes lie above one another, not in one another’s groups', async () => {
    const { edit, host } = open();
    let of: string | undefined;
    for (const words of ['warmer', 'darker', 'more contrast', 'cooler']) of = (await edit(words, of, { way: 'from-take' })).layer;
    const layers = valueIn(await host.layers());
    const depth = (ref: string | null): number => (ref === null ? 0 : 1 + depth(layers.find((layer) => layer.ref === ref)?.parent ?? null));
    expect(Math.max(...layers.map((layer) => depth(layer.ref)))).toBe(2);
  });

  test('a take whose layer was deleted is placed again from the model’s picture, and edited', async () => {
    const { edit, host, history } = open();
    const one = await edit('make the red square yellow');
    valueIn(await host.step('delete', neverAborted, (step) => step.removeLayer(one.layer)));
    const two = await edit('make the blue square orange', host.refOf('Photo'), { from: one.take.id, way: 'from-take' });
    const again = (await history()).marks.get(one.take.id)?.layers ?? [];
    expect(again.length).toBe(1);
    expect(two.take).toMatchObject({ parent: one.take.id, context: { way: 'from-take' }, source: { of: again[0] } });
  });
});

describe('from the layer again', () => {
  test('a change where another take lies hides it and says so; one beside it leaves it', async () => {
    const { edit, shown } = open();
    await edit('make the red square yellow');
    const beside = await edit('make the blue square orange');
    expect(beside.notes.join(' ')).not.toContain('hidden');
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    const instead = await edit('make the red square teal');
    expect(instead.notes.join(' ')).toContain('The take “make the red square yellow” was hidden');
    expect(isTeal(mean(await shown(), redPart))).toBe(true);
    expect(mean(await shown(), bluePart)[0]).toBeGreaterThan(mean(await shown(), bluePart)[2] + 30);
  });
});

test('an edit of all that shows hides nothing that it was made on', async () => {
  const { edit, shown } = open();
  await edit('make the red square yellow', 'visible');
  const second = await edit('darker', 'visible');
  expect(second.notes.join(' ')).not.toContain('hidden');
  expect(isYellow(mean(await shown(), redPart))).toBe(true);
  // Nor does going on from it forget what lay beneath.
  const third = await edit('make the blue square orange', second.layer, { way: 'fresh' });
  expect(third.take.source.of).toBe('visible');
  expect(isYellow(mean(await shown(), redPart))).toBe(true);
  expect(mean(await shown(), bluePart)[0]).toBeGreaterThan(mean(await shown(), bluePart)[2] + 30);
});

describe('the conversation', () => {
  test('“a bit more” goes on from the model’s own picture, with its parts to the byte', async () => {
    const { edit, shown, ports } = open();
    const one = await edit('make it brighter');
    const once = light(mean(await shown(), wallPart));
    const two = await edit('a bit more', one.layer);
    expect(two.take.context).toMatchObject({ way: 'continue', instructions: ['make it brighter', 'a bit more'] });
    expect(roles()).toEqual(['user', 'model', 'user']);
    expect(sent()[2].parts.every(({ inlineData }) => inlineData === undefined)).toBe(true);
    expect(light(mean(await shown(), wallPart))).toBeGreaterThan(once + 2);
    // The picture is kept once, as the answer, and not again in the turn.
    const round = valueIn(await readRound(ports.store.blobs, two.take.turn ?? ''));
    expect(round?.parts.map((part) => (typeof part === 'string' ? 'words' : part.hash))).toEqual(['words', two.take.pictures.answer?.hash]);
    expect(server.malformed).toEqual([]);
  });

  test('ten rounds with references, failures, a question and a branch never meet a 400', async () => {
    const { edit, ask, history } = open();
    const reference = { name: 'r.png', role: 'object' as const, pixels: plainPixels(32, 32, [9, 9, 200, 255]) };
    const layers: string[] = [];
    const trouble = { 2: 'image-safety', 4: 'blocked-prohibited', 6: 'bad-input-image' } as const;
    let of: string | undefined;
    let from: string | undefined;
    for (let round = 1; round <= 10; round++) {
      const references = round % 3 === 0 ? [reference] : [];
      const how = (): Partial<EditAsk> => ({ way: 'continue', references, ...(from === undefined ? {} : { from }) });
      const failing = trouble[round as 2];
      if (failing !== undefined) {
        server.script([failures[failing]]);
        expect((await ask(`round ${round}`, { of: of as string, ...how() })).ok).toBe(false);
        // The panel goes on from the round that failed: it is left out of what is said.
        from = takesInOrder(await history()).at(-1)?.id;
      }
      if (round === 8) {
        server.script([failures['words-only']]);
        expect(await ask('make the jacket red', { of: of as string, ...how() })).toMatchObject({
          error: { kind: 'no-image', reason: 'words-only' },
        });
        from = takesInOrder(await history()).at(-1)?.id;
      }
      const outcome = await edit(`make it ${['warmer', 'cooler', 'darker', 'brighter'][round % 4]}`, of, how());
      expect(outcome.take.context.way).toBe(round === 1 ? 'fresh' : 'continue');
      of = outcome.layer;
      from = undefined;
      layers.push(outcome.layer);
      const turns = 2 * (round + (round >= 8 ? 1 : 0)) - 1;
      expect(roles()).toEqual(Array.from({ length: turns }, (_, i) => (i % 2 === 0 ? 'user' : 'model')));
      for (const { role, parts } of sent().slice(1))
        if (role === 'user') expect(parts.filter(({ inlineData }) => inlineData).length).toBeLessThanOrEqual(1);
    }
    const branch = await edit('make it night', layers[3], { way: 'continue' });
    expect(roles().length).toBe(9);
    await edit('darker', branch.layer, { way: 'continue' });
    expect(roles().length).toBe(11);
    expect(server.malformed).toEqual([]);
    expect(server.asked.length - server.understood.length).toBe(0);
  });

  test('a question of the model’s is kept with its turn, and the reply is the next one', async () => {
    const { ask, edit, history, source } = open();
    server.script([failures['words-only']]);
    const asked = await ask('make the jacket red');
    if (asked.ok) throw new Error('expected a question');
    expect(explain(asked.error)).toEqual({
      title: 'The model asks',
      sentence: 'Which of the two jackets should become red?',
      nextAction: 'answer',
    });
    const [question] = takesInOrder(await history());
    expect(question).toMatchObject({ state: 'failed', said: [{ kind: 'text', text: 'Which of the two jackets should become red?' }] });
    expect(question.turn).not.toBeNull();
    const reply = await edit('make the red square teal', source, { from: question.id });
    expect(reply.take).toMatchObject({
      parent: question.id,
      context: { way: 'continue', instructions: ['make the jacket red', 'make the red square teal'] },
    });
    expect(roles()).toEqual(['user', 'model', 'user']);
    expect(sent()[0].parts.some(({ inlineData }) => inlineData !== undefined)).toBe(true);
    // Later rounds hear of it in words.
    const later = await ask('now pink', { of: reply.layer });
    expect(later.ok || later.error.kind).toBe('no-image');
    expect(promptSent()).toContain('2. (in reply to your question “Which of the two jackets should become red?”)');
    expect(server.malformed).toEqual([]);
  });

  test.each(['a service that no longer knows its signatures', 'turns that were pruned', 'a picture that was pruned'])(
    'gives way to the list with %s, and says so',
    async (loss) => {
      const other = await startGeminiServer({ alive: 'all', answer });
      const { edit, ports, host } = open();
      const one = await edit('make the red square yellow');
      const refusing: EditPorts = loss.startsWith('a service') ? { ...ports, model: portsOf(host, other, nb2).model } : ports;
      if (loss.startsWith('turns')) valueIn(await ports.store.blobs.remove(one.take.turn ?? ''));
      if (loss.startsWith('a picture')) valueIn(await ports.store.blobs.remove(one.take.pictures.answer?.hash ?? ''));
      const two = valueIn(
        await editLayer(
          refusing,
          { of: one.layer, region: null, instruction: 'now teal', references: [], size: '512', thinking: null, way: 'continue' },
          neverAborted,
        ),
      );
      expect(two.take.context).toMatchObject({
        way: 'fresh',
        chosenBy: 'policy',
        instructions: ['make the red square yellow', 'now teal'],
      });
      expect(two.notes[0]).toMatch(
        /^The service did not take the conversation back|^The conversation cannot go on, because the earlier turns are not kept/,
      );
      await other.close();
    },
  );
});

describe('what the user did meanwhile', () => {
  test('a layer that was painted on since is not given back as the model had seen it', async () => {
    const { edit, host, shown, source } = open();
    const one = await edit('make it brighter');
    host.paintOn(source, plainPixels(60, 60, [250, 0, 250, 255]), { x: 250, y: 10 });
    const two = await edit('a bit more', one.layer);
    expect(two.take.context).toMatchObject({ way: 'fresh', chosenBy: 'policy' });
    expect(two.take.context.why).toMatch(/^The layer has changed since the conversation began\. /);
    const [r, g, b] = mean(await shown(), [0.8, 0.05, 0.95, 0.2]);
    expect(Math.min(r, b)).toBeGreaterThan(g + 100);
  });
});

describe('a conversation that outgrows the model', () => {
  test('loses pictures, the oldest first, keeps every word, and meets no 400', async () => {
    const { ports, edit, source, history } = open();
    const foreseenDropped = async (of: string, instruction: string, references: number) => {
      const known = await history();
      const facts = new Map<Take, RoundFacts | null>();
      for (const take of known.takes.values()) {
        const round = valueIn(await readRound(ports.store.blobs, take.turn ?? ''));
        facts.set(take, round === null ? null : factsOf(round));
      }
      const from = takeAt(known, of)?.id ?? null;
      const question = { instruction, way: 'continue', from, region: null, history: known, entry, references } as const;
      return foreseeContext(of, { ...question, left: {}, factsOf: (take) => facts.get(take) }).dropped;
    };
    const reference = { name: 'r.png', role: 'object' as const, pixels: plainPixels(32, 32, [9, 9, 200, 255]) };
    // Room for four pictures beside the words.
    const entry = { ...ports.entry, inputTokens: 6500 };
    let of = source;
    let last: EditOutcome | null = null;
    const tellContext = (context: TakeContext) => tellings.push({ dropped: context.dropped, asked: server.asked.length });
    const tellings: { readonly dropped: readonly string[]; readonly asked: number }[] = [];
    for (const [i, words] of [
      'make it warmer',
      'a bit darker',
      'a little more contrast',
      'slightly cooler',
      'make it brighter',
    ].entries()) {
      const references = i === 1 ? [reference] : [];
      const foreseen = await foreseenDropped(of, words, references.length);
      last = valueIn(
        await editLayer(
          { ...ports, entry, tellContext },
          { of, region: null, instruction: words, references, size: '512', thinking: null, way: 'continue' },
          neverAborted,
        ),
      );
      of = last.layer;
      // Told before it was asked, and known before it was even sent.
      expect(tellings.at(-1)).toEqual({ dropped: last.take.context.dropped, asked: i });
      expect(foreseen).toEqual(last.take.context.dropped);
    }
    expect(last?.take.context).toMatchObject({ way: 'continue' });
    expect(last?.take.context.dropped.join('; ')).toMatch(/that you sent in the first .*; .* that the model made in the first/);
    const words = sent().flatMap(({ role, parts }) =>
      role === 'user' ? parts.flatMap(({ text }) => (text === undefined ? [] : readInstructions(text))) : [],
    );
    for (const said of ['make it warmer', 'a bit darker', 'a little more contrast', 'slightly cooler', 'make it brighter'])
      expect(words).toContain(said);
    const told = sent()[0].parts.at(-1)?.text ?? '';
    expect(told).toMatch(/^So far I gave these instructions/);
    expect(told).toContain('you answered “Offline model');
    expect(sent().flatMap(({ parts }) => parts.filter(({ inlineData }) => inlineData !== undefined)).length).toBeLessThanOrEqual(4);
    expect(server.malformed).toEqual([]);
    await edit('more', of, { way: 'continue' });
    expect(server.malformed).toEqual([]);
  });
});

describe('several pictures in one answer', () => {
  test('become takes of their own, of which the last is placed and the others can be', async () => {
    const { edit, history, ports, shown } = open();
    server.script([failures['drafts-unflagged']]);
    const main = await edit('make the red square yellow');
    expect(main.others.length).toBe(2);
    expect(main.take.said.map(({ kind }) => kind)).toEqual(['picture', 'picture', 'text', 'picture']);
    expect(main.notes.join(' ')).toContain('2 more pictures');
    const takes = takesInOrder(await history());
    expect(takes.map(({ state, parent, placed }) => [state, parent, placed !== null])).toEqual([
      ['done', null, true],
      ['answered', null, false],
      ['answered', null, false],
    ]);
    expect(takes.map(({ pictures }) => pictures.thumbnail === null)).toEqual([false, false, false]);
    const placed = valueIn(await placeKept(ports, { take: takes[1].id }, neverAborted));
    expect(placed.take).toMatchObject({ id: takes[1].id, state: 'done', placed: { layer: placed.layer } });
    expect(isYellow(mean(await shown(), redPart))).toBe(true);
    // One that was marked as a thought is no take.
    server.script([failures['drafts-flagged']]);
    expect((await edit('make the blue square orange')).others).toEqual([]);
  });
});

test('a region that is no rectangle is allowed again exactly, and no more', async () => {
  const { edit, look } = open();
  const bounds = { x: 20, y: 50, width: 120, height: 150 };
  const data = new Uint8ClampedArray(bounds.width * bounds.height);
  for (let y = 0; y < bounds.height; y++) for (let x = 0; x < bounds.width; x++) data[y * bounds.width + x] = x + y < 130 ? 255 : 0;
  const region = { bounds, data };
  const one = await edit('make it teal', undefined, { region });
  const two = await edit('a bit more contrast', one.layer, { region, way: 'fresh' });
  expect(two.take.context.way).toBe('fresh');
  const after = await look(two.layer);
  let outside = 0;
  for (let y = 0; y < 320; y++)
    for (let x = 0; x < 320; x++) {
      const [rx, ry] = [x - bounds.x, y - bounds.y];
      const isIn = rx >= 0 && ry >= 0 && rx < bounds.width && ry < bounds.height && data[ry * bounds.width + rx] > 0;
      const i = (y * 320 + x) * 4;
      if (!isIn && [0, 1, 2].some((c) => after.data[i + c] !== photo.data[i + c])) outside++;
    }
  expect(outside).toBe(0);
  expect(apart(mean(after, greenPart), mean(photo, greenPart))).toBe(0);
});
