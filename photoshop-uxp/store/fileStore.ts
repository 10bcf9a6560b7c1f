/**
 * A document's store in the plug-in's own folder: the journal of its entries, and the pictures. A file cannot be replaced in
 * one step, so the new one is written under the next number, and the old one removed after; each begins with the hash of what
 * follows, so that one which was cut short is passed over for the one before.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { verified } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import type { PluginFiles } from './pluginFiles.ts';

const newline = 10;

interface Version {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export function createFileStore(files: PluginFiles, folder: string): DocumentStore {
  const entryFolder = `${folder}/entries`;
  const blobFolder = `${folder}/blobs`;
  let turn: Promise<unknown> = Promise.resolve();
  let writes = 0;

  /** One change after another. */
  const changing = <T>(work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> => {
    const run = turn.then(work);
    turn = run;
    return run;
  };

  /** Of one key or all: names like `<hash of the key>.<number>`, the latest first. */
  async function versions(of?: string): Promise<Result<readonly { readonly name: string; readonly number: number }[], Failure>> {
    const listed = await files.list(entryFolder);
    if (!listed.ok) return listed;
    const found = listed.value.flatMap(({ name }) => {
      const [hash, number] = name.split('.');
      return /^\d+$/.test(number ?? '') && (of === undefined || hash === of) ? [{ name, number: Number(number) }] : [];
    });
    writes = Math.max(writes, ...found.map(({ number }) => number));
    return ok(found.sort((a, b) => b.number - a.number));
  }

  async function versionAt(name: string): Promise<Result<Version | null, Failure>> {
    const file = await files.read(`${entryFolder}/${name}`);
    if (!file.ok || file.value === null) return file.ok ? ok(null) : file;
    return ok(unpacked(file.value));
  }

  async function latest(hash: string): Promise<Result<Version | null, Failure>> {
    const names = await versions(hash);
    if (!names.ok) return names;
    for (const { name } of names.value) {
      const version = await versionAt(name);
      if (!version.ok || version.value !== null) return version;
    }
    return ok(null);
  }

  return {
    entryLimitBytes: Number.POSITIVE_INFINITY,
    async read(key) {
      const found = await latest(sha256Hex(key));
      return found.ok ? ok(found.value?.bytes ?? null) : found;
    },
    write(key, bytes) {
      const packed = pack(key, bytes);
      return changing(async () => {
        const hash = sha256Hex(key);
        const before = await versions();
        if (!before.ok) return before;
        const written = await files.write(`${entryFolder}/${hash}.${++writes}`, packed);
        if (!written.ok) return written;
        for (const { name } of before.value) if (name.startsWith(`${hash}.`)) await files.remove(`${entryFolder}/${name}`);
        return ok(undefined);
      });
    },
    remove: (key) =>
      changing(async () => {
        const names = await versions(sha256Hex(key));
        if (!names.ok) return names;
        // The oldest first: what is left after a kill is the latest.
        for (const { name } of [...names.value].reverse()) {
          const removed = await files.remove(`${entryFolder}/${name}`);
          if (!removed.ok) return removed;
        }
        return ok(undefined);
      }),
    async keys() {
      const names = await versions();
      if (!names.ok) return names;
      const keys = new Set<string>();
      for (const { name } of names.value) {
        const version = await versionAt(name);
        if (!version.ok) return version;
        if (version.value !== null) keys.add(version.value.key);
      }
      return ok([...keys].reverse());
    },
    blobs: {
      async read(hash) {
        const bytes = await files.read(`${blobFolder}/${hash}`);
        return bytes.ok && bytes.value !== null ? verified(hash, bytes.value) : bytes;
      },
      async write(bytes) {
        const copy = bytes.slice();
        const hash = sha256Hex(copy);
        return changing(async () => {
          const before = await files.read(`${blobFolder}/${hash}`);
          if (before.ok && before.value !== null && verified(hash, before.value).ok) return ok(hash);
          const written = await files.write(`${blobFolder}/${hash}`, copy);
          return written.ok ? ok(hash) : written;
        });
      },
      remove: (hash) => changing(() => files.remove(`${blobFolder}/${hash}`)),
      async list() {
        const listed = await files.list(blobFolder);
        if (!listed.ok) return listed;
        const blobs = listed.value.filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
        return ok([...blobs].sort((a, b) => a.modifiedAt - b.modifiedAt).map(({ name, byteLength }) => ({ hash: name, byteLength })));
      },
    },
  };
}

/** A line of JSON with the key and the hash of the rest. */
function pack(key: string, bytes: Uint8Array): Uint8Array {
  const head = toUtf8(`${JSON.stringify({ key, hash: sha256Hex(bytes) })}\n`);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

function unpacked(file: Uint8Array): Version | null {
  const end = file.indexOf(newline);
  try {
    const { key, hash } = JSON.parse(fromUtf8(file.subarray(0, end)) ?? '') as { key?: unknown; hash?: unknown };
    const bytes = file.slice(end + 1);
    return typeof key === 'string' && sha256Hex(bytes) === hash ? { key, bytes } : null;
  } catch {
    return null;
  }
}
