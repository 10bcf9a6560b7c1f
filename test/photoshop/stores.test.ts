/** Photoshop's stores: a document's history in its XMP and the plug-in's folder, the user's settings, on the simulated Photoshop. */
import { describe, expect, test } from 'vitest';
import { parseVersion } from '../../photoshop-uxp/host/hostVersion.ts';
import { createModalGate } from '../../photoshop-uxp/host/modal.ts';
import { forgetOldDocuments, type OpenStore, openDocumentStore, type StoreAsk } from '../../photoshop-uxp/store/documentStore.ts';
import { createFileStore } from '../../photoshop-uxp/store/fileStore.ts';
import { createPluginFiles, type PluginFiles } from '../../photoshop-uxp/store/pluginFiles.ts';
import { createUxpSettings } from '../../photoshop-uxp/store/settings.ts';
import type { XmpShelf } from '../../photoshop-uxp/store/xmpEntries.ts';
import { createXmpShelf } from '../../photoshop-uxp/store/xmpShelf.ts';
import type { PhotoshopModules } from '../../photoshop-uxp/types/modules.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { apiKeySetting } from '../../shared/core/ports.ts';
import { ok } from '../../shared/core/result.ts';
import { nodeIds } from '../../standalone/command/nodeClock.ts';
import { historyContract, type Life } from '../contracts/historyContract.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { storeContract } from '../contracts/storeContract.ts';
import { valueIn } from '../documents/valueIn.ts';
import { makeTake } from '../history/makeTake.ts';
import { HandClock } from './handClock.ts';
import { createPhotoshop, type Photoshop } from './simulator/index.ts';

const path = '/Users/me/Pictures/kept.psd';
const modulesOf = (ps: Photoshop): PhotoshopModules => ps.modules as unknown as PhotoshopModules;
const filesOf = (ps: Photoshop): PluginFiles => createPluginFiles(modulesOf(ps).uxp.storage);

async function saved(ps: Photoshop): Promise<void> {
  ps.user.open({
    extent: { width: 16, height: 12 },
    title: 'kept',
    layers: [{ name: 'photo', pixels: plainPixels(16, 12, [9, 90, 200, 255]) }],
  });
  await ps.user.saveAs(path);
}

/** Nothing is written to a document by itself before the test lets time pass. */
function byHand(): { readonly clock: HandClock; readonly ps: Photoshop } {
  const clock = new HandClock();
  const wait = async (ms: number): Promise<void> => void (await clock.sleep(ms, neverAborted));
  return { clock, ps: createPhotoshop({ clock: { now: () => clock.now(), wait } }) };
}

function shelfOf(ps: Photoshop, clock: HandClock): XmpShelf {
  const { photoshop, uxp } = modulesOf(ps);
  const document = photoshop.app.activeDocument;
  if (document === null) throw new Error('no document is open');
  const gate = createModalGate(photoshop.core, parseVersion(uxp.host.version), clock);
  return createXmpShelf(photoshop.action, gate, { id: document.id, title: document.name });
}

/** The store of the document in front. */
async function opened(ps: Photoshop, more: Partial<StoreAsk> & { readonly clock?: HandClock } = {}): Promise<OpenStore> {
  const { clock = new HandClock() } = more;
  const open = await openDocumentStore({
    shelf: shelfOf(ps, clock),
    files: filesOf(ps),
    clock,
    newId: nodeIds.next,
    embedded: async () => ok(null),
    path,
    title: modulesOf(ps).photoshop.app.activeDocument?.name ?? '',
    isSaved: true,
    ...more,
  });
  return valueIn(open);
}

/** Saves the document as the user does, quits Photoshop, and opens the file in the next session. */
async function nextSession(ps: Photoshop): Promise<Photoshop> {
  await ps.user.saveAs(path);
  const next = ps.restart();
  await next.user.openFile(path);
  return next;
}

storeContract(
  'A document in Photoshop',
  async () => {
    let ps = createPhotoshop();
    await saved(ps);
    const open = await opened(ps);
    return {
      store: open.store,
      async reopen() {
        valueIn(await open.flush());
        ps = await nextSession(ps);
        return (await opened(ps)).store;
      },
      async damageBlob(hash) {
        for (const [name, bytes] of ps.disk.files) if (name.endsWith(hash)) bytes[3] ^= 1;
      },
    };
  },
  { entryLimitBytes: 1_000_000, keepsOrder: true },
);

storeContract(
  'The plug-in’s folder',
  async () => {
    const ps = createPhotoshop();
    return {
      store: createFileStore(filesOf(ps), 'documents/one'),
      reopen: async () => createFileStore(filesOf(ps.restart()), 'documents/one'),
      async damageBlob(hash) {
        for (const [name, bytes] of ps.disk.files) if (name.endsWith(hash)) bytes[3] ^= 1;
      },
    };
  },
  { entryLimitBytes: Number.POSITIVE_INFINITY, keepsOrder: true },
);

/** Each change of a file is a step; a kill leaves the file as it was, or whole. */
const mortal = (files: PluginFiles, life: Life): PluginFiles => ({
  ...files,
  write: (name, bytes) => life.step(() => files.write(name, bytes)),
  remove: (name) => life.step(() => files.remove(name)),
});

historyContract('A document in Photoshop', async (life) => {
  const ps = createPhotoshop();
  await saved(ps);
  // What opening writes is no part of the life that ends.
  valueIn(await (await opened(ps)).flush());
  const setUp = await ps.user.saveAs(path).then(() => filesOf(ps));
  let isOpening = true;
  const files: PluginFiles = {
    ...setUp,
    write: (name, bytes) => (isOpening ? setUp : mortal(setUp, life)).write(name, bytes),
    remove: (name) => (isOpening ? setUp : mortal(setUp, life)).remove(name),
  };
  const open = await opened(ps, { files });
  isOpening = false;
  return {
    store: open.store,
    // Killed: the document is what was saved last, and the journal brings the rest.
    async reopen() {
      open.close();
      const next = ps.restart();
      await next.user.openFile(path);
      const again = await opened(next);
      valueIn(await absorbHistory(again.store, again.journal));
      return again.store;
    },
  };
});

const takesIn = async ({ store }: Pick<OpenStore, 'store'>): Promise<string[]> => [
  ...valueIn(await readHistory(store)).history.takes.keys(),
];

describe('the history of a document', () => {
  test('is in the file that the user saves, wherever it is saved to, and the journal is cleared once it is', async () => {
    const ps = createPhotoshop();
    await saved(ps);
    const open = await opened(ps);
    valueIn(await keepTake(open.store, makeTake('one', {})));
    valueIn(await open.flush());
    await ps.user.saveAs('/Users/me/Pictures/other.psd');
    const next = ps.restart();
    await next.user.openFile('/Users/me/Pictures/other.psd');
    const again = await opened(next, { path: '/Users/me/Pictures/other.psd' });
    expect(await takesIn(again)).toEqual(['one']);
    expect(again.documentId).toBe(open.documentId);
    expect(valueIn(await again.journal.keys())).toEqual([]);
  });

  test('that no file holds yet is found again by the place of the file', async () => {
    const ps = createPhotoshop();
    await saved(ps);
    valueIn(await keepTake((await opened(ps)).store, makeTake('unsaved', {})));
    const next = ps.restart();
    await next.user.openFile(path);
    const again = await opened(next);
    expect(await takesIn(again)).toEqual([]);
    valueIn(await absorbHistory(again.store, again.journal));
    expect(await takesIn(again)).toEqual(['unsaved']);
  });

  test('is written to the document when it has rested, in one go', async () => {
    const { clock, ps } = byHand();
    await saved(ps);
    let writes = 0;
    const shelf = shelfOf(ps, clock);
    const counting: typeof shelf = {
      ...shelf,
      write(packet) {
        writes++;
        return shelf.write(packet);
      },
    };
    const open = await opened(ps, { shelf: counting, clock });
    for (let i = 0; i < 10; i++) {
      valueIn(await keepTake(open.store, makeTake(`take ${i}`, {})));
      await clock.pass(200);
    }
    expect(writes).toBe(0);
    await clock.pass(200);
    await expect.poll(() => writes).toBe(1);
    expect(await takesIn(await opened(ps))).toHaveLength(10);
  });

  test('leaves what others wrote into the packet, and waits while another plug-in is busy', async () => {
    const { clock, ps } = byHand();
    await saved(ps);
    const open = await opened(ps, { clock });
    valueIn(await keepTake(open.store, makeTake('one', {})));
    const release = ps.user.holdModal();
    expect(await clock.until(open.flush())).toMatchObject({ ok: false, error: { kind: 'host' } });
    release();
    valueIn(await open.flush());
    expect(await takesIn(await opened(ps))).toEqual(['one']);
    ps.assertClean();
  });

  test('says when the disk is full, and goes on in the document', async () => {
    const ps = createPhotoshop();
    await saved(ps);
    const open = await opened(ps);
    ps.disk.freeBytes = 10;
    valueIn(await keepTake(open.store, makeTake('one', {})));
    expect(open.store.trouble()).toMatchObject({ kind: 'write-failed', why: 'disk-full' });
    expect(await open.store.blobs.write(new Uint8Array(5000))).toMatchObject({
      ok: false,
      error: { kind: 'write-failed', why: 'disk-full' },
    });
    expect(await takesIn(open)).toEqual(['one']);
  });

  test('finds a picture that only the document has, and keeps it nearer', async () => {
    const ps = createPhotoshop();
    await saved(ps);
    const picture = Uint8Array.from({ length: 400 }, (_, i) => i & 255);
    const hash = valueIn(await createFileStore(filesOf(createPhotoshop()), 'elsewhere').blobs.write(picture));
    let asked = 0;
    const embedded = async () => ok(++asked === 1 ? picture : null);
    const open = await opened(ps, { embedded });
    expect(valueIn(await open.store.blobs.read(hash))).toEqual(picture);
    expect(valueIn(await open.store.blobs.read(hash))).toEqual(picture);
    expect(asked).toBe(1);
  });

  test('of a document that was not opened for ninety days goes from the plug-in’s folder', async () => {
    const ps = createPhotoshop();
    await saved(ps);
    valueIn(await keepTake((await opened(ps)).store, makeTake('old', {})));
    const now = new HandClock().now();
    await forgetOldDocuments(filesOf(ps), now + 89 * 86_400_000);
    expect([...ps.disk.files.keys()].some((name) => name.includes('/entries/'))).toBe(true);
    await forgetOldDocuments(filesOf(ps), now + 91 * 86_400_000);
    expect([...ps.disk.files.keys()].some((name) => name.includes('/entries/'))).toBe(false);
  });
});

describe('the settings', () => {
  const settingsOf = (ps: Photoshop) => createUxpSettings(modulesOf(ps).uxp.storage.secureStorage, filesOf(ps));

  test('keep the key in the key store and nothing of it on the disk', async () => {
    const ps = createPhotoshop();
    const settings = settingsOf(ps);
    valueIn(await settings.set(apiKeySetting, 'AIza-secret-ü'));
    valueIn(await settings.set('model', 'a-model'));
    const again = settingsOf(ps.restart());
    expect(valueIn(await again.get(apiKeySetting))).toBe('AIza-secret-ü');
    expect(valueIn(await again.get('model'))).toBe('a-model');
    expect([...ps.disk.files.values()].some((bytes) => Buffer.from(bytes).includes('secret'))).toBe(false);
    valueIn(await again.remove(apiKeySetting));
    valueIn(await again.remove(apiKeySetting));
    expect(valueIn(await again.get(apiKeySetting))).toBe(null);
    valueIn(await again.set(apiKeySetting, ''));
  });

  test('have no key when the store was emptied, and say so when it is broken', async () => {
    const ps = createPhotoshop();
    const settings = settingsOf(ps);
    valueIn(await settings.set(apiKeySetting, 'a key'));
    ps.keys.entries.clear();
    expect(valueIn(await settings.get(apiKeySetting))).toBe(null);
    ps.keys.isBroken = true;
    expect(await settings.get(apiKeySetting)).toMatchObject({ ok: false, error: { kind: 'host' } });
    expect(await settings.set(apiKeySetting, 'x')).toMatchObject({ ok: false });
  });

  test('written at once are all kept, and a file that was cut short is begun anew', async () => {
    const ps = createPhotoshop();
    const settings = settingsOf(ps);
    await Promise.all(Array.from({ length: 20 }, (_, i) => settings.set(`name ${i}`, `${i}`)));
    for (let i = 0; i < 20; i++) expect(valueIn(await settings.get(`name ${i}`))).toBe(`${i}`);
    for (const [name, bytes] of ps.disk.files) if (name.endsWith('settings.json')) ps.disk.files.set(name, bytes.subarray(0, 9));
    expect(valueIn(await settings.get('name 1'))).toBe(null);
    valueIn(await settings.set('name 1', 'again'));
    expect(valueIn(await settings.get('name 1'))).toBe('again');
  });
});
