/**
 * A document's store as Photoshop keeps it: entries in the document's XMP packet, pictures in the plug-in's folder on this
 * machine, and beside them a journal of what no saved file holds yet.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { type JournaledStore, journaled } from '../../shared/core/history/journaled.ts';
import type { BlobStore, Clock, DocumentStore } from '../../shared/core/ports.ts';
import { assert, ok, type Result } from '../../shared/core/result.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import { photoshopCapabilities } from '../host/capabilities.ts';
import { createFileStore } from './fileStore.ts';
import type { PluginFiles } from './pluginFiles.ts';
import { openXmpEntries, type XmpEntries, type XmpShelf } from './xmpEntries.ts';

export interface StoreAsk {
  readonly shelf: XmpShelf;
  readonly files: PluginFiles;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Pictures that the document itself holds: asked when the folder has none of that hash (another machine). */
  readonly embedded: (hash: string) => Promise<Result<Uint8Array | null, Failure>>;
  /** '' while the document was never saved. */
  readonly path: string;
  readonly title: string;
  /** Whether the document is as its file is: only then does the file hold what the packet does. */
  readonly isSaved: boolean;
}

export interface OpenStore extends Pick<XmpEntries, 'documentId' | 'list' | 'flush' | 'close'> {
  readonly store: JournaledStore;
  /** Of the plug-in's folder alone: never asks the document, so it may be read while Photoshop is held. */
  readonly nearby: BlobStore;
  /** What earlier sittings wrote and no file holds; for `openHistory`. */
  readonly journal: DocumentStore;
}

const root = 'documents';
/** As long as the page keeps what it has in a browser. */
const keptDays = 90;
const dayMs = 86_400_000;

export async function openDocumentStore(ask: StoreAsk): Promise<Result<OpenStore, Failure>> {
  const { shelf, files, clock, path, title } = ask;
  const earlier = path === '' ? null : await documentOf(files, path);
  let kept = null as { readonly journal: DocumentStore; readonly nearby: BlobStore } | null;
  const entries = await openXmpEntries(
    { shelf, clock, newId: () => earlier ?? ask.newId(), entryLimitBytes: photoshopCapabilities.storeBytes },
    async (documentId) => {
      const folder = createFileStore(files, `${root}/${documentId}`);
      const blobs = withEmbedded(folder.blobs, ask.embedded);
      kept = { journal: { ...folder, blobs: alreadyKept(blobs) }, nearby: folder.blobs };
      return blobs;
    },
  );
  if (!entries.ok) return entries;
  const { store, documentId, list, flush, close } = entries.value;
  assert(kept !== null, 'entries were opened without their folder');
  const { journal, nearby } = kept;
  const found = await journal.keys();
  if (!found.ok) return found;
  const whole = journaled(store, journal, found.value);
  if (ask.isSaved) {
    const cleared = await whole.clear();
    if (!cleared.ok) return cleared;
  }
  await remember(files, documentId, { path, title, usedAt: clock.now() });
  return ok({ store: whole, journal, nearby, documentId, list, flush, close });
}

/** The journal's pictures are the store's: they lie in one place, are written once, and stay when the journal is cleared. */
const alreadyKept = (blobs: BlobStore): BlobStore => ({
  read: blobs.read,
  write: async (bytes) => ok(sha256Hex(bytes)),
  remove: async () => ok(undefined),
  list: async () => ok([]),
});

/** A picture that only the document has is put into the folder, where it is read faster. */
const withEmbedded = (blobs: BlobStore, embedded: StoreAsk['embedded']): BlobStore => ({
  ...blobs,
  async read(hash) {
    const here = await blobs.read(hash);
    if (!here.ok || here.value !== null) return here;
    const there = await embedded(hash);
    if (!there.ok || there.value === null || sha256Hex(there.value) !== hash) return ok(null);
    await blobs.write(there.value);
    return there;
  },
});

interface Remembered {
  readonly path: string;
  readonly title: string;
  readonly usedAt: number;
}

const aboutPath = (documentId: string): string => `${root}/${documentId}/about.json`;

const remember = (files: PluginFiles, documentId: string, about: Remembered): Promise<Result<void, Failure>> =>
  files.write(aboutPath(documentId), toUtf8(JSON.stringify(about)));

async function remembered(files: PluginFiles, documentId: string): Promise<Remembered | null> {
  const bytes = await files.read(aboutPath(documentId));
  if (!bytes.ok || bytes.value === null) return null;
  try {
    return JSON.parse(fromUtf8(bytes.value) ?? '') as Remembered;
  } catch {
    return null;
  }
}

/** A file whose first takes were never saved has no identifier; where it lies tells which journal is its own. */
async function documentOf(files: PluginFiles, path: string): Promise<string | null> {
  const ids = await files.folders(root);
  if (!ids.ok) return null;
  let latest: { readonly id: string; readonly usedAt: number } | null = null;
  for (const id of ids.value) {
    const about = await remembered(files, id);
    if (about?.path === path && (latest === null || about.usedAt > latest.usedAt)) latest = { id, usedAt: about.usedAt };
  }
  return latest?.id ?? null;
}

/** Takes away what belongs to documents that were not opened for ninety days. */
export async function forgetOldDocuments(files: PluginFiles, now: number): Promise<void> {
  const ids = await files.folders(root);
  if (!ids.ok) return;
  for (const id of ids.value) {
    const about = await remembered(files, id);
    // What cannot be dated may hold what was paid for.
    if (about === null || now - about.usedAt < keptDays * dayMs) continue;
    for (const folder of ['entries', 'blobs']) {
      const listed = await files.list(`${root}/${id}/${folder}`);
      for (const { name } of listed.ok ? listed.value : []) await files.remove(`${root}/${id}/${folder}/${name}`);
    }
    await files.remove(aboutPath(id));
  }
}
