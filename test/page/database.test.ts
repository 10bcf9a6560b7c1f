/** The browser's database as a document's store, in Chromium, held to the contracts of every store. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64 } from '@scure/base';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { journaled } from '../../shared/core/history/journaled.ts';
import { keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { changedMarks } from '../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { launchChromium } from '../chromium.ts';
import { historyContract } from '../contracts/historyContract.ts';
import { storeContract } from '../contracts/storeContract.ts';
import { valueIn } from '../documents/valueIn.ts';
import { historyOf, makeTake } from '../history/makeTake.ts';
import { patience, soon } from './pageDriver.ts';

vi.setConfig(patience);

let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;

async function openPage(): Promise<Page> {
  const opened = await context.newPage();
  opened.setDefaultTimeout(soon.timeout);
  await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return opened;
}

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/page/databaseEntry.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
  });
  // A real origin: pages without one have no database.
  server = createServer((_, answer) =>
    answer
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><script>${outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
  context = await browser.newContext();
  page = await openPage();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

const marked = (value: unknown): unknown => (value instanceof Uint8Array ? { base64: base64.encode(value) } : value);
const unmarked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== 'object' || value === null) return value;
  if ('base64' in value && typeof value.base64 === 'string') return base64.decode(value.base64);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unmarked(each)]));
};

/** The store of `document`, through whichever page is open. */
function storeIn(document: string, tab: () => Page = () => page): DocumentStore {
  const call = async (part: 'store' | 'blobs', method: string, ...asked: unknown[]): Promise<never> =>
    unmarked(
      await tab().evaluate(
        ([name, of, what, given]) =>
          (globalThis as unknown as { callStore(...args: unknown[]): Promise<unknown> }).callStore(name, of, what, given),
        [document, part, method, asked.map(marked)] as const,
      ),
    ) as never;
  return {
    entryLimitBytes: Number.POSITIVE_INFINITY,
    read: (key) => call('store', 'read', key),
    readMany: (keys) => call('store', 'readMany', [...keys]),
    write: (key, bytes) => call('store', 'write', key, bytes),
    remove: (key) => call('store', 'remove', key),
    keys: () => call('store', 'keys'),
    blobs: {
      read: (hash) => call('blobs', 'read', hash),
      write: (bytes) => call('blobs', 'write', bytes),
      remove: (hash) => call('blobs', 'remove', hash),
      list: () => call('blobs', 'list'),
    },
  };
}

let documents = 0;
const newDocument = (): string => `document ${++documents}`;

/** A tab that was closed, and another that finds what it left. */
async function inNewTab(): Promise<void> {
  const before = page;
  page = await openPage();
  await before.close({ runBeforeUnload: false });
}

storeContract(
  'The browser’s database',
  async () => {
    const document = newDocument();
    return {
      store: storeIn(document),
      async reopen() {
        await inNewTab();
        return storeIn(document);
      },
      damageBlob: (hash) =>
        page.evaluate(([name, of]) => (globalThis as unknown as { damageBlob(...args: string[]): Promise<void> }).damageBlob(name, of), [
          document,
          hash,
        ] as const),
    };
  },
  { entryLimitBytes: Number.POSITIVE_INFINITY, keepsOrder: true },
);

historyContract('The browser’s database', async (life) => {
  const document = newDocument();
  return { store: life.of(storeIn(document)), reopen: async () => storeIn(document) };
});

test('documents do not see each other', async () => {
  const [one, other] = [storeIn('a'), storeIn('ab')];
  valueIn(await one.write('take/x', Uint8Array.of(1)));
  valueIn(await other.write('take/y', Uint8Array.of(2)));
  expect(valueIn(await one.keys())).toEqual(['take/x']);
  expect(valueIn(await other.keys())).toEqual(['take/y']);
});

test('two tabs with one journal merge in it, and saving one clears nothing of the other’s', async () => {
  const document = newDocument();
  const second = await openPage();
  const [mine, theirs] = [createMemoryStore(), createMemoryStore()];
  const journal = storeIn(document);
  const [here, there] = [
    journaled(mine, journal),
    journaled(
      theirs,
      storeIn(document, () => second),
    ),
  ];
  valueIn(await keepTake(here, makeTake('mine')));
  valueIn(await keepTake(there, makeTake('theirs')));
  // Marks of the same take: the second tab has not seen the first one's, which has the higher revision.
  const named = changedMarks(historyOf(), 'mine', { name: 'a' }, 'here');
  valueIn(await keepMarks(here, named));
  valueIn(await keepMarks(here, { ...named, revision: 2, name: 'b' }));
  valueIn(await keepMarks(there, { ...named, writer: 'there', name: 'c' }));
  valueIn(await absorbHistory(theirs, journal, { asUnplaced: true }));
  const { history } = valueIn(await readHistory(theirs));
  expect([...history.takes.values()].map(({ id, state, placed }) => [id, state, placed?.layer ?? null])).toEqual([
    ['theirs', 'done', 'layer-theirs'],
    // Its layer is the other tab's.
    ['mine', 'answered', null],
  ]);
  expect(history.marks.get('mine')?.name).toBe('b');

  valueIn(await here.clear());
  expect(valueIn(await journal.keys())).toEqual(['take/theirs']);
  await second.close();
});

test('what nobody has touched for ninety days is let go', async () => {
  const document = newDocument();
  const store = storeIn(document);
  valueIn(await store.write('take/x', Uint8Array.of(1)));
  valueIn(await store.blobs.write(Uint8Array.of(1)));
  const forget = (days: number) =>
    page.evaluate(
      (now) => (globalThis as unknown as { forgetOldDocuments(now: number): Promise<void> }).forgetOldDocuments(now),
      Date.now() + days * 864e5,
    );
  await forget(89);
  expect(valueIn(await store.keys())).toEqual(['take/x']);
  await forget(91);
  expect(valueIn(await store.keys())).toEqual([]);
  expect(valueIn(await store.blobs.list())).toEqual([]);
});
