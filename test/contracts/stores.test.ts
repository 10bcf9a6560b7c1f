/** The stores that ship, held to one contract, and one of short entries. Figma's is in `test/figma/stores`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { journaled } from '../../shared/core/history/journaled.ts';
import { createMemoryStore, type MemoryStoreLimits } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { createFolderStore, type FolderFiles, nodeFiles } from '../../standalone/command/folderStore.ts';
import { nodeClock } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { DocumentHost, OpenDocument } from '../../standalone/documents/document.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { type DocumentCalls, documentAnswers, openInWorker } from '../../standalone/worker/documents.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { valueIn } from '../documents/valueIn.ts';
import { startFarEnd } from '../fakes/farEnd.ts';
import { historyContract } from './historyContract.ts';
import { plainPixels } from './memoryHost.ts';
import { storeContract } from './storeContract.ts';

function memory(limits?: MemoryStoreLimits) {
  const entries = new Map<string, Uint8Array>();
  const blobs = new Map<string, Uint8Array>();
  const open = (): DocumentStore => createMemoryStore(entries, blobs, limits);
  return { open, blobs };
}

const inMemory = (limits?: MemoryStoreLimits) => async () => {
  const { open, blobs } = memory(limits);
  return {
    store: open(),
    reopen: async () => open(),
    damageBlob: async (hash: string) => void blobs.get(hash)?.fill(9),
  };
};

storeContract('Memory', inMemory(), { entryLimitBytes: Number.POSITIVE_INFINITY, keepsOrder: true });
historyContract('Memory', async (life) => {
  const { open } = memory();
  return { store: life.of(open()), reopen: async () => open() };
});

/** So that long entries are split. */
const shortEntries: MemoryStoreLimits = { entryLimitBytes: 99_000, blobLimitBytes: 1e9 };
storeContract('A store of short entries', inMemory(shortEntries), { entryLimitBytes: 99_000, keepsOrder: true });
historyContract('A store of short entries', async (life) => {
  const { open } = memory(shortEntries);
  return { store: life.of(open()), reopen: async () => open() };
});

const codec = createNodeCodec();
const psd = buildPsd({ extent: { width: 16, height: 12 }, layers: [{ name: 'photo', pixels: plainPixels(16, 12, [9, 90, 200, 255]) }] });
const openPsd = async (bytes: Uint8Array, open: OpenDocument = openDocument): Promise<DocumentHost> =>
  valueIn(await open(bytes, 'kept.psd', codec, neverAborted));
const saved = async (host: DocumentHost): Promise<Uint8Array> => valueIn(await host.save('psd', neverAborted));

/** As the page has it: the document is at the far end of a line. */
const openAtFarEnd: OpenDocument = openInWorker(
  {
    start: startFarEnd<DocumentCalls>((tell) => documentAnswers(openDocument, codec, tell, () => [])),
    clock: nodeClock,
    onFallback: (cause) => {
      throw cause;
    },
  },
  openDocument,
);

for (const [name, open] of [
  ['A PSD document', openDocument],
  ['A PSD document in a worker', openAtFarEnd],
] as const)
  storeContract(
    name,
    async () => {
      const host = await openPsd(psd, open);
      let damaged: string | null = null;
      return {
        store: host.store,
        reopen: async () => {
          const bytes = (await saved(host)).slice();
          if (damaged !== null) {
            const at = Buffer.from(bytes).indexOf(Buffer.from(damaged, 'hex'));
            bytes[at + 40] ^= 1;
          }
          return (await openPsd(bytes, open)).store;
        },
        damageBlob: async (hash) => {
          damaged = hash;
        },
      };
    },
    { entryLimitBytes: 1 << 20, keepsOrder: true },
  );

/** As the page and the command have it: killed, nothing of the document was saved, and the journal brings all of it back. */
historyContract('A PSD document with a journal', async (life) => {
  const { open } = memory();
  const host = await openPsd(psd);
  return {
    store: journaled(host.store, life.of(open())),
    reopen: async () => {
      const again = await openPsd(psd);
      valueIn(await absorbHistory(again.store, open()));
      return (await openPsd(await saved(again))).store;
    },
  };
});

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'retake-store-'));
  folders.push(folder);
  // Not there yet: the store makes it.
  return join(folder, 'journal');
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

storeContract(
  'A folder',
  async () => {
    const folder = newFolder();
    return {
      store: createFolderStore(folder),
      reopen: async () => createFolderStore(folder),
      damageBlob: async (hash) => {
        const path = join(folder, 'blobs', hash);
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
        );
      },
    };
  },
  { entryLimitBytes: Number.POSITIVE_INFINITY, keepsOrder: false },
);

historyContract('A folder', async (life) => {
  const folder = newFolder();
  return { store: life.of(createFolderStore(folder)), reopen: async () => createFolderStore(folder) };
});

/** Each file operation is a step, and a kill in the middle of a write leaves a part of the bytes. */
historyContract('A folder that is left between two file operations', async ({ step }) => {
  const folder = newFolder();
  const files: FolderFiles = {
    makeFolder: (path) => step(() => nodeFiles.makeFolder(path)),
    rename: (from, to) => step(() => nodeFiles.rename(from, to)),
    remove: (path) => step(() => nodeFiles.remove(path)),
    async writeNew(path, bytes) {
      await step(() => nodeFiles.writeNew(path, bytes.subarray(0, bytes.length >> 1)));
      await step(async () => {
        await nodeFiles.remove(path);
        await nodeFiles.writeNew(path, bytes);
      });
    },
  };
  return { store: createFolderStore(folder, files), reopen: async () => createFolderStore(folder) };
});
