/** The user's disk: files by path, with room that can run out. It outlives a session of the plug-in. */
export class Disk {
  /** Bytes that may be written before the disk is full. */
  freeBytes = Number.POSITIVE_INFINITY;
  readonly files = new Map<string, Uint8Array>();
  readonly folders = new Set<string>(['/plugin', '/plugin-data', '/plugin-temp', '/Users/me', '/Users/me/Pictures']);
  /** Runs of the plug-in so far. */
  sessions = 0;
  /** Persistent tokens, by token. */
  readonly tokens = new Map<string, string>();

  /** Writes what fits: a full disk leaves a file cut short, and says so by false. */
  write(path: string, bytes: Uint8Array, isAppending = false): boolean {
    const before = this.files.get(path) ?? new Uint8Array(0);
    const base = isAppending ? before : new Uint8Array(0);
    const room = Math.max(0, this.freeBytes + before.length - base.length);
    const taken = bytes.subarray(0, Math.min(bytes.length, room));
    const next = new Uint8Array(base.length + taken.length);
    next.set(base);
    next.set(taken, base.length);
    this.freeBytes -= next.length - before.length;
    this.files.set(path, next);
    return taken.length === bytes.length;
  }

  remove(path: string): boolean {
    const bytes = this.files.get(path);
    if (bytes === undefined) return false;
    this.freeBytes += bytes.length;
    return this.files.delete(path);
  }

  list(folder: string): string[] {
    const inside = (path: string): boolean => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');
    return [...this.files.keys(), ...this.folders].filter(inside).sort();
  }
}
