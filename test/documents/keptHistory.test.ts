/** What a PSD keeps of its takes: found again by us, passed over by other readers, and understood on layers that moved. */
import { describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { type OpenedHistory, openHistory } from '../../shared/core/history/openHistory.ts';
import { pruneBlobs } from '../../shared/core/history/pruneBlobs.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { tellStory } from '../../shared/core/history/story.ts';
import { noPictures, type Take } from '../../shared/core/history/take.ts';
import { changedMarks, takeAt } from '../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { DocumentHost } from '../../standalone/documents/document.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { readContainer, resourceOf, type StoredLayer, writeContainer } from '../../standalone/documents/psd/container.ts';
import { contractProvenance } from '../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import { historyOf, makeTake } from '../history/makeTake.ts';
import { buildPsd } from './buildPsd.ts';
import { exiftool, hasExiftool, hasImageMagick, hasPsdTools, imageMagick, psdTools } from './otherReaders.ts';
import { valueIn } from './valueIn.ts';

// Other programs are started here; on a busy machine that alone takes seconds.
vi.setConfig({ testTimeout: 180_000 });

const codec = createNodeCodec();
const ids = new CountingIds();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = async (bytes: Uint8Array): Promise<DocumentHost> => valueIn(await openDocument(bytes, 'kept.psd', codec, neverAborted));
const save = async (host: DocumentHost, as: 'psd' | 'psb' = 'psd'): Promise<Uint8Array> => valueIn(await host.save(as, neverAborted));
const opened = async (host: DocumentHost): Promise<OpenedHistory> =>
  valueIn(await openHistory({ host, store: host.store, ids, codec }, []));
const empty = (): Uint8Array =>
  buildPsd({ extent: { width: 40, height: 30 }, layers: [{ name: 'photo', pixels: patternPixels(40, 30, 3) }], title: 'kept' });

/** A document with one take, placed as its walk places it, with a picture of 3000 bytes. */
async function withTake(id = 'one', onto = empty()): Promise<{ host: DocumentHost; take: Take; layer: string }> {
  const host = await open(onto);
  const picture = Uint8Array.from({ length: 3000 }, (_, i) => (i * 31) & 255);
  const hash = valueIn(await host.store.blobs.write(picture));
  const answer = { hash, type: 'image/png', width: 40, height: 30, byteLength: 3000 } as const;
  const source = valueIn(await host.layers()).find(({ name }) => name === 'photo')?.ref ?? 'visible';
  const { history } = valueIn(await readHistory(host.store));
  const made = makeTake(id, {
    placed: null,
    pictures: { ...noPictures, answer },
    source: { of: source, name: 'photo', bounds: { x: 0, y: 0, width: 40, height: 30 } },
  });
  const bounds = { x: 3, y: 4, width: 12, height: 9 };
  const layer = valueIn(
    await host.step('Retake', neverAborted, (step) =>
      step.placePixels({
        pixels: plainPixels(12, 9, [200, 20, 20, 255]),
        bounds,
        mask: null,
        name: `layer of ${id}`,
        group: made.instruction,
        above: source,
        provenance: { ...contractProvenance, takeId: id },
        story: tellStory(history, made),
      }),
    ),
  );
  const take = { ...made, placed: { layer, bounds } };
  valueIn(await keepTake(host.store, take));
  return { host, take, layer };
}

/** What an application does that knows nothing of us: the layers of a file as it likes, their bytes as they were. */
function withLayers(bytes: Uint8Array, change: (layers: readonly StoredLayer[]) => readonly StoredLayer[]): Uint8Array {
  const file = readContainer(bytes);
  return writeContainer({ ...file, layers: change(file.layers) });
}

/** The layer under another number, as each copy gets one. */
function numbered(layer: StoredLayer, layerId: number): StoredLayer {
  const raw = layer.raw.slice();
  const at = Buffer.from(raw).indexOf('8BIMlyid') + 12;
  new DataView(raw.buffer).setUint32(at, layerId);
  return { ...layer, raw };
}

const isTakeLayer = ({ record }: StoredLayer): boolean => record.name.startsWith('layer of');

describe('the history of a PSD', () => {
  test('survives saving, as PSD and as PSB, and our own later edits', async () => {
    const { host, take } = await withTake();
    const again = await open(await save(host));
    expect(valueIn(await readHistory(again.store)).history.takes.get('one')).toEqual(take);
    const large = await withTake('two', await save(again, 'psb'));
    const last = await open(await save(large.host, 'psb'));
    const { history, notes } = valueIn(await readHistory(last.store));
    expect([...history.takes.keys()]).toEqual(['one', 'two']);
    expect(notes).toEqual([]);
    expect(valueIn(await last.store.blobs.read(take.pictures.answer?.hash ?? ''))?.length).toBe(3000);
    expect(valueIn(await last.store.blobs.list()).length).toBe(1);
  });

  test.skipIf(!hasPsdTools || !hasImageMagick || !hasExiftool)('does not trouble psd-tools, ImageMagick or exiftool', async () => {
    const { host, take } = await withTake();
    const bytes = await save(host);
    const told = psdTools(bytes);
    expect(told.resources).toContain(4731);
    expect(told.layers.map(({ name }) => name)).toEqual(['photo', take.instruction]);
    const story = told.layers[1].children?.[0].story ?? '';
    expect(JSON.parse(story).take).toMatchObject({ id: 'one', instruction: take.instruction });
    expect(imageMagick(bytes)[0]).toBe('40x30+0+0');
    expect(imageMagick(bytes)).toContain('12x9+3+4');
    const meta = exiftool(bytes, 'psd');
    expect(meta['ExifTool:Warning']).toBeUndefined();
    expect(meta['XMP-retake:Takes']).toMatchObject([{ TakeId: 'one' }]);
  });

  test('lists takes in words for other programs as long as their layers are there', async () => {
    const { host } = await withTake();
    const second = await withTake('two', await save(host));
    const bytes = await save(second.host);
    const listed = (from: Uint8Array): string[] => {
      const xmp = new TextDecoder().decode(readContainer(from).resources.find(({ id }) => id === 1060)?.data);
      return [...xmp.matchAll(/<retake:takeId>(.*?)</g)].map(([, id]) => id);
    };
    expect(listed(bytes)).toEqual(['one', 'two']);
    const without = await open(withLayers(bytes, (layers) => layers.filter(({ record }) => record.name !== 'layer of one')));
    valueIn(await keepTake(without.store, makeTake('three', { placed: null })));
    const saved = await save(without);
    expect(listed(saved)).toEqual(['two']);
    expect([...valueIn(await readHistory((await open(saved)).store)).history.takes.keys()]).toEqual(['one', 'two', 'three']);
  });

  test('leaves another program’s resource of our number alone', async () => {
    const theirs = bytesOf('somebody else was here before');
    const file = readContainer(empty());
    const { host, take } = await withTake('one', writeContainer({ ...file, resources: [...file.resources, resourceOf(4731, theirs)] }));
    const saved = await save(host);
    const { resources } = readContainer(saved);
    expect(resources.find(({ id }) => id === 4731)?.data).toEqual(theirs);
    expect(resources.some(({ id }) => id === 4732)).toBe(true);
    expect(valueIn(await (await open(saved)).store.blobs.read(take.pictures.answer?.hash ?? ''))?.length).toBe(3000);
  });

  test('whose pictures were cut short or altered keeps its words, and says which picture is damaged', async () => {
    const { host, take } = await withTake();
    const file = readContainer(await save(host));
    const harmed = (change: (data: Uint8Array) => Uint8Array): Uint8Array =>
      writeContainer({ ...file, resources: file.resources.map((each) => (each.id === 4731 ? resourceOf(4731, change(each.data)) : each)) });
    const hash = take.pictures.answer?.hash ?? '';
    const cut = await open(harmed((data) => data.subarray(0, 500)));
    expect(valueIn(await readHistory(cut.store)).history.takes.size).toBe(1);
    expect(valueIn(await cut.store.blobs.read(hash))).toBe(null);
    const altered = await open(harmed((data) => data.map((byte, i) => (i === 900 ? byte ^ 1 : byte))));
    expect(await altered.store.blobs.read(hash)).toMatchObject({ ok: false, error: { kind: 'corrupt' } });
  });

  test('that claims more than it holds is opened without it, and kept beside the new one', async () => {
    const { host } = await withTake();
    const file = readContainer(await save(host));
    const xmp = new TextDecoder().decode(file.resources.find(({ id }) => id === 1060)?.data);
    const bomb = xmp.replace(/(<retake:entries>).{20}/, '$1//////////////////////');
    expect(bomb).not.toBe(xmp);
    const broken = await open(
      writeContainer({ ...file, resources: file.resources.map((each) => (each.id === 1060 ? resourceOf(1060, bytesOf(bomb)) : each)) }),
    );
    expect(broken.notes).toEqual(['A part of the history in the file is damaged; a copy is kept in what is saved, and the rest goes on.']);
    expect(valueIn(await readHistory(broken.store)).history.takes.size).toBe(0);
    valueIn(await keepTake(broken.store, makeTake('two')));
    const again = readContainer(await save(broken));
    const after = new TextDecoder().decode(again.resources.find(({ id }) => id === 1060)?.data);
    expect(after).toContain('<retake:unreadableEntries>//////////////////////');
    expect([...valueIn(await readHistory((await open(await save(broken))).store)).history.takes.keys()]).toEqual(['two']);
  });
});

test('a history whose packed entries were cut short gives all that came before the cut', async () => {
  const host = await open(empty());
  for (let i = 0; i < 300; i++)
    valueIn(await keepTake(host.store, makeTake(`take-${i}`, { order: i + 1, instruction: `${i * 7919}`.repeat(9) })));
  const file = readContainer(await save(host));
  const xmp = new TextDecoder().decode(file.resources.find(({ id }) => id === 1060)?.data);
  const counts: number[] = [];
  for (const share of [0.9, 0.5, 0.1, 0]) {
    const cut = xmp.replace(/(<retake:entries>)([^<]*)/, (_, tag: string, text: string) => tag + text.slice(0, text.length * share));
    const bytes = writeContainer({
      ...file,
      resources: file.resources.map((each) => (each.id === 1060 ? resourceOf(1060, bytesOf(cut)) : each)),
    });
    const { history, damaged } = valueIn(await readHistory((await open(bytes)).store));
    expect(damaged).toEqual([]);
    counts.push(history.takes.size);
  }
  expect(counts[0]).toBeGreaterThan(200);
  expect(counts[1]).toBeGreaterThan(100);
  expect([...counts].sort((a, b) => b - a)).toEqual(counts);
  expect(counts[3]).toBe(0);
});

describe('a layer', () => {
  test('that was deleted leaves its take, which is known to have none', async () => {
    const { host } = await withTake();
    const without = await open(withLayers(await save(host), (layers) => layers.filter((layer) => !isTakeLayer(layer))));
    const { history, gone, notes } = await opened(without);
    expect([...gone]).toEqual(['one']);
    expect([...history.takes.keys()]).toEqual(['one']);
    expect(notes).toEqual([]);
  });

  test('that was duplicated shows the same take', async () => {
    const { host, layer } = await withTake();
    const twice = await open(
      withLayers(await save(host), (layers) =>
        layers.flatMap((each) => (isTakeLayer(each) ? [each, numbered(each, 77), numbered(each, 78)] : [each])),
      ),
    );
    const { history, gone } = await opened(twice);
    expect(history.marks.get('one')).toMatchObject({ layers: ['layer-78', 'layer-77'], revision: 1 });
    for (const ref of [layer, 'layer-77', 'layer-78']) expect(takeAt(history, ref)?.id).toBe('one');
    expect(gone.size).toBe(0);
    // Once understood, nothing is written again.
    expect((await opened(twice)).history.marks.get('one')?.revision).toBe(1);
    const kept = valueIn(await readHistory((await open(await save(twice))).store));
    expect(kept.history.marks.get('one')?.layers).toEqual(['layer-78', 'layer-77']);
  });

  test('that was pasted from another document brings its take and what led to it', async () => {
    const first = await withTake();
    const second = await withTake('two', await save(first.host));
    valueIn(await keepTake(second.host.store, { ...second.take, parent: 'one', order: 2 }));
    const history = historyOf(first.take);
    const told = tellStory(history, { ...second.take, parent: 'one', order: 2 });
    const { host, ref } = await withStory(told);
    const here = await opened(host);
    const pasted = takeAt(here.history, ref);
    expect(pasted).toMatchObject({
      id: 'two',
      parent: 'one',
      state: 'done',
      placed: { layer: ref, bounds: { x: 1, y: 1, width: 5, height: 5 } },
    });
    expect(here.history.takes.get('one')).toMatchObject({ placed: null, instruction: 'make it one' });
    expect(here.gone.size).toBe(0);
    // Its picture stayed behind; that is no damage.
    expect(valueIn(await host.store.blobs.read(pasted?.pictures.answer?.hash ?? ''))).toBe(null);
  });

  test('that was undone or deleted leaves its number to none after it', async () => {
    const { host, layer } = await withTake();
    host.undo();
    const again = (await withTake('two', await save((await withTake()).host))).layer;
    expect(again).not.toBe(layer);
    const placed = async (into: DocumentHost): Promise<string> =>
      valueIn(
        await into.step('Retake', neverAborted, (step) =>
          step.placePixels({
            pixels: plainPixels(2, 2, [1, 2, 3, 255]),
            bounds: { x: 0, y: 0, width: 2, height: 2 },
            mask: null,
            name: 'later',
            group: 'later',
            above: 'visible',
            provenance: contractProvenance,
            story: '{}',
          }),
        ),
      );
    expect(await placed(host)).not.toBe(layer);
    const { host: saved } = await withTake();
    const without = await open(withLayers(await save(saved), ([photo]) => [photo]));
    expect(await placed(without)).not.toBe(layer);
  });

  test('with the story of a newer version is left alone, and said so', async () => {
    const { host } = await withStory('{"schema":9,"whatever":1}');
    const { history, notes } = await opened(host);
    expect(history.takes.size).toBe(0);
    expect(notes).toEqual(['A layer carries a take of a newer version of Retake, which this one leaves alone.']);
  });

  test('keeps its story in the other container', async () => {
    const { host, layer } = await withTake();
    const again = await open(await save(host, 'psb'));
    expect(valueIn(await again.readStory(layer))).toBe(valueIn(await host.readStory(layer)));
  });

  async function withStory(story: string): Promise<{ host: DocumentHost; ref: string }> {
    const host = await open(empty());
    const ref = valueIn(
      await host.step('paste', neverAborted, (step) =>
        step.placePixels({
          pixels: plainPixels(5, 5, [1, 2, 3, 255]),
          bounds: { x: 1, y: 1, width: 5, height: 5 },
          mask: null,
          name: 'pasted',
          group: 'pasted',
          above: 'visible',
          provenance: contractProvenance,
          story,
        }),
      ),
    );
    return { host, ref };
  }
});

describe('a round that was broken off', () => {
  test('between its picture and the entry that names it gets the picture', async () => {
    const host = await open(empty());
    valueIn(await keepTake(host.store, { ...makeTake('one', { state: 'pending', placed: null }), provenance: null }));
    const png = valueIn(await codec.encode(patternPixels(24, 18), { type: 'image/png' }, neverAborted));
    const hash = valueIn(await host.store.blobs.write(png));
    const { history, recovered, notes } = await opened(host);
    expect(history.takes.get('one')).toMatchObject({
      state: 'answered',
      pictures: { answer: { hash, width: 24, height: 18, type: 'image/png' } },
    });
    expect(recovered.map(({ id }) => id)).toEqual(['one']);
    expect(notes.join()).toMatch(/A paid answer of .* was recovered/);
  });

  test('before its picture is ended, and told of once', async () => {
    const host = await open(empty());
    valueIn(await keepTake(host.store, { ...makeTake('one', { state: 'pending', placed: null }), provenance: null }));
    expect((await opened(host)).notes).toEqual([expect.stringMatching(/was broken off before its answer arrived/)]);
    const again = await opened(host);
    expect(again.notes).toEqual([]);
    expect(again.history.takes.get('one')).toMatchObject({ state: 'failed', failure: { kind: 'broken-off' } });
  });
});

test('many recovered answers are told as a number', async () => {
  const journal = createMemoryStore();
  const hash = valueIn(await journal.blobs.write(bytesOf('a picture')));
  const answer = { hash, type: 'image/png', width: 1, height: 1, byteLength: 9 } as const;
  for (let i = 0; i < 30; i++)
    valueIn(await keepTake(journal, makeTake(`t${i}`, { order: i + 1, at: i * 60_000, pictures: { ...noPictures, answer } })));
  const host = await open(empty());
  const { notes, recovered } = valueIn(await openHistory({ host, store: host.store, ids, codec }, [journal]));
  expect(recovered.length).toBe(30);
  expect(notes).toEqual([
    '30 paid answers, of 1970-01-01 00:00 to 1970-01-01 00:29 UTC, were recovered: they were in no file yet, and are among the takes.',
  ]);
});

describe('the budget of a document', () => {
  test('removes pictures of discarded takes, oldest first, says so, and no words', async () => {
    const store = createMemoryStore();
    for (const [i, id] of ['one', 'two', 'three'].entries()) {
      const hash = valueIn(await store.blobs.write(new Uint8Array(1_000_000).fill(i)));
      const answer = { hash, type: 'image/png', width: 1, height: 1, byteLength: 1_000_000 } as const;
      valueIn(await keepTake(store, makeTake(id, { order: i + 1, pictures: { ...noPictures, answer } })));
    }
    expect(valueIn(await pruneBlobs(store, 4_000_000))).toBe('');
    expect(valueIn(await pruneBlobs(store, 2_000_000))).toBe(
      'The takes’ pictures have 3.0 MB, more than the 2.0 MB meant for them: discard takes that are not needed.',
    );
    const { history } = valueIn(await readHistory(store));
    for (const id of ['one', 'two']) valueIn(await keepMarks(store, changedMarks(history, id, { verdict: 'discarded' }, 'w')));
    expect(valueIn(await pruneBlobs(store, 2_000_000))).toBe(
      'To stay within 2.0 MB, 1 picture of discarded takes (1.0 MB) was left out; no words were.',
    );
    const left = valueIn(await store.blobs.list()).map(({ hash }) => hash);
    expect(left).not.toContain(history.takes.get('one')?.pictures.answer?.hash);
    expect(left.length).toBe(2);
    expect(valueIn(await readHistory(store)).history.takes.size).toBe(3);
  });
});
