import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { copyTake, headOf, pasteTake, type TakeCopy } from '../../shared/core/edit/copyTake.ts';
import { keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { packRound, picturesOf, readRound } from '../../shared/core/history/round.ts';
import type { History } from '../../shared/core/history/take.ts';
import { changedMarks, takesInOrder } from '../../shared/core/history/tree.ts';
import { unhurried } from '../../shared/core/pace.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import { readTakeArchive, writeTakeArchive } from '../../shared/takeFiles/takeArchive.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryHost, patternPixels } from '../contracts/memoryHost.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import { makeTake, pictureRef } from '../history/makeTake.ts';

const codec: PictureCodec = createNodeCodec();
const done = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const historyIn = async (host: MemoryHost): Promise<History> => done(await readHistory(host.store)).history;

/** A document with a chain of two takes; the second is placed as the layer "change", 12 × 8 at 5, 6. */
async function sourceDocument(): Promise<MemoryHost> {
  const host = new MemoryHost({
    extent: { width: 64, height: 48 },
    title: 'from.psd',
    layers: [
      { name: 'change', pixels: patternPixels(12, 8, 3), at: { x: 5, y: 6 } },
      { name: 'photo', pixels: patternPixels(64, 48) },
    ],
  });
  const answer = done(await codec.encode(patternPixels(30, 20), { type: 'image/png' }, neverAborted));
  const hash = done(await host.store.blobs.write(answer));
  const reference = done(await codec.encode(patternPixels(9, 9, 4), { type: 'image/png' }, neverAborted));
  const round = await packRound(
    {
      text: 'now yellow',
      pictures: [
        { role: 'subject', label: '', type: 'image/png', bytes: answer },
        { role: 'style', label: 'a style', type: 'image/png', bytes: reference },
      ],
      repeated: 0,
      subject: { hash: '', width: 30, height: 20 },
      parts: [JSON.stringify({ text: 'Yellow now.', thoughtSignature: 'c2ln' })],
      mask: null,
    },
    unhurried,
  );
  for (const { bytes } of round.blobs) done(await host.store.blobs.write(bytes));
  const turn = round.hash;
  done(await keepTake(host.store, makeTake('one', { order: 1, placed: null })));
  const two = makeTake('two', {
    order: 2,
    parent: 'one',
    instruction: 'now yellow',
    turn,
    pictures: { answer: { ...pictureRef(1), hash }, composed: null, mask: null, thumbnail: null },
    placed: { layer: host.refOf('change'), bounds: { x: 5, y: 6, width: 12, height: 8 } },
  });
  done(await keepTake(host.store, two));
  done(await keepMarks(host.store, changedMarks(await historyIn(host), 'two', { name: 'Approved', note: 'by Ana' }, 'w')));
  return host;
}

async function copyOf(host: MemoryHost): Promise<TakeCopy> {
  const history = await historyIn(host);
  return done(await copyTake({ host, store: host.store }, history, takesInOrder(history)[1], neverAborted));
}

const emptyDocument = (): MemoryHost =>
  new MemoryHost({ extent: { width: 100, height: 80 }, title: 'to.psd', layers: [{ name: 'page', pixels: patternPixels(100, 80, 9) }] });

describe('a take that leaves its document', () => {
  test('is the same after the way through a ZIP: rounds, marks, pictures, conversation and layer', async () => {
    const copy = await copyOf(await sourceDocument());
    const zip = done(await writeTakeArchive(copy, [{ take: 'two', png: strToU8('png') }], codec, neverAborted));
    const names = Object.keys(unzipSync(zip));
    expect(names).toContain('02-now-yellow.png');
    expect(names).toContain('answers/02-now-yellow.png');
    expect(names.some((name) => name.startsWith('conversation/'))).toBe(true);
    const back = done(await readTakeArchive(zip, 'branch.zip', codec, neverAborted));
    expect({ ...back, layer: null }).toEqual({ ...copy, layer: null });
    expect(back.layer?.bounds).toEqual(copy.layer?.bounds);
    expect(back.layer?.pixels.data).toEqual(copy.layer?.pixels.data);
  });

  test('is placed in another document as it was, with its rounds, marks and conversation, and can be gone on from', async () => {
    const copy = await copyOf(await sourceDocument());
    const to = emptyDocument();
    const pasted = done(await pasteTake({ host: to, store: to.store, ids: new CountingIds() }, copy, to.refOf('page'), neverAborted));
    const history = await historyIn(to);
    expect(takesInOrder(history).map(({ id, parent, placed }) => [id, parent, placed?.layer ?? null])).toEqual([
      ['one', null, null],
      ['two', 'one', pasted.layer],
    ]);
    // Named by the number that it has there.
    expect(done(await to.layers()).map(({ name }) => name)).toContainEqual(expect.stringMatching(/^Take 2 · /));
    expect(history.marks.get('two')).toMatchObject({ name: 'Approved', note: 'by Ana', layers: [] });
    const round = done(await readRound(to.store.blobs, headOf(copy).turn ?? ''));
    expect(round?.user.text).toBe('now yellow');
    // A reference is named by its turn alone; without it the conversation could not go on there.
    expect((await picturesOf(round?.user.pictures ?? [], to.store.blobs)).map(({ role }) => role)).toEqual(['subject', 'style']);
    const read = done(await to.readPixels({ of: pasted.layer, bounds: { x: 5, y: 6, width: 12, height: 8 } }, neverAborted));
    expect(read.pixels.data).toEqual(patternPixels(12, 8, 3).data);
  });

  test('pasted where it is known gets a second layer, and no second take', async () => {
    const host = await sourceDocument();
    const copy = await copyOf(host);
    const pasted = done(await pasteTake({ host, store: host.store, ids: new CountingIds() }, copy, host.refOf('photo'), neverAborted));
    const history = await historyIn(host);
    expect(history.takes.size).toBe(2);
    expect(history.marks.get('two')?.layers).toEqual([pasted.layer]);
    expect(history.takes.get('two')?.placed?.layer).toBe(host.refOf('change'));
  });

  test('cannot be placed when its layer was gone already, which is said before anything changes', async () => {
    const copy = { ...(await copyOf(await sourceDocument())), layer: null };
    const to = emptyDocument();
    const pasted = await pasteTake({ host: to, store: to.store, ids: new CountingIds() }, copy, 'visible', neverAborted);
    expect(pasted).toMatchObject({ ok: false, error: { kind: 'corrupt' } });
    expect((await historyIn(to)).takes.size).toBe(0);
  });

  test.each<[string, (files: Record<string, Uint8Array>) => Record<string, Uint8Array>, object]>([
    ['without its story', ({ 'story.json': _, ...rest }) => rest, { kind: 'damaged', why: 'there is no story.json in it' }],
    ['whose story was cut short', (files) => ({ ...files, 'story.json': files['story.json'].slice(0, 200) }), { kind: 'damaged' }],
    ['of a newer version', (files) => ({ ...files, 'story.json': strToU8('{"schema":2}') }), { kind: 'unsupported' }],
    ['that tells of nothing', (files) => ({ ...files, 'story.json': strToU8('{"schema":1,"rounds":[]}') }), { kind: 'damaged' }],
  ])('is refused as a file %s', async (_what, spoil, failure) => {
    const zip = done(await writeTakeArchive(await copyOf(await sourceDocument()), [], codec, neverAborted));
    const read = await readTakeArchive(zipSync(spoil(unzipSync(zip))), 'branch.zip', codec, neverAborted);
    expect(read).toMatchObject({ ok: false, error: failure });
  });

  test('that is no ZIP is refused, and a picture that does not fit its hash is left out', async () => {
    expect(await readTakeArchive(strToU8('notes'), 'a.zip', codec, neverAborted)).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    const copy = await copyOf(await sourceDocument());
    const files = unzipSync(done(await writeTakeArchive(copy, [], codec, neverAborted)));
    files['answers/02-now-yellow.png'] = strToU8('another picture');
    const read = done(await readTakeArchive(zipSync(files), 'a.zip', codec, neverAborted));
    const changed = headOf(copy).pictures.answer?.hash ?? '';
    expect([...read.blobs.keys()].sort()).toEqual([...copy.blobs.keys()].filter((hash) => hash !== changed).sort());
  });
});
