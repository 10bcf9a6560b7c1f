/** require('uxp').storage.localFileSystem */
import { nameIn } from '../saving.ts';
import type { Disk } from './disk.ts';

export const formats = { utf8: Symbol('utf8'), binary: Symbol('binary') } as const;
export const types = { file: Symbol('file'), folder: Symbol('folder') } as const;
export const modes = { readOnly: Symbol('readOnly'), readWrite: Symbol('readWrite') } as const;

/** Where a file dialog begins. */
export const domains = {
  userDesktop: Symbol('userDesktop'),
  userDocuments: Symbol('userDocuments'),
  userPictures: Symbol('userPictures'),
} as const;
export const fileTypes = { all: ['*'], images: ['jpg', 'jpeg', 'png', 'gif', 'svg', 'psd'], text: ['txt', 'html'] };

const errorClass = (name: string): (new (message: string) => Error) =>
  class extends Error {
    override readonly name = name;
  };
export const errors = {
  EntryExistsError: errorClass('EntryExistsError'),
  EntryIsNotAFileError: errorClass('EntryIsNotAFileError'),
  FileIsReadOnlyError: errorClass('FileIsReadOnlyError'),
  InvalidFileNameError: errorClass('InvalidFileNameError'),
  OutOfSpaceError: errorClass('OutOfSpaceError'),
  DataFileFormatMismatchError: errorClass('DataFileFormatMismatchError'),
  PermissionDeniedError: errorClass('PermissionDeniedError'),
};

/** UXP's schemes for the folders that a plug-in always has. */
const schemes: Readonly<Record<string, string>> = { 'plugin-data:': '/plugin-data', 'plugin-temp:': '/plugin-temp', 'plugin:': '/plugin' };

const missing = (name: string): Error => new Error(`Could not find an entry of '${name}'`);
const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Write {
  readonly format?: symbol;
  readonly append?: boolean;
}

class Entry {
  readonly isEntry = true;
  readonly isFile: boolean = false;
  readonly isFolder: boolean = false;
  readonly nativePath: string;
  readonly disk: Disk;

  constructor(disk: Disk, path: string) {
    Object.defineProperty(this, 'disk', { value: disk, enumerable: false });
    this.disk = disk;
    this.nativePath = path;
  }
  get name(): string {
    return nameIn(this.nativePath);
  }
  get url(): string {
    return `file:${this.nativePath}`;
  }
  get isReadOnly(): boolean {
    return this.nativePath.startsWith('/plugin/');
  }
  async getMetadata(): Promise<{ name: string; size: number; isFile: boolean; isFolder: boolean }> {
    const { name, isFile, isFolder } = this;
    return { name, isFile, isFolder, size: this.disk.files.get(this.nativePath)?.length ?? 0 };
  }
  async delete(): Promise<number> {
    if (this.isReadOnly) throw new errors.FileIsReadOnlyError(`${this.name} is read-only`);
    if (this.isFolder && this.disk.list(this.nativePath).length > 0) throw new Error('The folder is not empty');
    if (this.isFolder ? !this.disk.folders.delete(this.nativePath) : !this.disk.remove(this.nativePath)) throw missing(this.name);
    return 0;
  }
}

export class FileEntry extends Entry {
  override readonly isFile = true;
  get mode(): symbol {
    return this.isReadOnly ? modes.readOnly : modes.readWrite;
  }
  async read({ format = formats.utf8 }: Write = {}): Promise<string | ArrayBuffer> {
    const bytes = this.disk.files.get(this.nativePath);
    if (bytes === undefined) throw missing(this.name);
    return format === formats.binary ? (bytes.slice().buffer as ArrayBuffer) : new TextDecoder().decode(bytes);
  }
  async write(data: unknown, { format = formats.utf8, append = false }: Write = {}): Promise<number> {
    if (this.isReadOnly) throw new errors.FileIsReadOnlyError(`${this.name} is read-only`);
    if (format === formats.utf8 && typeof data !== 'string') throw new errors.DataFileFormatMismatchError('utf8 takes a string');
    if (format === formats.binary && !(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) {
      throw new errors.DataFileFormatMismatchError('binary takes an ArrayBuffer or a view of one');
    }
    const bytes =
      typeof data === 'string'
        ? toUtf8(data)
        : ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : new Uint8Array(data as ArrayBuffer);
    if (!this.disk.write(this.nativePath, bytes, append)) throw new errors.OutOfSpaceError('There is not enough space on the disk');
    return bytes.length;
  }
  async copyTo(folder: FolderEntry, { overwrite = false }: { overwrite?: boolean } = {}): Promise<FileEntry> {
    const to = new FileEntry(this.disk, `${folder.nativePath}/${this.name}`);
    if (this.disk.files.has(to.nativePath) && !overwrite) throw new errors.EntryExistsError(`${this.name} exists`);
    await to.write(await this.read({ format: formats.binary }), { format: formats.binary });
    return to;
  }
  /** Not atomic: the old file goes first, then the new one is written. */
  async moveTo(folder: FolderEntry, { overwrite = false, newName }: { overwrite?: boolean; newName?: string } = {}): Promise<void> {
    const path = `${folder.nativePath}/${newName ?? this.name}`;
    if (this.disk.files.has(path)) {
      if (!overwrite) throw new errors.EntryExistsError(`${nameIn(path)} exists`);
      this.disk.remove(path);
    }
    await new FileEntry(this.disk, path).write(await this.read({ format: formats.binary }), { format: formats.binary });
    await this.delete();
  }
}

export class FolderEntry extends Entry {
  override readonly isFolder = true;
  async getEntries(): Promise<(FileEntry | FolderEntry)[]> {
    return this.disk.list(this.nativePath).map((path) => entryAt(this.disk, path));
  }
  async getEntry(name: string): Promise<FileEntry | FolderEntry> {
    const path = `${this.nativePath}/${name}`;
    if (!this.disk.files.has(path) && !this.disk.folders.has(path)) throw missing(name);
    return entryAt(this.disk, path);
  }
  /** The file comes into being with its first write. */
  async createFile(name: string, { overwrite = false }: { overwrite?: boolean } = {}): Promise<FileEntry> {
    if (/[\\/:*?"<>|]/.test(name) || name === '') throw new errors.InvalidFileNameError(`${name} is no file name`);
    if (this.isReadOnly || this.nativePath === '/plugin') throw new errors.PermissionDeniedError('The plugin folder is read-only');
    const entry = new FileEntry(this.disk, `${this.nativePath}/${name}`);
    if (this.disk.files.has(entry.nativePath) && !overwrite) throw new errors.EntryExistsError(`${name} exists`);
    return entry;
  }
  async createFolder(name: string): Promise<FolderEntry> {
    const path = `${this.nativePath}/${name}`;
    if (this.disk.folders.has(path)) throw new errors.EntryExistsError(`${name} exists`);
    this.disk.folders.add(path);
    return new FolderEntry(this.disk, path);
  }
  createEntry(
    name: string,
    { type = types.file, overwrite = false }: { type?: symbol; overwrite?: boolean } = {},
  ): Promise<FileEntry | FolderEntry> {
    return type === types.folder ? this.createFolder(name) : this.createFile(name, { overwrite });
  }
  async renameEntry(entry: FileEntry, newName: string, options: { overwrite?: boolean } = {}): Promise<void> {
    await entry.moveTo(this, { ...options, newName });
  }
}

const entryAt = (disk: Disk, path: string): FileEntry | FolderEntry =>
  disk.folders.has(path) ? new FolderEntry(disk, path) : new FileEntry(disk, path);

/** One run of the plug-in: its session tokens end with it, and so does what is in the temporary folder. */
export class FileSession {
  /** Path that the user picks in the next dialog; null to cancel it. */
  picked: string | null = null;
  isOver = false;
  private readonly sessionTokens = new Map<string, string>();
  private readonly disk: Disk;
  private readonly run: number;

  constructor(disk: Disk) {
    for (const path of disk.list('/plugin-temp')) disk.remove(path);
    this.run = ++disk.sessions;
    const alive = (): void => {
      if (this.isOver) throw new Error('Photoshop was quit');
    };
    // What still runs after the end writes nothing.
    this.disk = Object.assign(Object.create(disk) as Disk, {
      write: (...args: Parameters<Disk['write']>) => {
        alive();
        return disk.write(...args);
      },
      remove: (path: string) => {
        alive();
        return disk.remove(path);
      },
    });
  }

  fileOf = (token: string): { name: string; path: string; bytes: Uint8Array } | null => {
    const path = this.sessionTokens.get(token);
    const bytes = path === undefined ? undefined : this.disk.files.get(path);
    return path === undefined || bytes === undefined ? null : { name: nameIn(path), path, bytes };
  };

  pathOf(entry: object | string): string {
    if (typeof entry === 'string') return entry;
    if (!(entry instanceof FileEntry)) throw new errors.EntryIsNotAFileError('The entry is not a file');
    return entry.nativePath;
  }

  private resolve(url: string): { path: string; name: string; folder: string } {
    const scheme = Object.keys(schemes).find((one) => url.startsWith(`${one}/`));
    const path = scheme === undefined ? url.replace(/^file:(\/\/)?/, '') : `${schemes[scheme]}${url.slice(scheme.length)}`;
    return { path, name: nameIn(path), folder: path.slice(0, path.lastIndexOf('/')) };
  }

  readonly localFileSystem = {
    isFileSystemProvider: true,
    getDataFolder: async () => new FolderEntry(this.disk, '/plugin-data'),
    getTemporaryFolder: async () => new FolderEntry(this.disk, '/plugin-temp'),
    getPluginFolder: async () => new FolderEntry(this.disk, '/plugin'),
    getFileForOpening: async ({ allowMultiple = false }: { allowMultiple?: boolean } = {}) => {
      if (this.picked === null) return allowMultiple ? [] : null;
      const file = new FileEntry(this.disk, this.picked);
      return allowMultiple ? [file] : file;
    },
    getFileForSaving: async (_name: string) => (this.picked === null ? null : new FileEntry(this.disk, this.picked)),
    getFolder: async () => (this.picked === null ? null : new FolderEntry(this.disk, this.picked)),
    createEntryWithUrl: async (url: string, options: { overwrite?: boolean; type?: symbol } = {}) => {
      const { folder, name } = this.resolve(url);
      return new FolderEntry(this.disk, folder).createEntry(name, options);
    },
    getEntryWithUrl: async (url: string) => {
      const { folder, name } = this.resolve(url);
      return new FolderEntry(this.disk, folder).getEntry(name);
    },
    getFsUrl: (entry: Entry) => entry.url,
    getNativePath: (entry: Entry) => entry.nativePath,
    createSessionToken: (entry: Entry) => {
      if (!(entry instanceof Entry)) throw new Error('createSessionToken: entry is no entry');
      if (!this.disk.files.has(entry.nativePath) && !this.disk.folders.has(entry.nativePath)) throw missing(entry.name);
      const token = `session-${this.run}-${this.sessionTokens.size}`;
      this.sessionTokens.set(token, entry.nativePath);
      return token;
    },
    getEntryForSessionToken: (token: string) => {
      const path = this.sessionTokens.get(token);
      if (path === undefined) throw new ReferenceError('token is not defined');
      return entryAt(this.disk, path);
    },
    createPersistentToken: async (entry: Entry) => {
      const token = `persistent-${this.disk.tokens.size}`;
      this.disk.tokens.set(token, entry.nativePath);
      return token;
    },
    getEntryForPersistentToken: async (token: string) => {
      const path = this.disk.tokens.get(token);
      if (path === undefined) throw new ReferenceError('token is not defined');
      return entryAt(this.disk, path);
    },
  };
}
