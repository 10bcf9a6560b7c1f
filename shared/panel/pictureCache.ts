/** Addresses of pictures that were looked at lately, by hash. The oldest are let go, so that thousands of takes cost no more than a screenful. */
export interface PictureCache {
  /** A new map for each change. */
  current(): ReadonlyMap<string, string>;
  /** Reads those that are not at hand; what cannot be read is not asked for again. */
  want(hashes: readonly string[]): Promise<void>;
  /** Puts one in that was made here. */
  put(hash: string, address: string): void;
  has(hash: string): boolean;
  clear(): void;
}

export interface PictureCachePorts {
  /** null when it is not here. */
  read(hash: string): Promise<Uint8Array | null>;
  addressOf(bytes: Uint8Array): string;
  release(address: string): void;
  onChange(): void;
}

/** Some screens of small pictures, about 8 kB each. */
const most = 300;

export function createPictureCache({ read, addressOf, release, onChange }: PictureCachePorts): PictureCache {
  let addresses = new Map<string, string>();
  let asked = new Set<string>();

  /** Looked at last comes last. */
  function keep(found: readonly (readonly [string, string])[]): void {
    if (found.length === 0) return;
    const next = new Map(addresses);
    for (const [hash, address] of found) {
      const before = next.get(hash);
      if (before !== undefined && before !== address) release(before);
      next.delete(hash);
      next.set(hash, address);
    }
    for (const [hash, address] of next) {
      if (next.size <= most) break;
      next.delete(hash);
      asked.delete(hash);
      release(address);
    }
    addresses = next;
    onChange();
  }

  return {
    current: () => addresses,
    has: (hash) => addresses.has(hash),
    async want(hashes) {
      const turn = asked;
      const missing = hashes.filter((hash) => !asked.has(hash) && !addresses.has(hash));
      for (const hash of missing) asked.add(hash);
      const found = await Promise.all(
        missing.map(async (hash) => {
          const bytes = await read(hash);
          return bytes === null || turn !== asked ? [] : [[hash, addressOf(bytes)] as const];
        }),
      );
      // Another document was opened meanwhile.
      if (turn === asked) keep(found.flat());
    },
    put: (hash, address) => keep([[hash, address]]),
    clear() {
      for (const address of addresses.values()) release(address);
      addresses = new Map();
      asked = new Set();
    },
  };
}
