/**
 * What every document's store promises, wherever its bytes lie. Differences are declared as flags. A store joins with one
 * call: `storeContract('A folder', make, flags)`.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../shared/core/hash.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { valueIn } from '../documents/valueIn.ts';

export interface StoreFlags {
  /** What one entry may have at most; Infinity where there is no limit that a test could reach. */
  readonly entryLimitBytes: number;
  /** Whether the order of keys is that of writing. */
  readonly keepsOrder: boolean;
}

export interface StoreUnderTest {
  readonly store: DocumentStore;
  /** The same store as another program, or a later one, finds it. */
  reopen(): Promise<DocumentStore>;
  /** Changes the bytes of a blob behind the store's back. */
  damageBlob(hash: string): Promise<void>;
}

export function storeContract(name: string, make: () => Promise<StoreUnderTest>, flags: StoreFlags): void {
  describe(`${name} keeps a store's promises`, () => {
    let under: StoreUnderTest;
    let store: DocumentStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7) & 255);

    it('is empty at first', async () => {
      expect(valueIn(await store.keys())).toEqual([]);
      expect(valueIn(await store.blobs.list())).toEqual([]);
      expect(valueIn(await store.read('take/none'))).toBe(null);
      expect(valueIn(await store.blobs.read('0'.repeat(64)))).toBe(null);
    });

    it('keeps bytes by key, and the later ones', async () => {
      valueIn(await store.write('take/one', bytes));
      valueIn(await store.write('take/one', bytes.subarray(0, 10)));
      valueIn(await store.write('marks/one', new Uint8Array(0)));
      for (const each of [store, await under.reopen()]) {
        expect(valueIn(await each.read('take/one'))).toEqual(bytes.slice(0, 10));
        expect(valueIn(await each.read('marks/one'))).toEqual(new Uint8Array(0));
        expect([...valueIn(await each.keys())].sort()).toEqual(['marks/one', 'take/one']);
      }
    });

    it('takes any name for a key', async () => {
      const keys = [
        'bookmark/client%20%2F%20final',
        'aside/0123456789ab/take/x',
        'a'.repeat(240),
        'take/ä ✓ 🦊',
        'take/../../up',
        'CON',
        'take/A',
        'take/a',
      ];
      for (const [i, key] of keys.entries()) valueIn(await store.write(key, Uint8Array.of(i)));
      const again = await under.reopen();
      for (const [i, key] of keys.entries()) expect(valueIn(await again.read(key)), key).toEqual(Uint8Array.of(i));
      expect([...valueIn(await again.keys())].sort()).toEqual([...keys].sort());
    });

    it('forgets what is removed, and does not mind what is not there', async () => {
      valueIn(await store.write('take/one', bytes));
      const hash = valueIn(await store.blobs.write(bytes));
      valueIn(await store.remove('take/one'));
      valueIn(await store.remove('take/never'));
      valueIn(await store.blobs.remove(hash));
      valueIn(await store.blobs.remove('0'.repeat(64)));
      for (const each of [store, await under.reopen()]) {
        expect(valueIn(await each.keys())).toEqual([]);
        expect(valueIn(await each.blobs.list())).toEqual([]);
        expect(valueIn(await each.blobs.read(hash))).toBe(null);
      }
    });

    it('answers blobs by their SHA-256, kept once', async () => {
      const hash = valueIn(await store.blobs.write(bytes));
      expect(hash).toBe(sha256Hex(bytes));
      expect(valueIn(await store.blobs.write(bytes.slice()))).toBe(hash);
      const other = valueIn(await store.blobs.write(Uint8Array.of(1, 2, 3)));
      const empty = valueIn(await store.blobs.write(new Uint8Array(0)));
      for (const each of [store, await under.reopen()]) {
        expect(valueIn(await each.blobs.read(hash))).toEqual(bytes);
        expect(valueIn(await each.blobs.read(empty))).toEqual(new Uint8Array(0));
        expect([...valueIn(await each.blobs.list())].sort((a, b) => a.byteLength - b.byteLength)).toEqual([
          { hash: empty, byteLength: 0 },
          { hash: other, byteLength: 3 },
          { hash, byteLength: 3000 },
        ]);
      }
    });

    it('tells a blob that is not its hash’s as corrupt', async () => {
      const hash = valueIn(await store.blobs.write(bytes));
      await under.damageBlob(hash);
      expect(await (await under.reopen()).blobs.read(hash)).toMatchObject({ ok: false, error: { kind: 'corrupt' } });
    });

    it('mends a damaged blob when the same bytes are written again', async () => {
      const hash = valueIn(await store.blobs.write(bytes));
      await under.damageBlob(hash);
      const again = await under.reopen();
      expect(valueIn(await again.blobs.write(bytes))).toBe(hash);
      expect(valueIn(await again.blobs.read(hash))).toEqual(bytes);
    });

    it('keeps its own copy of what it was given, and gives copies', async () => {
      const given = bytes.slice();
      valueIn(await store.write('take/one', given));
      const hash = valueIn(await store.blobs.write(given));
      given.fill(0);
      valueIn(await store.read('take/one'))?.fill(1);
      valueIn(await store.blobs.read(hash))?.fill(1);
      expect(valueIn(await store.read('take/one'))).toEqual(bytes);
      expect(valueIn(await store.blobs.read(hash))).toEqual(bytes);
    });

    it('reads several at once as it reads each', async () => {
      for (let i = 0; i < 5; i++) valueIn(await store.write(`take/${i}`, Uint8Array.of(i)));
      const read = await store.readMany?.(['take/3', 'take/none', 'take/0']);
      if (read !== undefined) expect(valueIn(read)).toEqual([Uint8Array.of(3), null, Uint8Array.of(0)]);
    });

    it('keeps what many writers write at once', async () => {
      await Promise.all(Array.from({ length: 30 }, (_, i) => store.write(`take/${i}`, Uint8Array.of(i))));
      await Promise.all(Array.from({ length: 30 }, () => store.blobs.write(bytes)));
      const again = await under.reopen();
      expect(valueIn(await again.keys()).length).toBe(30);
      expect(valueIn(await again.blobs.list()).length).toBe(1);
    });

    it.skipIf(!flags.keepsOrder)('lists what was written last at the end', async () => {
      for (const key of ['take/z', 'take/a', 'take/m']) valueIn(await store.write(key, bytes));
      expect(valueIn(await (await under.reopen()).keys())).toEqual(['take/z', 'take/a', 'take/m']);
    });

    it.skipIf(flags.entryLimitBytes === Number.POSITIVE_INFINITY)('says when an entry is too long, and keeps the one before', async () => {
      expect(store.entryLimitBytes).toBe(flags.entryLimitBytes);
      valueIn(await store.write('take/one', bytes.subarray(0, 5)));
      expect(await store.write('take/one', new Uint8Array(flags.entryLimitBytes + 1))).toMatchObject({
        ok: false,
        error: { kind: 'store-full', bytes: flags.entryLimitBytes + 1, limitBytes: flags.entryLimitBytes },
      });
      expect(valueIn(await store.read('take/one'))).toEqual(bytes.slice(0, 5));
      valueIn(await store.write('take/full', new Uint8Array(flags.entryLimitBytes)));
    });
  });
}
