/** Runs in the page of `database.ts`. */
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { journaled } from '../../shared/core/history/journaled.ts';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import { createDatabaseStore, openDatabase } from '../../standalone/page/databaseStore.ts';
import { makeTake } from '../../test/history/makeTake.ts';

Object.assign(globalThis, {
  async measure(count: number): Promise<readonly (readonly [string, number])[]> {
    const rows: (readonly [string, number])[] = [];
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const since = performance.now();
      const made = await work();
      rows.push([what, performance.now() - since]);
      return made;
    };
    const journal = createDatabaseStore(await openDatabase(), 'many');
    const store = journaled(createMemoryStore(), journal);
    await timed(`write ${count} takes and thumbnails, one by one, through the journal`, async () => {
      for (let i = 0; i < count; i++) {
        await store.blobs.write(Uint8Array.from({ length: 4000 }, (_, k) => (k * i) & 255));
        await keepTake(store, makeTake(`take-${i}`, { order: i + 1, parent: i === 0 ? null : `take-${i - 1}` }));
      }
    });
    await timed('add one take', () => keepTake(store, makeTake('one more', { order: count + 1 })));
    await timed('readHistory of the journal', () => readHistory(journal));
    await timed('absorb all of it when the document is opened', () => absorbHistory(createMemoryStore(), journal, { asUnplaced: true }));
    await timed('clear it after a save', () => store.clear());
    return rows;
  },
});
