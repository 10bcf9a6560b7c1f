/**
 * The plug-in's own folder on this machine, as UXP gives it: no rename, so nothing can be replaced in one step. Paths are
 * relative, with slashes. What the file system refuses becomes a failure here, once.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { isFull, messageOf } from '../host/hostError.ts';
import type { UxpFile, UxpFolder, UxpStorage } from '../types/modules.ts';

export interface PluginFile {
  readonly name: string;
  readonly byteLength: number;
  /** Ms since 1970 when it was last written. */
  readonly modifiedAt: number;
}

export interface PluginFiles {
  /** Null when there is none. */
  read(path: string): Promise<Result<Uint8Array | null, Failure>>;
  /** Makes the folders on the way. `store-full` when the disk is. */
  write(path: string, bytes: Uint8Array): Promise<Result<void, Failure>>;
  remove(path: string): Promise<Result<void, Failure>>;
  /** Files of a folder; none when it is not there. */
  list(folder: string): Promise<Result<readonly PluginFile[], Failure>>;
  folders(folder: string): Promise<Result<readonly string[], Failure>>;
}

/** What users are told of: the names beneath it are hashes, which say nothing to anybody. */
const told = 'Retake’s data folder';

type Entry = UxpFile | UxpFolder;
const isFile = (entry: Entry): entry is UxpFile => 'isFile' in entry && entry.isFile;

export function createPluginFiles({ localFileSystem, formats }: Pick<UxpStorage, 'localFileSystem' | 'formats'>): PluginFiles {
  const named = async (folder: UxpFolder, name: string): Promise<Entry | null> =>
    (await folder.getEntries()).find((entry) => entry.name === name) ?? null;

  async function folderAt(names: readonly string[], make: boolean): Promise<UxpFolder | null> {
    let at = await localFileSystem.getDataFolder();
    for (const name of names) {
      const next = await named(at, name);
      if (next !== null && isFile(next)) return null;
      if (next === null && !make) return null;
      at = next ?? (await at.createFolder(name));
    }
    return at;
  }

  async function fileAt(path: string): Promise<UxpFile | null> {
    const names = path.split('/');
    const folder = await folderAt(names.slice(0, -1), false);
    const entry = folder === null ? null : await named(folder, names[names.length - 1]);
    return entry !== null && isFile(entry) ? entry : null;
  }

  async function trying<T>(path: string, operation: 'read' | 'write', work: () => Promise<T>): Promise<Result<T, Failure>> {
    try {
      return ok(await work());
    } catch (cause) {
      const message = messageOf(cause);
      if (operation === 'read') return err({ kind: 'read-failed', path: told, why: 'other', message: `${path}: ${message}` });
      const why = isFull(cause, message) ? 'disk-full' : /permission|EACCES|EPERM/i.test(message) ? 'permission' : 'other';
      return err({ kind: 'write-failed', path: told, why, message: `${path}: ${message}` });
    }
  }

  return {
    read: (path) =>
      trying(path, 'read', async () => {
        const file = await fileAt(path);
        return file === null ? null : new Uint8Array((await file.read({ format: formats.binary })) as ArrayBuffer);
      }),
    write: (path, bytes) =>
      trying(path, 'write', async () => {
        const names = path.split('/');
        const folder = (await folderAt(names.slice(0, -1), true)) as UxpFolder;
        const file = await folder.createFile(names[names.length - 1], { overwrite: true });
        try {
          await file.write(bytes.slice().buffer, { format: formats.binary });
        } catch (cause) {
          // Half a file would be read as a damaged one.
          await file.delete().catch(() => undefined);
          throw cause;
        }
      }),
    remove: (path) =>
      trying(path, 'write', async () => {
        await (await fileAt(path))?.delete();
      }),
    list: (path) =>
      trying(path, 'read', async () => {
        const folder = await folderAt(path.split('/'), false);
        const files = ((await folder?.getEntries()) ?? []).filter(isFile);
        return Promise.all(
          files.map(async (file) => {
            const { size, dateModified } = await file.getMetadata();
            return { name: file.name, byteLength: size, modifiedAt: Number(dateModified) };
          }),
        );
      }),
    folders: (path) =>
      trying(path, 'read', async () => {
        const folder = await folderAt(path.split('/'), false);
        return ((await folder?.getEntries()) ?? []).flatMap((entry) => (isFile(entry) ? [] : [entry.name]));
      }),
  };
}
