/** require('uxp').storage.secureStorage: a cache, says its documentation; it may be gone. It outlives a session. */
export class KeyStore {
  readonly entries = new Map<string, Uint8Array>();
  /** The system's key chain refuses everything. */
  isBroken = false;
}

export function secureStorage(store: KeyStore, answersNull: boolean): object {
  const usable = (): void => {
    if (store.isBroken) throw new Error('Secure storage is not available');
  };
  const named = (key: unknown): string => {
    if (typeof key !== 'string' || key === '') throw new Error('secureStorage: key must be a string');
    return key;
  };
  return {
    get length(): number {
      return store.entries.size;
    },
    key: (index: number): string | undefined => [...store.entries.keys()][index],
    async setItem(key: unknown, value: unknown): Promise<void> {
      usable();
      const bytes =
        typeof value === 'string'
          ? new TextEncoder().encode(value)
          : value instanceof ArrayBuffer
            ? new Uint8Array(value.slice(0))
            : ArrayBuffer.isView(value)
              ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
              : null;
      if (bytes === null) throw new Error('secureStorage: value must be a string, an ArrayBuffer or a view of one');
      if (bytes.length === 0) throw new Error('secureStorage: value must not be empty');
      store.entries.set(named(key), bytes);
    },
    /** Bytes, whatever was stored; null when there is nothing, undefined before 26.10. */
    async getItem(key: unknown): Promise<Uint8Array | null | undefined> {
      usable();
      return store.entries.get(named(key))?.slice() ?? (answersNull ? null : undefined);
    },
    async removeItem(key: unknown): Promise<void> {
      usable();
      if (!store.entries.delete(named(key))) throw new Error('secureStorage: there is no such item');
    },
    async clear(): Promise<void> {
      usable();
      if (store.entries.size === 0) throw new Error('secureStorage: there is nothing to clear');
      store.entries.clear();
    },
  };
}
